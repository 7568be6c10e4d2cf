"""The one client of an Ollama server: what it is asked, and what its errors mean to the owner."""

import asyncio
import contextlib
import os
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.errors import OwnerMustFix, TryAgain
from core.models.address import model_address
from core.models.gguf import of_show
from core.models.ollama_sites import OllamaModel, OllamaTags, cloud_of, full_name, refuse_unallowed
from core.models.ollama_templates import takes_system
from core.models.ollama_words import own_words
from core.runs_on import HERE, ModelSite, RunsOn

CONNECT_S = 5.0
ANSWER_S = 15.0
"""What a server has to say what it has."""
SHOW_S = 60.0
LOOK_S = 10.0
"""How often it is seen whether a server that loads a model is there at all."""
REMEMBERED = 256
"""Texts that were sent, of which none may come back in an error: it may be that of another request."""
NO_SUCH_CALL = (404, 405)
NOT_NOW = (408, 429)
KEY_WANTED = (401, 403, 407)
_READ_ON_IMPORT = ("OLLAMA_HOST", "OLLAMA_API_KEY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@contextlib.contextmanager
def _no_environment() -> Iterator[None]:
    """The library makes a client on import, which fails on a malformed OLLAMA_HOST, proxy or certificate in
    the environment, whether or not we use it."""
    names = [name for name in os.environ if name in _READ_ON_IMPORT or name.upper().endswith("_PROXY")]
    kept = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(kept)


with _no_environment():
    import ollama


class Away(TryAgain):
    """Nobody answers at the address.

    Caught as TryAgain is; while a model loads, it ends the wait.
    """


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What a name means on a server now. `called`: its name as the server has it."""

    called: str
    digest: str
    runs_on: RunsOn
    takes_system: bool


class OllamaServer:
    """A server at `host`, as `model_address` reads it, by way of `proxy` if one is given."""

    def __init__(self, host: str, proxy: str) -> None:
        self._where = where = model_address(host)
        self.address = where.url
        encrypted = where.url.startswith("https:")
        try:
            verify = httpx.create_ssl_context() if encrypted else True
        except OSError as error:
            raise OwnerMustFix("SSL_CERT_FILE or SSL_CERT_DIR names no certificates") from error
        try:
            self.client = ollama.AsyncClient(
                where.url,
                timeout=httpx.Timeout(None, connect=CONNECT_S),
                # Neither the environment, nor the system, nor an answer says where prompts go.
                trust_env=False,
                follow_redirects=False,
                proxy=proxy or None,
                verify=verify,
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise OwnerMustFix(f"{proxy!r} is no address of a proxy") from error
        if where.is_this_machine or not encrypted:
            # The library takes OLLAMA_API_KEY from the environment, and would send it to any server.
            self.client._client.headers.pop("Authorization", None)
        self._sent: deque[str] = deque(maxlen=REMEMBERED)
        parts = urlsplit(proxy)
        self._secrets = tuple(
            filter(None, (os.environ.get("OLLAMA_API_KEY"), parts.username, parts.password))
        )

    async def served(self, model: str, allow_remote: Collection[str]) -> ServedModel:
        """What `model` names now. Raises OwnerMustFix where it is in a cloud and the owner allowed none."""
        wanted = full_name(model)
        found = [entry for entry in await self.models() if full_name(entry.called) == wanted]
        if not found:
            raise _missing(model)
        # Where several differ in case alone, the one that is written just so.
        entry = next((one for one in found if one.called in (model, f"{model}:latest")), found[0])
        described = await self.described(entry.called)
        cloud = cloud_of(model, entry, *described)
        if cloud is not None:
            refuse_unallowed(model, cloud, allow_remote)
        has_system = all(takes_system(one.template, one.renderer) for one in described)
        return ServedModel(
            entry.called, entry.digest or "", self.runs_on(cloud), cloud is not None or has_system
        )

    async def models(self) -> Sequence[OllamaModel]:
        """All that it has. Raises OwnerMustFix where what answers is no Ollama server."""
        with self.explained(""):
            async with asyncio.timeout(ANSWER_S):
                answer = await self.client._client.get("/api/tags")
            status = answer.status_code
            if status in KEY_WANTED:
                raise OwnerMustFix(
                    f"what stands before Ollama at {self.address} wants a key or a password (HTTP {status})"
                )
            if 400 <= status < 500 and status not in NOT_NOW:
                raise self._no_ollama()
            if status != 200:
                raise ollama.ResponseError(answer.text, status)
            try:
                # The client's own type drops what says that a model is elsewhere.
                return OllamaTags.model_validate(answer.json()).models or ()
            except ValueError:
                raise self._no_ollama() from None

    def runs_on(self, cloud: str | None) -> RunsOn:
        """As a value: by what `cloud_of` says of a model."""
        if cloud is not None:
            return RunsOn(ModelSite.CLOUD, cloud)
        where = self._where
        return HERE if where.is_this_machine else RunsOn(ModelSite.HOST, f"{where.host}:{where.port}")

    async def described(self, model: str) -> Sequence[OllamaModel]:
        """What the server says of one model by itself, where it knows that call."""
        with self.explained(model):
            try:
                async with asyncio.timeout(ANSWER_S):
                    asked = {"model": model}
                    return (await self.client._request(OllamaModel, "POST", "/api/show", json=asked),)
            except ollama.ResponseError as error:
                if error.status_code not in NO_SUCH_CALL:
                    raise
                return ()

    async def control_tokens(self, model: str) -> frozenset[str]:
        """Of the model's vocabulary; where the server does not show it, those that its template writes."""
        with self.explained(model):
            async with asyncio.timeout(SHOW_S):
                # The client's own `show` cannot ask for the vocabulary.
                asked = {"model": model, "verbose": True}
                answer = await self.client._client.post("/api/show", json=asked)
            return of_show(answer.json()) if answer.status_code == 200 else frozenset()

    async def load(self, path: str, asked: Mapping[str, Any]) -> None:
        """Have a model loaded, however long that takes: a request that is given up ends the load. Raises Away
        where the server is gone meanwhile."""
        loading = asyncio.ensure_future(self._load(path, asked))
        try:
            while not (await asyncio.wait({loading}, timeout=LOOK_S))[0]:
                try:
                    await self.models()
                except Away:
                    raise
                except (TryAgain, OwnerMustFix):
                    continue  # a machine that loads is slow to answer
            await loading
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)

    async def _load(self, path: str, asked: Mapping[str, Any]) -> None:
        with self.explained(str(asked["model"])):
            answer = await self.client._client.post(path, json=dict(asked))
            # What a server refuses to load so, it may take with a prompt, or say why not.
            if answer.status_code not in (200, 400):
                raise ollama.ResponseError(answer.text, answer.status_code)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.close()  # type: ignore[no-untyped-call]

    @contextlib.contextmanager
    def explained(self, model: str, sends: Sequence[str] = ()) -> Iterator[None]:
        """Turns what the client raises into our errors: with the server's own words, but with nothing of
        what it was sent, now or lately."""
        self._sent.extend(sends)
        try:
            yield
        except ollama.ResponseError as error:
            raise self._of_error(error, model, own_words(error.error, self._sent, self._secrets)) from error
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise self._unreached(error) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TryAgain(f"Ollama takes too long to answer at {self.address}") from error
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise TryAgain(f"Ollama's answer broke off or made no sense ({type(error).__name__})") from error

    def _unreached(self, error: BaseException) -> TryAgain:
        if isinstance(error, httpx.ProxyError):
            return TryAgain("the proxy of model.proxy in twin.toml lets nothing through to Ollama")
        if _is_tls(error):
            return TryAgain(
                f"no safe connection to {self.address}: its certificate is not trusted, or it speaks http and"
                " model.host in twin.toml says https"
            )
        return Away(f"Ollama does not answer at {self.address}: start it with `ollama serve`")

    def _of_error(self, error: ollama.ResponseError, model: str, words: str) -> OwnerMustFix | TryAgain:
        status, says = error.status_code, f': it says "{words}"' if words else ""
        if 300 <= status < 400:
            return OwnerMustFix(
                "Ollama's address answers with another one: in twin.toml, set model.host to that"
            )
        if status == 404:
            # Ollama says it of a model; what says it of a path is something else.
            return _missing(model) if "model" in str(error.error).casefold() else self._no_ollama()
        if 400 <= status < 500 and status not in NOT_NOW:
            return OwnerMustFix(
                f"Ollama refused what was asked of {model!r} (HTTP {status}){says or '; its log says why'}"
            )
        if status <= 0:
            return TryAgain(f"Ollama failed in the middle{says}")
        return TryAgain(f"Ollama failed or is overloaded (HTTP {status}){says}")

    def _no_ollama(self) -> OwnerMustFix:
        path = self._where.path
        mend = (
            f"take the path {path} out of model.host in twin.toml (or of OLLAMA_HOST)"
            if path
            else "set model.host in twin.toml (or OLLAMA_HOST) to where Ollama is"
        )
        return OwnerMustFix(f"what answers at {self.address} is no Ollama server: {mend}")


class Loading:
    """One load at a time, for all who wait for it: whoever gives up does not end it for the others."""

    def __init__(self, load: Callable[[], Awaitable[None]]) -> None:
        self._load = load
        self._task: asyncio.Future[None] | None = None

    async def done(self) -> None:
        """Return once the model is loaded. Raises what the load raises."""
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._load())
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._task)

    async def close(self) -> None:
        """Give it up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


def _missing(model: str) -> OwnerMustFix:
    return OwnerMustFix(f"Ollama has no model {model!r}: run `ollama pull {model}`")


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) or "SSL" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
