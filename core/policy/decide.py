"""What becomes of a turn: send, ask or be silent, and which rule says so. Pure.

Rule names are stable: they are stored with drafts and receipts and shown to the owner. In doubt it asks.
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.policy.review import Finding
from core.policy.small_talk import (
    GREETS,
    asks,
    could_answer,
    kinds,
    may_tell,
    says_nothing,
    small_talk,
    small_talk_of,
)
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
    MessageId,
    Mode,
    Person,
    Persona,
    PersonId,
    Replies,
    SmallTalk,
    Verdict,
)
from core.unanswered import Burst, is_ours

_FURTHER = {Mode.OBSERVE: 0, Mode.DRAFT: 1, Mode.AUTO: 2}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a draft answers: every text since our side's last word, oldest first.

    `whole`: False where more was said than a prompt holds. `after_words`: it may answer something that our
    side said, or speak of something that got no answer. `asks_who`: somebody asks, or doubts, who is writing.
    `owner`: by which name they may greet. `by_model`: a model wrote the answer.
    """

    texts: Sequence[str]
    owner: str = ""
    whole: bool = True
    after_words: bool = False
    asks_who: bool = False
    by_model: bool = False

    @property
    def kind(self) -> SmallTalk | None:
        """Of what as a whole is small talk; None for everything else."""
        return small_talk_of(self.texts, self.owner)

    @property
    def may_answer(self) -> bool:
        """Whether it could be meant for something that was asked, or that got no answer."""
        return any(could_answer(text, self.owner) for text in self.texts)

    @property
    def greets(self) -> bool:
        """Whether it may begin another talk, and is no word on what was said before."""
        return all(kinds(text, self.owner) <= GREETS for text in self.texts)


def heard(burst: Burst, owner: str, most: int, replies: Replies, *, asks_who: bool, by_model: bool) -> Heard:
    """What policy is to judge of a burst; of more than `most` messages not all can be answered at once.

    Thanks or a goodbye may say yes to what the owner said, unless that was no more than small talk without a
    question, or one of the `replies`, as a whole. What others said before an answer of a delegation's is
    answered where it was small talk, and stands where it was, or has become, more.
    """
    own = frozenset(reply for several in replies.values() for reply in several)
    messages = burst.messages
    stands = (text for text in burst.earlier if small_talk(text, owner) is None)
    spoken = [one.text for one in messages if not is_reaction(one)]
    return Heard(
        # What is empty was deleted, or cannot be read.
        texts=[text for text in (*stands, *burst.beside, *spoken) if not text or not says_nothing(text)],
        owner=owner,
        whole=burst.whole and len(messages) <= most,
        after_words=burst.decided
        or any(_meant(text) for text in burst.ours if text not in own)
        or any(_open(said, own, owner, elsewhere=said is not burst.talks[0]) for said in burst.talks),
        asks_who=asks_who,
        by_model=by_model,
    )


def _meant(text: str) -> bool:
    """Whether a word of ours could be agreed to."""
    return asks(text) or may_tell(text) or small_talk(text) is None


def _open(said: Sequence[Message], own: Collection[str], owner: str, *, elsewhere: bool) -> bool:
    """Whether something waits there to be agreed to: a word of ours, our last or one before it with small
    talk alone in between; `elsewhere` also what they asked us after that."""
    spoke = False
    for message in reversed(said):
        if is_ours(message):
            spoke = True
            if message.text not in own and _meant(message.text):
                return True
        elif is_reaction(message) or small_talk(message.text, owner) is not None:
            continue
        elif spoke:
            return False
        elif elsewhere:
            return True
    return False


def speaks(message: Message) -> bool:
    """Whether it says something: all but a reaction to what was said before, and what as a whole is empty or
    of a few signs that neither ask nor tell."""
    return not is_reaction(message) and not says_nothing(message.text)


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
    if not speaks(message):
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
    heard: Heard,
    text: str,
    findings: Collection[Finding],
    *,
    redraft: bool = False,
) -> Decision:
    """The decision on a draft; `redraft`: the owner asked for it.

    Silent: as `triage` and `suppress`. Ask: `redraft`, `unknown-person`, `draft-<finding>`, `heard-identity`,
    `paused`, `mode-draft`, `no-delegation`, `rate-limit`, and as `_beyond`. Send: `delegated` alone, and only
    one of the owner's own replies of the kind that was heard.
    """
    if Finding.UNKNOWN in findings:
        return ask(f"draft-{Finding.UNKNOWN}")
    if redraft:
        return ask("redraft")
    if conversation.kind is Kind.OWNER:
        return silent("owner-dm")
    if suppressed := suppress(facts, persona):
        return suppressed
    if not facts.known:
        return ask("unknown-person")
    if Finding.EMPTY in findings or not text.strip():
        return ask(f"draft-{Finding.EMPTY}")
    if heard.asks_who:
        return ask("heard-identity")
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
    if beyond := _beyond(facts, heard, text):
        return ask(beyond)
    return Decision(Verdict.SEND, "delegated")


def _beyond(facts: PolicyFacts, heard: Heard, text: str) -> str | None:
    """Why a delegation does not cover this answer: `long-burst`, `not-small-talk`, `kind-not-delegated`,
    `after-question`, `not-own-reply`."""
    if not heard.whole:
        return "long-burst"
    kind = heard.kind
    if kind is None:
        return "not-small-talk"
    if kind not in facts.replies:
        return "kind-not-delegated"
    if heard.after_words and heard.may_answer:
        return "after-question"
    return None if text in facts.replies[kind] and not heard.by_model else "not-own-reply"


def own_reply(
    facts: PolicyFacts,
    persona: Persona,
    conversation: Conversation,
    heard: Heard,
    answers: MessageId,
    last: str = "",
) -> str | None:
    """The reply of the owner's own that may go out unread; None where policy would ask or be silent.

    The same message always gets the same; `last` (what our side said last) is not said again where there is
    another.
    """
    kind = heard.kind
    replies = facts.replies.get(kind, ()) if kind else ()
    if not replies:
        return None
    first = zlib.crc32(answers.encode()) % len(replies)
    in_turn = (*replies[first:], *replies[:first])
    reply = next((text for text in in_turn if not last.startswith(text)), in_turn[0])
    decision = decide(facts, persona, conversation, heard, reply, ())
    return reply if decision.verdict is Verdict.SEND else None


def _reach(facts: PolicyFacts, persona: Persona) -> Mode:
    """How far the twin may go: as far as both the conversation and the persona allow. A delegation names its
    persona, and so is above the persona's own mode."""
    if facts.delegation is not None:
        return facts.mode
    return min(facts.mode, persona.mode, key=lambda mode: _FURTHER.get(mode, 0))
