"""What every table of `twin.toml` has in common, and the kinds of values in them."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
Words = Annotated[tuple[Name, ...], Field(strict=False)]
Address = Annotated[str, Field(pattern=r"^(https?://[^\s\x00-\x1f]{1,300})?$")]


class SettingsSection(BaseModel):
    """One table of `twin.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    former_names: ClassVar[Mapping[str, str]] = {}
    """Keys of earlier releases, which are still read, and what they are called now."""

    @model_validator(mode="before")
    @classmethod
    def _by_former_names(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        for former, now in cls.former_names.items():
            if former in given and now in given:
                raise ValueError(f"{former} is called {now} now, and both are there: take {former} out")
            given = {now if key == former else key: value for key, value in given.items()}
        return cls._completed(given)

    @classmethod
    def _completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """With the defaults that depend on what was given."""
        return given
