from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.decide import Heard, decide, own_reply, suppress, triage
from core.policy.identity import asks_who
from core.policy.review import Finding
from core.policy.small_talk import ANSWERS, small_talk
from core.ports import PolicyFacts
from core.reactions import in_words, reaction_id
from core.types import (
    OWNER,
    TWIN,
    AuthorKind,
    Conversation,
    ConversationId,
    Decision,
    Kind,
    Message,
    MessageId,
    Mode,
    Person,
    Persona,
    PersonId,
    SmallTalk,
    Verdict,
)
from tests.fakes import DELEGATED, DRAFTING, FRIENDLY, NOON, REPLIES

SAM = PersonId("sam")
ROBOT, OTHER_TWIN = PersonId("slack:B9"), PersonId("slack:mias-twin")
PEOPLE = {
    SAM: Person(SAM, "Sam"),
    ROBOT: Person(PersonId("robot"), "Bot", kind=AuthorKind.BOT),
    OTHER_TWIN: Person(OTHER_TWIN, "Mia (twin)", kind=AuthorKind.TWIN),
}
DIRECT = Conversation(ConversationId("console:sam"), "console", "Sam")
GROUP = replace(DIRECT, kind=Kind.GROUP)
FREE = replace(FRIENDLY, mode=Mode.AUTO)
HARMLESS = "haha!"
REPLY = REPLIES[SmallTalk.ACKNOWLEDGEMENT][0]


IN_SIGNS = [
    *("🚲🔑👉🏠？", "🚲🔑❓", "🚲🔑؟", "💍❓", "💍", "🚲", "🎉?", "¿🎉", "🎉🎂🎁🎄👋"),
    *("🅻🅴🅽🅳 🅼🅴 🅼🅾🅽🅴🆈", "🇱 🇪 🇳 🇩 🇲 🇪 💶", "Ⓛⓔⓝⓓ ⓜⓔ", "⠇⠑⠝⠙", "👍\U000e0041", "👎", "😘", "€€", "*"),
    *("[reacted ok if i take your bike tonight]", in_words("👍")),
]
"""All that has no plain letters, or only looks like a reaction, says something."""


def heard(
    text: str = "hello", author: str = "sam", addressed: bool = False, deleted: bool = False
) -> Message:
    return Message(
        MessageId("console:sam/1"),
        DIRECT.id,
        PersonId(author),
        text,
        NOON,
        addressed=addressed,
        deleted=deleted,
    )


def reacted(emoji: str, *, addressed: bool = False, deleted: bool = False) -> Message:
    said = heard(in_words(emoji), addressed=addressed, deleted=deleted)
    return replace(said, id=reaction_id(DIRECT.id, f"1+sam+{emoji}"))


@pytest.mark.parametrize(
    ("conversation", "message", "rule"),
    [
        (replace(DIRECT, kind=Kind.OWNER), heard(), "owner-dm"),
        (DIRECT, heard(author=OWNER), "own-words"),
        (DIRECT, heard(author=TWIN), "own-words"),
        (DIRECT, heard(author=ROBOT), "from-a-bot"),
        (DIRECT, heard(author=OTHER_TWIN), "from-a-twin"),
        (DIRECT, heard(deleted=True), "deleted"),
        (DIRECT, heard(""), "nothing-said"),
        (DIRECT, heard(" \n\u200b"), "nothing-said"),
        (DIRECT, heard("👍🎉"), "nothing-said"),
        (DIRECT, heard("😂😂😂😂😂😂 :) …"), "nothing-said"),
        (DIRECT, reacted("👍"), "nothing-said"),
        (DIRECT, reacted(":party_parrot2:"), "nothing-said"),
        (DIRECT, reacted("[x]\n?"), "nothing-said"),
        (GROUP, reacted("❤️", addressed=True), "nothing-said"),
        (GROUP, heard(), "not-addressed"),
    ],
)
def test_triage_is_silent_about(conversation: Conversation, message: Message, rule: str) -> None:
    assert triage(conversation, message, PEOPLE) == Decision(Verdict.SILENT, rule)


