"""What an owner is shown of a draft."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from zoneinfo import ZoneInfo

from bots.platforms.card_lines import HeardLine, group_name, quoted
from bots.platforms.port import Card
from bots.platforms.registry import titled
from bots.runtime.approval.presenter import Presenter
from bots.runtime.approval.rules import rule_words
from bots.runtime.approval.wording import UNCERTAIN, closing
from core.ids import platform_of
from core.types import Conversation, ConversationId, Draft, DraftStatus, Kind, Message
from memory.outbox.answered import Answered

SUMMED_UP = 160
"""Characters of what was heard, and of the draft, in a list."""
QUOTED_IN_REPLY = 60
"""Characters of what a message replies to, beside its speaker."""
MOST_NAMES = 3
"""Of those who are answered, in a card's head; each of its lines has its speaker's."""
LONGEST_TITLE = 100


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
            heard=(*self._before(answered), *self._said(answered)) if full else None,
            text=draft.text if full else None,
            closed=closing(draft, self._zone),
            typed=draft.typed,
            question=UNCERTAIN if draft.status is DraftStatus.UNCERTAIN else "",
            sends_as=draft.sends_as,
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

    def title(self, conversation: Conversation) -> str:
        """A conversation's name, as `Presenter.title` says it."""
        return self._presenter.title(conversation)

    def summary(self, draft: Draft, answered: Answered, platform: str) -> str:
        """One line of it, for a list."""
        card = self.card(draft, answered, platform)
        head = f"{card.who}, {card.where}"
        if card.heard is None or card.text is None:
            return head
        newest = [quoted(line.text, SUMMED_UP) for line in card.heard[-1:]]
        before = [f"and {len(card.heard) - 1} before it"] if len(card.heard) > 1 else []
        return f"{head}: {' '.join(newest + before)} → {quoted(card.text, SUMMED_UP)}"

    def _who(self, heard: Sequence[Message], conversation: Conversation | None, draft: Draft) -> str:
        names = list(dict.fromkeys(self._presenter.name(message.author) for message in heard))
        if not names:
            return self._presenter.title(conversation) if conversation else draft.conversation
        if len(names) > MOST_NAMES:
            names = [*names[:MOST_NAMES], f"{len(names) - MOST_NAMES} more"]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    def _before(self, answered: Answered) -> Iterator[HeardLine]:
        for when, message in (("began the thread", answered.root), ("said since", answered.since)):
            if message is not None:
                yield HeardLine(f"{self._presenter.name(message.author)}, {when}", message.text)

    def _said(self, answered: Answered) -> Iterator[HeardLine]:
        for message in answered.heard:
            replied_to = answered.quoted.get(message.reply_to) if message.reply_to else None
            reply = f", in reply to {self._quote(replied_to)}" if replied_to else ""
            yield HeardLine(f"{self._presenter.name(message.author)}{reply}", message.text)

    def _quote(self, message: Message) -> str:
        return f"{self._presenter.name(message.author)} {quoted(message.text, QUOTED_IN_REPLY)}"


def where(conversation: ConversationId, known: Conversation | None) -> str:
    """Where something is said, as `group “#general” on Slack`. Pure."""
    platform = titled(platform_of(conversation))
    if known is None or known.kind is Kind.DIRECT:
        return f"direct message on {platform}"
    if known.kind is Kind.OWNER:
        return f"your own messages with the twin on {platform}"
    return f"{group_name(known.title, LONGEST_TITLE)} on {platform}"
