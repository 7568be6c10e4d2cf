"""What a persona's file puts before a model, as records: a draft rests on them as on any other. Pure."""

import hashlib
from datetime import UTC, datetime

from core.audience import PUBLIC, audience
from core.ids import RecordKind, record_id
from core.types import Audience, MemoryRecord, Persona

ANY_TIME = datetime.min.replace(tzinfo=UTC)


def persona_records(persona: Persona) -> tuple[MemoryRecord, ...]:
    """One for each text. It is named by the persona and by what it says, so that what is changed is another;
    examples have their audience, the rest is in every prompt of the persona."""
    anyone = audience(PUBLIC)
    return (
        *(_record(persona, text, anyone) for text in (persona.identity, persona.voice, *persona.boundaries)),
        *(_record(persona, f"{one.heard}\n{one.said}", one.audience) for one in persona.examples),
    )


def _record(persona: Persona, text: str, heard_by: Audience) -> MemoryRecord:
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return MemoryRecord(record_id(RecordKind.PERSONA, f"{persona.name}/{key}"), text, heard_by, ANY_TIME)
