from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.agent import NO_MODEL, Agent
from core.audience import audience
from core.errors import OwnerMustFix, TryAgain
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.policy.identity import learned_network
from core.ports import ModelCard, Sampling, StreamEnd, Vectors
from core.prompt.chat import Prompt
from core.steps import MESSAGES, AgentSettings
from core.types import (
    OWNER,
    TWIN,
    AuthorKind,
    Conversation,
    ConversationId,
    Decision,
    MemoryRecord,
    Message,
    MessageId,
    Mode,
    Person,
    PersonaName,
    PersonId,
    RecordId,
    SmallTalk,
    Verdict,
)
from tests.fakes import (
    DELEGATED,
    DRAFTING,
    FRIENDLY,
    NOON,
    REPLIES,
    FakeMemory,
    FakePersonaSelector,
    FakePolicyFacts,
    FixedClock,
)

SAM = PersonId("sam")
DIRECT = Conversation(ConversationId("console:sam"), "console", "Sam")


def said(number: int, author: str, text: str) -> Message:
    return Message(
        MessageId(f"console:sam/{number}"),
        DIRECT.id,
        PersonId(author),
        text,
        NOON + timedelta(minutes=number),
    )


def record(key: str, text: str) -> MemoryRecord:
    return MemoryRecord(RecordId(key), text, audience(), NOON)


def agent(model: ScriptedChat, memory: FakeMemory | None = None, *policy_facts: object) -> Agent:
    return Agent(
        lambda _: model,
        memory or FakeMemory(persons={SAM: Person(SAM, "Sam")}),
        FakePersonaSelector(replace(FRIENDLY, mode=Mode.AUTO)),
        FakePolicyFacts(*policy_facts),  # type: ignore[arg-type]
        FixedClock(),
        AgentSettings("Alex"),
    )


async def test_an_outcome_names_the_weights_that_wrote_it() -> None:
    """A model is recreated under its name while it writes."""

    class Recreated(ScriptedChat):
        async def stream(
            self, prompt: Prompt, sampling: Sampling
        ) -> AsyncIterator[str | StreamEnd | ModelCard]:
            wrote = replace(self.card, digest="old")
            self._card = replace(self.card, digest="new")
            async for piece in super().stream(prompt, sampling):
                yield piece
            yield wrote

    outcome = await agent(Recreated("see you there")).answer(DIRECT, said(1, "sam", "are you coming?"))
    assert outcome.card.digest == "old"


async def test_an_outcome_holds_all_that_a_draft_needs() -> None:
    memory = FakeMemory(
        messages=[said(1, "sam", "how is the cat")],
        records=[
            record("profile:cat", "The cat is called Pixel."),
            record("message:console:sam/1", "how is the cat"),
        ],
        always=[record("rule:dry", "Alex is dry.")],
    )
    model = ScriptedChat("Alex: Pixel, as ever")
    outcome = await agent(model, memory).answer(DIRECT, said(1, "sam", "how is the cat"))
    assert outcome.text == "Pixel, as ever"
    assert outcome.decision == Decision(Verdict.ASK, "mode-draft")
    assert [one.id for one in outcome.retrieval.records] == ["profile:cat"]
    assert len(outcome.retrieval.scores) == 1
    assert set(outcome.records) == {"profile:cat", "rule:dry"}
    assert outcome.card.name == "scripted"
    assert outcome.persona is not None
    assert set(outcome.timings_ms) == {"triage", "persona", "recall", "draft", "review", "decide", "total"}


async def test_a_delegated_answer_is_the_owners_own_and_no_model_is_asked() -> None:
    model, memory = ScriptedChat("made my day"), FakeMemory()
    outcome = await agent(model, memory, DELEGATED).answer(DIRECT, said(1, "sam", "good morning"))
    assert outcome.decision == Decision(Verdict.SEND, "delegated")
    assert outcome.text in REPLIES[SmallTalk.GREETING]
    assert (outcome.card, outcome.records) == (NO_MODEL, ())
    assert (model.prompts, memory.queries) == ([], [])
    assert set(outcome.timings_ms) == {"triage", "persona", "decide", "total"}


@pytest.mark.parametrize(
    "text", ["haha great", "is this really Alex", "good morning, can you lend me fifty?"]
)
async def test_whatever_else_is_drafted_and_asks(text: str) -> None:
    outcome = await agent(ScriptedChat("made my day"), None, DELEGATED).answer(DIRECT, said(1, "sam", text))
    assert outcome.decision.verdict is Verdict.ASK


