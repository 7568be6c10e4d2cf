"""Where an Ollama server runs a model: on its own machine, or in a cloud that it hands prompts on to. Pure.

A cloud model is a name with no weights behind it. `/api/tags` and `/api/show` give it a `remote_host` and a
`remote_model`, and no `details.format`; its own name ends in `cloud`. `ollama cp` and `ollama create` give
it any other name, and a name that was local can become one.
"""

import re
from collections.abc import Collection

from pydantic import BaseModel

from core.errors import OwnerMustFix


class OllamaDetails(BaseModel):
    """What is known of the weights."""

    format: str | None = None


class OllamaModel(BaseModel):
    """One entry of `/api/tags`, or the answer of `/api/show`. A server that gives no `details` at all is
    older than the cloud."""

    model: str | None = None
    name: str | None = None
    digest: str | None = None
    details: OllamaDetails | None = None
    remote_model: str | None = None
    remote_host: str | None = None
    template: str | None = None
    renderer: str | None = None
    """What writes the turns in a template's place."""

    @property
    def called(self) -> str:
        """Its name with the tag."""
        return self.model or self.name or ""


class OllamaTags(BaseModel):
    """The answer of `/api/tags`."""

    models: tuple[OllamaModel, ...] | None
    """Where it is missing, no Ollama server has answered."""


HOST = re.compile(r"(?:https?://)?[A-Za-z0-9.-]{1,253}(?::\d{1,5})?/?", re.ASCII)
"""Nothing else that a server calls a host is repeated to the owner or the log."""
UNREADABLE = "by no name that can be read"
DEFAULT_REGISTRY, DEFAULT_NAMESPACE = "registry.ollama.ai", "library"
_SCHEME = re.compile(r"^[a-z]+://")


class OllamaAnswer(BaseModel):
    """What is said of itself in an answer of `/api/chat`, `/api/generate` or `/api/embed`."""

    remote_model: str | None = None
    remote_host: str | None = None

    @property
    def cloud(self) -> str | None:
        """The host that answered in the server's place, empty where it is not named; None for the server."""
        return host_name(self.remote_host) if self.remote_host or self.remote_model else None


class OllamaMessage(BaseModel):
    """A message of a chat."""

    content: str | None = None
    thinking: str | None = None


class OllamaPiece(OllamaAnswer):
    """One line of a reply; a chat's words are in `message`, else they are in `response`."""

    message: OllamaMessage | None = None
    response: str | None = None
    thinking: str | None = None
    done: bool = False
    done_reason: str | None = None

    @property
    def text(self) -> str:
        """Its words."""
        return (self.message.content if self.message else self.response) or ""

    @property
    def thought(self) -> str:
        """What it thinks, which is no word of a reply."""
        return (self.message.thinking if self.message else self.thinking) or ""


class OllamaVectors(OllamaAnswer):
    """A row for each text."""

    embeddings: tuple[tuple[float, ...], ...]


def host_name(host: str | None) -> str:
    """What a server calls a host, where it is one; empty where it says nothing."""
    return host or "" if not host or HOST.fullmatch(host) else UNREADABLE


def full_name(model: str) -> str:
    """In the one form of all that Ollama takes for the same: upper case or lower, with or without the
    registry, `library` and the tag that stand for themselves."""
    name = _SCHEME.sub("", model.strip().casefold())
    if ":" not in name.rpartition("/")[2]:
        name += ":latest"
    parts = name.split("/")
    if len(parts) == 3 and parts[0] == DEFAULT_REGISTRY:
        parts = parts[1:]
    return "/".join(parts[1:] if len(parts) == 2 and parts[0] == DEFAULT_NAMESPACE else parts)


def cloud_of(model: str, *described: OllamaModel) -> str | None:
    """The host that prompts for `model` go on to, empty where the server does not name it; None where the
    server runs it itself by all that it says."""
    for one in described:
        if one.remote_host:
            return host_name(one.remote_host)
    weightless = any(one.details is not None and not one.details.format for one in described)
    names = (model, *(one.called for one in described))
    if weightless or any(one.remote_model for one in described) or any(map(_named_for_cloud, names)):
        return ""
    return None


def refuse_unallowed(model: str, cloud: str, allowed: Collection[str]) -> None:
    """Raises OwnerMustFix unless the owner has allowed that model by name."""
    where = f", {cloud}," if cloud else ""
    _refuse(
        model,
        f"Ollama runs {model!r} in a cloud{where} and what people write to you would go there, so it is asked"
        " nothing",
        allowed,
    )


def refuse_answer(model: str, cloud: str, allowed: Collection[str]) -> None:
    """As `refuse_unallowed`, of an answer: the name became another model's after it was looked up."""
    where = f", {cloud}," if cloud else ""
    _refuse(
        model,
        f"Ollama answered for {model!r} from a cloud{where} although it had said that it runs it itself: what"
        " it was just asked went there, and the answer is dropped",
        allowed,
    )


def _refuse(model: str, what: str, allowed: Collection[str]) -> None:
    if full_name(model) in map(full_name, allowed):
        return
    line = ", ".join(f'"{name}"' for name in (*allowed, model))
    raise OwnerMustFix(
        f"{what}: choose a model that runs on this machine, or allow it in twin.toml, under [model]:"
        f" allow_remote = [{line}]"
    )


def _named_for_cloud(name: str) -> bool:
    return name.casefold().removesuffix(":latest").endswith(("-cloud", ":cloud"))
