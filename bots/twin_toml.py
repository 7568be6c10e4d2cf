"""`twin.toml`: read with errors that name the file and the key, written with every key's meaning above it."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import tomlkit
from pydantic import ValidationError
from tomlkit.items import InlineTable, SingleKey, Table

from bots.platforms.registry import specs
from bots.platforms.spec import PlatformSettings
from bots.settings import Settings
from bots.settings_section import SettingsSection
from core.errors import OwnerMustFix
from core.models.address import model_address


def load(path: Path, environ: Mapping[str, str] = os.environ, *, asks_ollama: bool = False) -> Settings:
    """The settings in a file. `asks_ollama`: also where nothing of them is of Ollama, it is asked now.
    Raises OwnerMustFix naming file and key, or line and column."""
    try:
        content = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise OwnerMustFix(f"{path} is missing; `understudy init` writes it") from error
    except UnicodeDecodeError as error:
        raise OwnerMustFix(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise OwnerMustFix(f"{path}: {error.strerror}") from error
    return parse(content, path, environ, asks_ollama=asks_ollama)


def parse(content: str, path: Path, environ: Mapping[str, str], *, asks_ollama: bool = False) -> Settings:
    """The settings in a text; `path` is only named in errors. Raises as `load`."""
    try:
        raw = tomllib.loads(content)
    except RecursionError as error:
        raise OwnerMustFix(f"{path}: nested too deeply") from error
    except ValueError as error:
        end = f"at line {content.count(chr(10)) + 1}, the end"
        raise OwnerMustFix(f"{path}: {str(error).replace('at end of document', end)}") from error
    settings = _valid(raw, path)
    host = environ.get("OLLAMA_HOST", "").strip()
    if settings.model.host or not host:
        return settings
    uses_ollama = asks_ollama or "ollama" in (settings.model.provider, settings.embedding.provider)
    return _with_host(settings, host, path, uses_ollama)


def _with_host(settings: Settings, host: str, path: Path, uses_ollama: bool) -> Settings:
    """With the host of the environment, which the file leaves open: only ever one on this machine."""
    try:
        elsewhere = not model_address(host).is_this_machine
    except OwnerMustFix as error:
        if not uses_ollama:
            return settings
        raise OwnerMustFix(f"OLLAMA_HOST: {error}") from None
    if elsewhere and not uses_ollama:
        return settings
    if elsewhere:
        raise OwnerMustFix(
            f"{path}: model.host: OLLAMA_HOST names another machine, and what people write to you would go"
            f" there; if you want that, write host = {tomlkit.item(host).as_string()} under [model]"
        )
    return settings.model_copy(update={"model": settings.model.model_copy(update={"host": host})})


def _valid(raw: dict[str, Any], path: Path) -> Settings:
    faults: list[str] = [_unknown(("platforms",))] if "platforms" in raw else []
    platforms: dict[str, PlatformSettings] = {}
    for spec in specs():
        try:
            platforms[spec.name] = spec.settings.model_validate(raw.pop(spec.name, {}))
        except ValidationError as error:
            faults += _explained(error, spec.name)
    try:
        settings = Settings.model_validate({**raw, "platforms": platforms})
    except ValidationError as error:
        faults += _explained(error)
    if faults:
        raise OwnerMustFix("\n".join(f"{path}: {line}" for line in faults))
    return settings


def annotated(settings: Settings) -> str:
    """A `twin.toml` with every key, its meaning above it."""
    lines = ["# Understudy's settings. `understudy doctor` checks them; a key it does not know is refused."]
    for name, kind in sections().items():
        given: SettingsSection | tuple[SettingsSection, ...] = (
            settings.platforms[name] if name in settings.platforms else getattr(settings, name)
        )
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
        if name == "platforms":
            found |= {spec.name: spec.settings for spec in specs()}
            continue
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


def former_keys(path: Path) -> list[str]:
    """The keys of a file that is valid which are called otherwise by now, as `[model] door is called provider
    now`."""
    found = []
    for name, value in tomllib.loads(path.read_text("utf-8-sig")).items():
        keys = {key for table in (value if isinstance(value, list) else [value]) for key in table}
        for former, now in sections()[name].former_names.items():
            if former in keys:
                found.append(f"[{name}] {former} is called {now} now")
    return found


def change(path: Path, section: str, values: Mapping[str, str | int | float]) -> Settings:
    """Set keys of one section, keeping comments; what it has under a former name is called as now.

    Nothing is written unless all of it is valid. Raises as `load`.
    """
    load(path)
    document = tomlkit.parse(_by_present_names(path.read_text("utf-8-sig"), section))
    table = document.setdefault(section, tomlkit.table())
    for key, value in values.items():
        table[key] = value
    content = tomlkit.dumps(document)
    settings = parse(content, path, {})
    write_private(path, content)
    return settings


def _by_present_names(content: str, section: str) -> str:
    """The keys of a section as they are called now, each where it stood."""
    document = tomlkit.parse(content)
    table = document.get(section, {})
    for former, now in sections()[section].former_names.items():
        if former not in table:
            continue
        if isinstance(table, Table | InlineTable):
            body = table.value.body
            at = next(at for at, (key, _) in enumerate(body) if key is not None and key.key == former)
            body[at] = (SingleKey(now), body[at][1])
        else:  # a table in pieces, as `model.door = …` above other tables
            table[now] = table.pop(former)
    return tomlkit.dumps(document)


def write_private(path: Path, content: str) -> None:
    """Replace a file at once, readable by its owner alone."""
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _explained(error: ValidationError, *table: str) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        location = (*table, *problem["loc"])
        key = ".".join(str(part) for part in location)
        if problem["type"] == "extra_forbidden":
            lines.append(_unknown(location))
        elif problem["type"] == "missing":
            lines.append(f"{key}: missing")
        elif problem["type"] == "model_type":
            lines.append(f"{key}: should be a table, as [{key}]")
        else:
            lines.append(f"{key}: {problem['msg'].removeprefix('Value error, ').removeprefix('Input ')}")
    return lines


def _unknown(location: tuple[int | str, ...]) -> str:
    known = sections()[str(location[0])].model_fields if len(location) > 1 else sections()
    key = ".".join(str(part) for part in location)
    return f"{key}: unknown key; known here: {', '.join(sorted(known))}"
