"""Views as plain JSON."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any


def to_json(answer: Any) -> Any:
    """Plain JSON types of a view, a sequence of views, or anything inside one."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return {one.name: to_json(getattr(answer, one.name)) for one in dataclasses.fields(answer)}
    if isinstance(answer, Enum):
        return answer.value
    if isinstance(answer, datetime):
        return answer.isoformat()
    if isinstance(answer, Mapping):
        return {str(key): to_json(value) for key, value in answer.items()}
    if isinstance(answer, frozenset | set):
        return sorted(to_json(one) for one in answer)
    if isinstance(answer, list | tuple):
        return [to_json(one) for one in answer]
    return answer
