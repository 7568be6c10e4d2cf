"""What becomes of a turn: send, ask or be silent, and which rule says so. Pure.

Rule names are stable: they are stored with drafts and receipts and shown to the owner. In doubt it asks.
"""

from collections.abc import Collection, Mapping

from core.policy.review import Finding
from core.policy.small_talk import is_small_talk
from core.policy.topics import topics
from core.ports import PolicyFacts
from core.reactions import is_reaction
from core.types import (
    OWNER,
    TWIN,
    AuthorKind,
    Conversation,
    Decision,
    Kind,
    Message,
    Mode,
    Person,
    Persona,
    PersonId,
    Verdict,
)

_FURTHER = {Mode.OBSERVE: 0, Mode.DRAFT: 1, Mode.AUTO: 2}


def silent(rule: str) -> Decision:
    """Nothing is drafted."""
    return Decision(Verdict.SILENT, rule)


def ask(rule: str) -> Decision:
    """The draft waits for the owner's word."""
    return Decision(Verdict.ASK, rule)


def triage(
    conversation: Conversation,
    message: Message,
    people: Mapping[PersonId, Person],
    answer_bots: Collection[PersonId] = (),
) -> Decision | None:
    """Silent where a message wants no answer from the twin, None where it may want one.

    `answer_bots`: the bots and twins that are answered as people are, by account or as the owner's person.
    Rules: `owner-dm`, `own-words`, `from-a-bot`, `from-a-twin`, `deleted`, `nothing-said`, `not-addressed`.
    """
    author = people.get(message.author)
    if conversation.kind is Kind.OWNER:
        return silent("owner-dm")
    if message.author in (OWNER, TWIN):
        return silent("own-words")
    if (
        author is not None
        and author.kind is not AuthorKind.PERSON
        and {author.id, message.author}.isdisjoint(answer_bots)
    ):
        return silent(f"from-a-{author.kind}")
    if message.deleted:
        return silent("deleted")
    # An emoji alone has no word or digit in it. A sticker or a photo says something, a thumb on what was
    # said before does not.
    speaks = any(one.isalnum() for one in message.text) or "?" in message.text
    if not speaks or is_reaction(message.text):
        return silent("nothing-said")
    if conversation.kind is Kind.GROUP and not message.addressed:
        return silent("not-addressed")
    return None


def suppress(facts: PolicyFacts, persona: Persona) -> Decision | None:
    """Silent where the twin may not even draft. Rules: `owner-present`, `observing`."""
    if facts.owner_present:
        return silent("owner-present")
    if _reach(facts, persona) is Mode.OBSERVE:
        return silent("observing")
    return None


def decide(
    facts: PolicyFacts,
    persona: Persona,
    conversation: Conversation,
    heard: str,
    text: str,
    findings: Collection[Finding],
    *,
    redraft: bool = False,
) -> Decision:
    """The decision on a draft; `heard` is all that it answers, `redraft`: the owner asked for it.

    Silent: as `triage` and `suppress`. Ask: `redraft`, `unknown-person`, `draft-<finding>`,
    `heard-<topic>`, `says-<topic>`, `paused`, `mode-draft`, `no-delegation`, `rate-limit`,
    `beyond-small-talk`.
    Send: `delegated` alone.
    """
    if Finding.UNKNOWN in findings:
        return ask(f"draft-{Finding.UNKNOWN}")
    if redraft:
        return ask("redraft")
    if conversation.kind is Kind.OWNER:
        return silent("owner-dm")
    if aside := suppress(facts, persona):
        return aside
    if not facts.known:
        return ask("unknown-person")
    if Finding.EMPTY in findings or not text.strip():
        return ask(f"draft-{Finding.EMPTY}")
    for topic in topics(heard):
        return ask(f"heard-{topic}")
    for topic in topics(text):
        return ask(f"says-{topic}")
    for finding in findings:
        return ask(f"draft-{finding}")
    if facts.paused:
        return ask("paused")
    if _reach(facts, persona) is not Mode.AUTO:
        return ask("mode-draft")
    if facts.delegation is None:
        return ask("no-delegation")
    if facts.sends_left <= 0:
        return ask("rate-limit")
    if not is_small_talk(text, heard, conversation.title if conversation.kind is Kind.DIRECT else ""):
        return ask("beyond-small-talk")
    return Decision(Verdict.SEND, "delegated")


def _reach(facts: PolicyFacts, persona: Persona) -> Mode:
    """How far the twin may go: as far as both the conversation and the persona allow. A delegation names its
    persona, and so is above the persona's own mode."""
    if facts.delegation is not None:
        return facts.mode
    return min(facts.mode, persona.mode, key=lambda mode: _FURTHER.get(mode, 0))