@pytest.mark.parametrize("named", [ROBOT, PersonId("robot")], ids=["its account", "the person it is"])
def test_a_bot_that_the_owner_named_is_answered_as_a_person_is(named: PersonId) -> None:
    message = heard("build 12 failed, shall I retry?", ROBOT)
    assert triage(DIRECT, message, PEOPLE, {named}) is None
    assert triage(GROUP, message, PEOPLE, {named}) == Decision(Verdict.SILENT, "not-addressed")
    assert triage(DIRECT, message, PEOPLE, {OTHER_TWIN}) == Decision(Verdict.SILENT, "from-a-bot")


@pytest.mark.parametrize(
    "message",
    [
        *(heard(), heard("?"), heard("مرحبا"), heard("7"), heard(author="telegram:12")),
        *(heard("[sticker 🎉]"), heard("[sent a photo]"), heard("[reacted 👍] dinner?")),
        *map(heard, IN_SIGNS),
    ],
)
def test_triage_lets_through_what_may_want_an_answer(message: Message) -> None:
    assert triage(DIRECT, message, PEOPLE) is None


def test_a_group_message_to_the_owner_is_let_through() -> None:
    assert triage(GROUP, heard(addressed=True), PEOPLE) is None


def verdict(
    facts: PolicyFacts = DELEGATED,
    *,
    text: str = REPLY,
    message: str = HARMLESS,
    listened: Heard | None = None,
    persona: Persona = FREE,
    findings: Collection[Finding] = (),
    redraft: bool = False,
) -> Decision:
    return decide(facts, persona, DIRECT, listened or Heard([message]), text, findings, redraft=redraft)


def test_a_harmless_exchange_under_a_delegation_is_sent() -> None:
    assert verdict() == Decision(Verdict.SEND, "delegated")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"owner_present": True}, Decision(Verdict.SILENT, "owner-present")),
        ({"mode": Mode.OBSERVE}, Decision(Verdict.SILENT, "observing")),
        ({"known": False}, Decision(Verdict.ASK, "unknown-person")),
        ({"paused": True}, Decision(Verdict.ASK, "paused")),
        ({"mode": Mode.DRAFT}, Decision(Verdict.ASK, "mode-draft")),
        ({"delegation": None}, Decision(Verdict.ASK, "no-delegation")),
        ({"sends_left": 0}, Decision(Verdict.ASK, "rate-limit")),
    ],
)
def test_one_fact_is_enough_to_keep_it_from_sending(change: dict[str, object], expected: Decision) -> None:
    assert verdict(replace(DELEGATED, **change)) == expected  # type: ignore[arg-type]


def test_the_persona_limits_the_conversations_mode() -> None:
    undelegated = replace(DELEGATED, delegation=None)
    assert verdict(undelegated, persona=replace(FREE, mode=Mode.DRAFT)) == Decision(Verdict.ASK, "mode-draft")
    assert suppress(undelegated, replace(FREE, mode=Mode.OBSERVE)) == Decision(Verdict.SILENT, "observing")


@pytest.mark.parametrize("mode", list(Mode))
def test_a_delegation_is_above_the_personas_mode(mode: Mode) -> None:
    assert verdict(persona=replace(FREE, mode=mode)) == Decision(Verdict.SEND, "delegated")


def test_a_redraft_that_the_owner_asked_for_is_always_shown() -> None:
    for facts in (
        DELEGATED,
        DRAFTING,
        replace(DELEGATED, owner_present=True),
        replace(DELEGATED, mode=Mode.OBSERVE),
    ):
        assert verdict(facts, redraft=True) == Decision(Verdict.ASK, "redraft")


def test_an_empty_draft_is_shown() -> None:
    assert verdict(text=" ") == Decision(Verdict.ASK, "draft-empty")


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_asks(finding: Finding) -> None:
    assert verdict(findings=(finding,)) == Decision(Verdict.ASK, f"draft-{finding}")


