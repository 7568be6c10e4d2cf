"""What an owner is shown of a draft."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from zoneinfo import ZoneInfo

from bots.platforms.port import Card
from bots.platforms.registry import titled
from bots.runtime.approval.presenter import Presenter
from bots.runtime.approval.rules import rule_words
from bots.runtime.approval.wording import UNCERTAIN, closing
from core.ids import platform_of
from core.types import Conversation, ConversationId, Draft, DraftStatus, Kind, Message
from memory.outbox.answered import Answered


def fingerprint(card: Card) -> str:
    """A digest of what a card shows, to know whether it has changed. Pure."""
    return hashlib.sha256(repr(card).encode("utf-8", "surrogatepass")).hexdigest()


class CardBuilder:
    """Makes cards. `full` are the platforms that may show what was said on others."""

    def __init__(self, presenter: Presenter, zone: ZoneInfo, full: Collection[str] = ()) -> None:
        self._presenter = presenter
        self._zone = zone
        self._full = frozenset(full)

    def in_full(self, platform: str, conversation: ConversationId) -> bool:
        """Whether the owner's DM on a platform may show what is said in a conversation."""
        return platform in (platform_of(conversation), *self._full)

    def card(self, draft: Draft, answered: Answered, platform: str) -> Card:
        """A draft for one platform: who and where alone, unless it may show more."""
        heard, conversation = answered.heard, answered.conversation
        full = self.in_full(platform, draft.conversation)
        return Card(
            draft=draft.id,
            revision=draft.revision,
            who=self._who(heard, conversation, draft),
            where=where(draft.conversation, conversation),
            why=rule_words(draft.rule) if full else "",
            heard="\n".join((*self._before(answered), *self._said(answered))) if full else None,
            text=draft.text if full else None,
            closed=closing(draft, self._zone),
            typed=draft.typed,
            question=UNCERTAIN if draft.status is DraftStatus.UNCERTAIN else "",
        )

    def concerns(self, draft: Draft, answered: Answered, names: Collection[str]) -> bool:
        """Whether it is for one of these conversations, or answers one of these people."""
        known = {draft.conversation, answered.conversation.channel if answered.conversation else ""}
        for message in answered.heard:
            known |= {
                message.author,
                self._presenter.person(message.author),
                self._presenter.name(message.author),
            }
        return not known.isdisjoint(names)

    def summary(self, draft: Draft, answered: Answered, platform: str) -> str:
        """One line of it, for a list."""
        card = self.card(draft, answered, platform)
        heard = "\n".join(self._said(answered))
        said = f": “{one_line(heard)}” → “{one_line(card.text or '')}”" if card.heard is not None else ""
        return f"{card.who}, {card.where}{said}"

    def _who(self, heard: Sequence[Message], conversation: Conversation | None, draft: Draft) -> str:
        names = list(dict.fromkeys(self._presenter.name(message.author) for message in heard))
        if not names:
            return conversation.title if conversation else draft.conversation
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    def _before(self, answered: Answered) -> Iterator[str]:
        for when, message in (("the thread began", answered.root), ("said since", answered.since)):
            if message is not None:
                yield f"[{when}] {self._presenter.name(message.author)}: {message.text}"

    def _said(self, answered: Answered) -> Iterator[str]:
        group = answered.conversation is not None and answered.conversation.kind is Kind.GROUP
        for message in answered.heard:
            quoted = answered.quoted.get(message.reply_to) if message.reply_to else None
            reply = f"[in reply to {self._quote(quoted)}]" if quoted else ""
            speaker = f"{self._presenter.name(message.author)} {reply}".rstrip() + ":" if group else reply
            yield f"{speaker} {message.text}".lstrip()

    def _quote(self, message: Message) -> str:
        return f"{self._presenter.name(message.author)}: “{one_line(message.text)}”"


def where(conversation: ConversationId, known: Conversation | None) -> str:
    """Where something is said, as `#general on Slack`. Pure."""
    platform = titled(platform_of(conversation))
    if known is None or known.kind is Kind.DIRECT:
        return f"direct message on {platform}"
    return f"{known.title} on {platform}"


def one_line(text: str, longest: int = 160) -> str:
    """Its beginning, without line breaks. Pure."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
