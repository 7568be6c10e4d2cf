"""`twin.toml`: read with errors that name the file and the key, written with every key's meaning above it."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import tomlkit
from pydantic import ValidationError

from bots.settings import Settings, SettingsSection
from core.errors import OwnerMustFix


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a file. Raises OwnerMustFix naming file and key, or line and column."""
    try:
        content = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise OwnerMustFix(f"{path} is missing; `understudy init` writes it") from error
    except UnicodeDecodeError as error:
        raise OwnerMustFix(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise OwnerMustFix(f"{path}: {error.strerror}") from error
    return parse(content, path, environ)


def parse(content: str, path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in a text; `path` is only named in errors. Raises as `load`."""
    try:
        raw = tomllib.loads(content)
    except RecursionError as error:
        raise OwnerMustFix(f"{path}: nested too deeply") from error
    except ValueError as error:
        end = f"at line {content.count(chr(10)) + 1}, the end"
        raise OwnerMustFix(f"{path}: {str(error).replace('at end of document', end)}") from error
    host = environ.get("OLLAMA_HOST", "").strip()
    if host and isinstance(raw.setdefault("model", {}), dict):
        raw["model"]["host"] = host
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise OwnerMustFix("\n".join(f"{path}: {line}" for line in _explained(error))) from error


def annotated(settings: Settings) -> str:
    """A `twin.toml` with every key, its meaning above it."""
    lines = ["# Understudy's settings. `understudy doctor` checks them; a key it does not know is refused."]
    for name, kind in sections().items():
        given: SettingsSection | tuple[SettingsSection, ...] = getattr(settings, name)
        if isinstance(given, SettingsSection):
            lines += ["", _comment(kind.__doc__), f"[{name}]", *_keys(given)]
            continue
        for one in given:
            lines += ["", _comment(kind.__doc__), f"[[{name}]]", *_keys(one)]
        if not given:  # an example that holds for nothing until its comment signs go
            lines += ["", _comment(kind.__doc__), f"# [[{name}]]"]
            lines += [line if line.startswith("#") else f"# {line}" for line in _keys(kind())]
    return "\n".join(lines) + "\n"


def sections() -> dict[str, type[SettingsSection]]:
    """The tables of `twin.toml`, and those that may be there several times, by name."""
    found: dict[str, type[SettingsSection]] = {}
    for name, field in Settings.model_fields.items():
        kind: Any = field.annotation
        found[name] = (
            kind if isinstance(kind, type) and issubclass(kind, SettingsSection) else get_args(kind)[0]
        )
    return found


def _keys(section: SettingsSection) -> list[str]:
    lines = []
    for key, about in type(section).model_fields.items():
        value = getattr(section, key)
        shown = tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string()
        lines += [f"# {about.description}", f"{key} = {shown}"]
    return lines


def _comment(text: str | None) -> str:
    return "# " + " ".join((text or "").split())


def change(path: Path, section: str, values: Mapping[str, str | int | float]) -> Settings:
    """Set keys of one section, keeping comments; nothing is written unless all of it is valid.

    Raises as `load`.
    """
    load(path)
    document = tomlkit.parse(path.read_text("utf-8"))
    table = document.setdefault(section, tomlkit.table())
    for key, value in values.items():
        table[key] = value
    settings = parse(tomlkit.dumps(document), path, {})
    write_private(path, tomlkit.dumps(document))
    return settings


def write_private(path: Path, content: str) -> None:
    """Replace a file at once, readable by its owner alone."""
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _explained(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{key}: unknown key; known here: {', '.join(_known_beside(problem['loc']))}")
        elif problem["type"] == "missing":
            lines.append(f"{key}: missing")
        elif problem["type"] == "model_type":
            lines.append(f"{key}: should be a table, as [{key}]")
        else:
            lines.append(f"{key}: {problem['msg'].removeprefix('Value error, ').removeprefix('Input ')}")
    return lines


def _known_beside(location: tuple[int | str, ...]) -> list[str]:
    section: Any = Settings
    for part in location[:-1]:
        if isinstance(part, str):
            section = sections()[part] if section is Settings else section.model_fields[part].annotation
    return sorted(section.model_fields)