@pytest.mark.parametrize("kind", list(SmallTalk))
def test_a_delegation_sends_each_reply_of_the_kind_and_of_no_other(kind: SmallTalk) -> None:
    said = {
        SmallTalk.GREETING: "good morning",
        SmallTalk.THANKS: "thank you so much",
        SmallTalk.BYE: "see you soon",
        SmallTalk.WISHES: "happy birthday!",
        SmallTalk.ACKNOWLEDGEMENT: "haha",
        SmallTalk.HOW_ARE_YOU: "hi, how are you?",
    }[kind]
    for other, replies in REPLIES.items():
        for reply in replies:
            decided = verdict(message=said, text=reply)
            rule = "delegated" if other is kind else "not-own-reply"
            assert (decided.verdict is Verdict.SEND, decided.rule) == (other is kind, rule)
    without = {other: replies for other, replies in REPLIES.items() if other is not kind}
    decided = verdict(replace(DELEGATED, replies=without), message=said, text=REPLIES[kind][0])
    assert decided == Decision(Verdict.ASK, "kind-not-delegated")


@pytest.mark.parametrize(
    ("listened", "rule"),
    [
        (Heard(["can you lend me fifty?", "haha"]), "not-small-talk"),
        (Heard([HARMLESS], whole=False), "long-burst"),
        (Heard([HARMLESS], after_words=True), "after-question"),
        (Heard([HARMLESS], asks_who=True), "heard-identity"),
        (Heard([]), "not-small-talk"),
    ],
)
def test_all_that_was_heard_must_be_small_talk(listened: Heard, rule: str) -> None:
    assert verdict(listened=listened) == Decision(Verdict.ASK, rule)


def test_a_greeting_does_not_answer_what_was_asked_before() -> None:
    for text, kind in (("good morning", SmallTalk.GREETING), ("how are you?", SmallTalk.HOW_ARE_YOU)):
        listened = Heard([text], after_words=True)
        assert kind not in ANSWERS
        assert verdict(listened=listened, text=REPLIES[kind][0]) == Decision(Verdict.SEND, "delegated")


def test_a_time_of_day_alone_may_say_when() -> None:
    for text in ("morning!", "Morning Alex", "evening all"):
        listened, greeting = Heard([text], owner="Alex"), REPLIES[SmallTalk.GREETING][0]
        assert verdict(listened=listened, text=greeting) == Decision(Verdict.SEND, "delegated")
        asked = replace(listened, after_words=True)
        assert verdict(listened=asked, text=greeting) == Decision(Verdict.ASK, "after-question")


@pytest.mark.parametrize(
    "text", ["so good, made me laugh", REPLY + " ", REPLY.upper(), '{"say": "hi"}', "😂" * 100]
)
def test_no_other_text_is_sent_whoever_wrote_it(text: str) -> None:
    assert verdict(text=text) == Decision(Verdict.ASK, "not-own-reply")


def test_the_reply_to_a_message_is_always_the_same_and_not_the_last_one() -> None:
    replies = REPLIES[SmallTalk.ACKNOWLEDGEMENT]
    chosen = {
        own_reply(DELEGATED, FREE, DIRECT, Heard([HARMLESS]), MessageId(f"console:sam/{number}"))
        for number in range(30)
    }
    assert chosen == set(replies)
    for last in replies:
        assert own_reply(DELEGATED, FREE, DIRECT, Heard([HARMLESS]), heard().id, last) in set(replies) - {
            last
        }
    single = replace(DELEGATED, replies={SmallTalk.ACKNOWLEDGEMENT: replies[:1]})
    assert own_reply(single, FREE, DIRECT, Heard([HARMLESS]), heard().id, replies[0]) == replies[0]
    assert own_reply(DRAFTING, FREE, DIRECT, Heard([HARMLESS]), heard().id) is None
    assert own_reply(DELEGATED, FREE, DIRECT, Heard(["lend me fifty"]), heard().id) is None