async def test_a_reply_is_not_said_twice_in_a_row_where_there_is_another() -> None:
    for last in REPLIES[SmallTalk.THANKS]:
        ours = said(1, TWIN, f"{last}\n\nsent by my twin")
        memory = FakeMemory(messages=[ours, said(2, "sam", "thanks")])
        outcome = await agent(ScriptedChat("x"), memory, DELEGATED).answer(DIRECT, memory.messages[1])
        assert outcome.text in set(REPLIES[SmallTalk.THANKS]) - {last}


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        ("shall I sell it to him?", "after-question"),
        ("¿lo vendo？", "after-question"),
        ("sold", "after-question"),
    ],
)
async def test_thanks_right_after_our_words_may_answer_them(before: str, rule: str) -> None:
    memory = FakeMemory(messages=[said(1, OWNER, before), said(2, "sam", "thanks")])
    outcome = await agent(ScriptedChat("x"), memory, DELEGATED).answer(DIRECT, memory.messages[1])
    assert outcome.decision.rule == rule


async def test_more_than_a_prompt_holds_asks() -> None:
    burst = [said(number, "sam", "good morning") for number in range(min(MESSAGES.values()) + 1)]
    model = ScriptedChat("x", style="transcript")
    for messages, rule in ((burst, "long-burst"), (burst[1:], "delegated")):
        outcome = await agent(model, FakeMemory(messages), DELEGATED).answer(DIRECT, messages[-1])
        assert outcome.decision.rule == rule
    unseen = FakeMemory(burst[1:], whole=False)
    outcome = await agent(model, unseen, DELEGATED).answer(DIRECT, burst[-1])
    assert outcome.decision.rule == "long-burst"


async def test_a_loan_asked_for_at_the_start_of_a_long_burst_is_heard() -> None:
    burst = [said(0, "sam", "can you lend me fifty?"), *(said(n, "sam", "haha") for n in range(1, 9))]
    outcome = await agent(ScriptedChat("oh wow"), FakeMemory(burst), DELEGATED).answer(DIRECT, burst[-1])
    assert outcome.decision == Decision(Verdict.ASK, "not-small-talk")


class Suspicious(HashedEmbedder):
    """An embedder to which one text is a question who writes, and no other."""

    def __init__(self, name: str, question: str) -> None:
        super().__init__()
        self.called, self.question = name, question

    @property
    def name(self) -> str:
        return self.called

    async def query(self, text: str) -> Vectors:
        network = learned_network()
        asking = network.hidden @ np.maximum(network.weights, 0)
        return (asking if text == self.question else -asking)[None, :]


@pytest.mark.parametrize(("name", "sees"), [(learned_network().embedder, True), ("another", False)])
async def test_what_no_phrase_foresees_is_read_by_the_embedder_it_was_learned_with(
    name: str, sees: bool
) -> None:
    question = "hm, odd choice of words for a mammal"
    embedder = Suspicious(name, question)
    asked = Agent(
        lambda _: ScriptedChat("moo"),
        FakeMemory([said(1, "sam", question), said(2, "sam", "good morning")]),
        FakePersonaSelector(replace(FRIENDLY, mode=Mode.AUTO)),
        FakePolicyFacts(DELEGATED),
        FixedClock(),
        AgentSettings("Alex"),
        embedder,
    )
    outcome = await asked.answer(DIRECT, said(2, "sam", "good morning"))
    assert (outcome.text.startswith("I'm Alex's understudy"), outcome.decision.verdict) == (sees, Verdict.ASK)


async def test_the_owner_who_answers_while_the_model_writes_silences_it() -> None:
    busy = agent(ScriptedChat("made my day"), None, DRAFTING, replace(DELEGATED, owner_present=True))
    outcome = await busy.answer(DIRECT, said(1, "sam", "haha great"))
    assert outcome.decision == Decision(Verdict.SILENT, "owner-present")
    assert outcome.text == ""


async def test_all_that_is_unanswered_is_judged_and_searched_for() -> None:
    messages = [
        said(1, "sam", "old news from paris"),
        said(2, TWIN, "ok"),
        said(3, "sam", "can you lend me fifty euros"),
        said(4, "sam", "haha great"),
    ]
    memory = FakeMemory(messages=messages)
    outcome = await agent(ScriptedChat("oh wow"), memory, DELEGATED).answer(DIRECT, messages[-1])
    assert outcome.decision == Decision(Verdict.ASK, "not-small-talk")
    assert memory.queries == ["can you lend me fifty euros\nhaha great"]


