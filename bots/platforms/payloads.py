"""What the platforms' payloads share: how one of another shape is read."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ModelWrapValidatorHandler, ValidationError, model_validator

UNREADABLE = {"unreadable": True}
"""In the place of all else that a message of another shape came with."""


class ReadAsFarAsItGoes(BaseModel):
    """One of another shape is still one of somebody's, as far as its `who_and_where` can be read."""

    who_and_where: ClassVar[tuple[str, ...]]

    @model_validator(mode="wrap")
    @classmethod
    def _as_far_as_it_goes(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(given)
        except ValidationError:
            if not isinstance(given, Mapping):
                raise
            return handler({name: given[name] for name in cls.who_and_where if name in given} | UNREADABLE)