@pytest.mark.parametrize(
    "text",
    [
        "are you a bot?",
        "r u an AI",
        "Is this really you?",
        "am I talking to a machine",
        "are you the bot",
        "Bist du ein Bot?",
        "wait, are you kind of a robot",
        "is this chatgpt",
        "ARE YOU REAL",
        "are you\u200b a bot",
        "is this really alex",
        "so it was you",
        "you sound like a bot",
        "bist du das wirklich?",
        "es-tu une IA ?",
        "これ本人？",
        "¿eres un bot?",
        "это точно ты?",
        "你是机器人吗",
        "blah " * 1000 + "are you a bot?",
        *("nice try chatgpt", "lol ok gpt", "u real?", "you human?", "real alex?", "human or not", "who dis"),
        *("this doesn't feel like you", "that does not sound like you at all", "did you get hacked"),
        *("has someone taken over your account", "is somebody else using your phone", "new phone who dis"),
        *("did your assistant reply", "are these canned replies", "copilot wrote this didn't it"),
        *("本当にアレックス", "진짜 알렉스야", "are you a human or a bot"),
    ],
)
def test_the_question_who_writes_is_recognised(text: str) -> None:
    assert asks_who(text, "Alex Moor")


@pytest.mark.parametrize(
    "text",
    [
        *("are you there", "the robot vacuum broke", "is this the place", "that's really cool", "come stai?"),
        *("real madrid won", "for real?", "ok maria", "human rights", "did you get home", "now or never"),
        *(
            "is your phone new",
            "have you been in town",
            "진짜 최고야",
            "is it real leather",
            "it's a man or a woman",
        ),
        *("is this really necessary", "who is coming", "alex is here", "did you write to her"),
    ],
)
def test_other_questions_are_not_taken_for_it(text: str) -> None:
    assert not asks_who(text, "Alex Moor")


replies = st.dictionaries(st.sampled_from(SmallTalk), st.lists(st.text(max_size=9), max_size=2).map(tuple))
policy_facts = st.builds(
    PolicyFacts,
    mode=st.sampled_from(Mode),
    paused=st.booleans(),
    owner_present=st.booleans(),
    known=st.booleans(),
    sends_left=st.integers(-1, 3),
    delegation=st.none() | st.just(1),
    replies=replies | st.just(REPLIES),
)
likely = st.sampled_from([HARMLESS, "good morning", "thanks", "ok", "lend me fifty", ""])
answers = st.sampled_from([text for texts in REPLIES.values() for text in texts]) | st.text(max_size=9)
listening = st.builds(
    Heard,
    st.lists(likely | st.text(max_size=40), max_size=3),
    whole=st.booleans(),
    after_words=st.booleans(),
    asks_who=st.booleans(),
)


@given(
    st.just(DELEGATED) | policy_facts,
    st.builds(Heard, likely.map(lambda text: [text])) | listening,
    answers,
    st.lists(st.sampled_from(Finding), max_size=1),
    st.just(Mode.AUTO) | st.sampled_from(Mode),
    st.booleans(),
    st.sampled_from(Kind),
)
def test_nothing_is_sent_unless_everything_allows_it(
    facts: PolicyFacts,
    listened: Heard,
    text: str,
    findings: list[Finding],
    mode: Mode,
    redraft: bool,
    kind: Kind,
) -> None:
    decision = decide(
        facts,
        replace(FREE, mode=mode),
        replace(DIRECT, kind=kind),
        listened,
        text,
        findings,
        redraft=redraft,
    )
    kinds = [small_talk(one) for one in listened.texts]
    allowed = (
        facts.mode is Mode.AUTO and facts.delegation is not None
        and not facts.paused and not facts.owner_present and facts.known and facts.sends_left > 0
        and not findings and not redraft and kind is not Kind.OWNER
        and listened.whole and not listened.asks_who and bool(kinds) and None not in kinds
        and not (listened.after_words and listened.may_answer)
        and text.strip() != "" and listened.kind is not None and text in facts.replies.get(listened.kind, ())
    )  # fmt: skip
    assert (decision.verdict is Verdict.SEND) == allowed
    assert decision.rule == decision.rule.lower().replace(" ", "-").replace("_", "-")