@pytest.mark.parametrize("error", [TryAgain("the model is slow"), OwnerMustFix("no model")])
async def test_what_the_model_raises_reaches_the_caller(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        await agent(ScriptedChat(error)).answer(DIRECT, said(1, "sam", "hello"))  # type: ignore[arg-type]


async def test_after_a_failure_the_same_message_can_be_answered() -> None:
    retried = agent(ScriptedChat([TryAgain("slow"), "made my day"]))
    with pytest.raises(TryAgain):
        await retried.answer(DIRECT, said(1, "sam", "haha great"))
    assert (await retried.answer(DIRECT, said(1, "sam", "haha great"))).text == "made my day"


async def test_whether_a_person_writes_is_answered_truthfully_without_a_model() -> None:
    model = ScriptedChat("I am a real human")
    outcome = await agent(model, None, DELEGATED).answer(DIRECT, said(1, "sam", "are you a bot?"))
    assert (
        outcome.text
        == "I'm Alex's understudy, an AI that drafts replies; Alex has read and approved this one."
    )
    assert outcome.decision == Decision(Verdict.ASK, "heard-identity")
    assert model.prompts == []


async def test_guidance_adds_to_the_truth_and_does_not_replace_it() -> None:
    outcome = await agent(ScriptedChat("i'll write to you tonight")).answer(
        DIRECT, said(1, "sam", "are you a bot?"), guidance="say i write tonight"
    )
    assert outcome.text.startswith("I'm Alex's understudy, an AI")
    assert outcome.text.endswith("i'll write to you tonight")


async def test_a_redraft_is_asked_with_the_wish_and_the_draft_before() -> None:
    model, memory = ScriptedChat("saturday then"), FakeMemory()
    outcome = await agent(model, memory, DELEGATED).answer(
        DIRECT, said(1, "sam", "friday?"), guidance="propose saturday", previous="friday works"
    )
    assert outcome.decision == Decision(Verdict.ASK, "redraft")
    assert "propose saturday" in model.prompts[0].turns[0].content
    assert "friday works" in model.prompts[0].turns[1].content
    assert memory.queries == ["friday?\npropose saturday"]


async def test_a_reply_begins_with_the_words_the_owner_wants() -> None:
    outcome = await agent(ScriptedChat(" i am away\nSam: oh", style="transcript")).answer(
        DIRECT, said(1, "sam", "friday?"), guidance="say no, propose saturday"
    )
    assert outcome.text == "no, i am away"


async def test_an_unusable_draft_is_shown_empty() -> None:
    outcome = await agent(ScriptedChat("<|im_end|>"), None, DELEGATED).answer(
        DIRECT, said(1, "sam", "haha great")
    )
    assert (outcome.decision.rule, outcome.text) == ("draft-empty", "")


async def test_a_small_window_still_gives_a_prompt() -> None:
    model = ScriptedChat("ok then", context_tokens=700)
    memory = FakeMemory(messages=[said(1, "sam", "x" * 100_000)])
    await agent(model, memory).answer(DIRECT, memory.messages[0])
    assert len(model.prompts[0].turns[-1].content) < 2000


async def test_a_transcript_model_is_drawn_from_more_coolly() -> None:
    outcome = await agent(ScriptedChat("oh wow\nSam: and then", style="transcript"), None, DRAFTING).answer(
        DIRECT, said(1, "sam", "haha great")
    )
    assert outcome.text == "oh wow"


async def test_the_owners_own_words_want_no_answer() -> None:
    outcome = await agent(ScriptedChat("x")).answer(DIRECT, said(1, OWNER, "hello"))
    assert outcome.decision == Decision(Verdict.SILENT, "own-words")
    assert outcome.persona is None
    assert outcome.card == NO_MODEL


@pytest.mark.parametrize(("name", "said_", "records"), [("friends", "oh wow", 5), ("work", "gladly", 8)])
async def test_each_persona_may_have_a_model_of_its_own(name: str, said_: str, records: int) -> None:
    models = {
        "friends": ScriptedChat("oh wow", style="transcript", context_tokens=2048),
        "work": ScriptedChat("gladly", context_tokens=8192),
    }
    memory = FakeMemory(records=[record(f"note:{number}", "a cat") for number in range(20)])
    persona = replace(FRIENDLY, name=PersonaName(name))
    several = Agent(
        lambda one: models[one.name],
        memory,
        FakePersonaSelector(persona),
        FakePolicyFacts(),
        FixedClock(),
        AgentSettings("Alex"),
    )
    outcome = await several.answer(DIRECT, said(1, "sam", "haha great"))
    assert outcome.text == said_
    assert outcome.card is models[name].card
    assert len(outcome.retrieval.records) == records
    assert [len(model.prompts) for model in models.values()].count(0) == 1


async def test_the_persona_is_known_before_anything_is_recalled() -> None:
    memory = FakeMemory(messages=[said(1, "sam", "haha great")])
    observed = agent(ScriptedChat("made my day"), memory, replace(DRAFTING, mode=Mode.OBSERVE))
    outcome = await observed.answer(DIRECT, said(1, "sam", "haha great"))
    assert outcome.decision == Decision(Verdict.SILENT, "observing")
    assert set(outcome.timings_ms) == {"triage", "persona", "total"}
    assert memory.queries == []


async def test_a_bot_is_answered_where_the_owner_named_it() -> None:
    robot = PersonId("slack:T1/B9")
    memory = FakeMemory(persons={robot: Person(robot, "Robot", kind=AuthorKind.BOT)})
    question = said(1, robot, "the build failed, retry?")
    for named, rule in ((frozenset[PersonId](), "from-a-bot"), (frozenset({robot}), "mode-draft")):
        asked = Agent(
            lambda _: ScriptedChat("hm"),
            memory,
            FakePersonaSelector(),
            FakePolicyFacts(),
            FixedClock(),
            AgentSettings("Alex", answer_bots=named),
        )
        assert (await asked.triage(DIRECT, question) is None) is bool(named)
        assert (await asked.answer(DIRECT, question)).decision.rule == rule


async def test_a_claim_that_nothing_holds_is_never_shown() -> None:
    model = ScriptedChat(["i went to the doctor", "i broke my leg", "i am at the hospital"])
    outcome = await agent(model).answer(DIRECT, said(1, "sam", "haha how was it"))
    assert len(model.prompts) == 3
    assert "Say only what is known." in model.prompts[1].turns[0].content
    assert (outcome.decision, outcome.text, outcome.records) == (
        Decision(Verdict.ASK, "draft-unknown"),
        "",
        (),
    )


async def test_a_better_draft_after_a_false_one_is_shown() -> None:
    memory = FakeMemory(
        persons={SAM: Person(SAM, "Sam")}, records=[record("a", "Alex was at the quarry with Nadia.")]
    )
    model = ScriptedChat(["i went to the doctor", "at the quarry with nadia"])
    outcome = await agent(model, memory).answer(DIRECT, said(1, "sam", "haha how was it"))
    assert outcome.text == "at the quarry with nadia"


async def test_what_the_owner_keeps_to_is_not_agreed_to() -> None:
    rule = record("profile:no-car", "Alex never lends the car, but will drive a friend.")
    memory = FakeMemory(persons={SAM: Person(SAM, "Sam")}, always=[rule])
    outcome = await agent(ScriptedChat("i'll drive the car"), memory).answer(
        DIRECT, said(1, "sam", "how do we get there")
    )
    assert (outcome.decision.rule, outcome.text) == ("draft-unknown", "")


@pytest.mark.parametrize(
    ("ours", "text"),
    [("what time?", ""), ("no, i never lend the car", "ok, take it")],
    ids=["asked before", "refused since"],
)
async def test_a_yes_answers_what_was_asked_before_too(ours: str, text: str) -> None:
    rule = record("rule:car", "Alex never lends the car.")
    asked = said(1, "sam", "can i borrow your car on saturday?")
    newest = said(3, "sam", "at the corner then")
    memory = FakeMemory(messages=[asked, said(2, OWNER, ours), newest], always=[rule])
    outcome = await agent(ScriptedChat("ok, take it"), memory).answer(DIRECT, newest)
    assert outcome.text == text


async def test_what_somebody_asked_before_is_not_known_for_that() -> None:
    asked = said(1, "sam", "did the doctor say it's cancer?")
    newest = said(3, "sam", "so?")
    memory = FakeMemory(messages=[asked, said(2, OWNER, "what?"), newest])
    outcome = await agent(ScriptedChat("the doctor says it's cancer"), memory).answer(DIRECT, newest)
    assert outcome.text == ""


async def test_a_redraft_that_only_invents_is_not_shown_either() -> None:
    outcome = await agent(ScriptedChat("i went to the doctor")).answer(
        DIRECT, said(1, "sam", "where were you?"), guidance="be kinder", previous="away"
    )
    assert (outcome.decision.rule, outcome.text) == ("draft-unknown", "")


async def test_a_half_sentence_of_the_model_is_not_shown() -> None:
    outcome = await agent(ScriptedChat("made my day " * 100)).answer(DIRECT, said(1, "sam", "haha great"))
    assert outcome.text in ("", "made my day")
