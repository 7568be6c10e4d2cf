import asyncio
import logging
import math
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agent import Agent
from core.audience import person
from core.errors import TryAgain
from core.ids import message_record
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import Embedder, Vectors
from core.runs_on import HERE
from core.steps import AgentSettings
from core.types import OWNER, Kind, MemoryRecord, MessageId, Person, PersonId, RecordId, Verdict
from memory.archive.messages import Messages
from memory.archive.records import Records, forget
from memory.recall.recall import WINDOW, Recall
from memory.storage import fulltext
from memory.storage.port import Database
from memory.storage.sqlite.connection import any_of
from tests.fakes import FRIENDLY, FakePersonaSelector, FakePolicyFacts, FixedClock
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, record, said, talk

SAM = talk()
SAMS = "person:sam"


class SynonymEmbedder:
    runs_on = HERE

    """Knows that a dog is a hound, and counts what it is asked."""

    dimensions = 64

    def __init__(self, name: str = "synonyms") -> None:
        self.name = name
        self.embedded: list[str] = []
        self.broken = False
        self._words = HashedEmbedder(self.dimensions)

    async def query(self, text: str) -> Vectors:
        if self.broken:
            raise TryAgain("the embedder does not answer")
        return await self._words.query(text.replace("hound", "dog"))

    async def passages(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise TryAgain("the embedder does not answer")
        self.embedded += texts
        return await self._words.passages([text.replace("hound", "dog") for text in texts])


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


def memory(db: Database, embedder: Embedder | None = None, *written: MemoryRecord) -> Recall:
    return Recall(db, PlainDirectory(written=written), embedder or HashedEmbedder())


async def recalled(recall: Recall, query: str, limit: int = 8) -> list[str]:
    return [one.id for one in (await recall.recall(query, SAM, limit)).records]


async def test_what_bears_on_the_query_comes_first_and_what_does_not_stays_away(db: Database) -> None:
    await Records(db).add_many(
        [
            record("note:1", "the ferry to the island leaves on friday", SAMS),
            record("note:2", "friday", SAMS),
            record("note:3", "a recipe for lentil soup", SAMS),
        ]
    )
    recall = memory(db)
    await recall.index_pending()
    retrieval = await recall.recall("when does the ferry leave on friday?", SAM, 8)
    assert [one.id for one in retrieval.records] == ["note:1", "note:2"]
    assert list(retrieval.scores) == sorted(retrieval.scores, reverse=True)
    assert await recalled(recall, "ferry friday", limit=1) == ["note:1"]
    assert await recalled(recall, "quantum chromodynamics") == []


async def test_words_are_found_in_their_other_forms(db: Database) -> None:
    await Records(db).add(record("note:1", "We are planning dinners", SAMS))
    assert await recalled(memory(db), "the plan for dinner") == ["note:1"]


async def test_what_was_just_said_there_is_not_recalled_but_elsewhere_it_is(db: Database) -> None:
    messages, recall = Messages(db), memory(db)
    group = talk("slack:g", people("sam", "ann"), Kind.GROUP)
    await messages.hear(group, said(group, 0, "the zeppelin", "ann"))
    await messages.hear(SAM, said(SAM, 0, "a zeppelin of mine"))
    assert await recalled(recall, "zeppelin") == [message_record(said(group, 0, "").id)]
    for i in range(1, WINDOW + 1):
        await messages.hear(SAM, said(SAM, i, "hm", minutes=i))
    assert set(await recalled(recall, "zeppelin")) == {"message:slack:g/0", "message:console:sam/0"}


async def test_meaning_finds_what_words_do_not(db: Database) -> None:
    await Records(db).add_many([record("note:1", "dog", SAMS), record("note:2", "cellar", SAMS)])
    recall = memory(db, SynonymEmbedder())
    assert await recalled(recall, "hound") == []
    assert await recall.index_pending() == 2
    assert await recalled(recall, "hound") == ["note:1"]


class JoinedMeanwhile(SynonymEmbedder):
    """While a query is embedded, another process hears that somebody joined."""

    def __init__(self, theirs: Database) -> None:
        super().__init__()
        self._theirs = theirs

    async def query(self, text: str) -> Vectors:
        await Messages(self._theirs).upsert(replace(SAM, members=people("sam", "ann")))
        return await super().query(text)


async def test_who_joins_while_something_is_recalled_hears_none_of_it(db: Database, tmp_path: Path) -> None:
    await Messages(db).upsert(SAM)
    await Records(db).add_many([record("note:1", "dog", SAMS), record("note:2", "hound", SAMS, "person:ann")])
    async with opened(tmp_path / "twin.db") as theirs:
        recall = memory(db, JoinedMeanwhile(theirs), record("profile:dog", "dog", SAMS))
        await recall.index_pending()
        assert await recalled(recall, "dog") == ["note:2"]
        assert await recalled(recall, "hound") == ["note:2"]


async def test_without_the_embedder_recall_goes_by_words_and_logs_none_of_them(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await Records(db).add(record("note:1", "the zeppelin", SAMS))
    embedder = SynonymEmbedder()
    embedder.broken = True
    recall = memory(db, embedder)
    assert await recalled(recall, "zeppelin") == ["note:1"]
    with pytest.raises(TryAgain):
        await recall.index_pending()
    embedder.broken = False
    assert await recall.index_pending() == 1
    assert "words alone" in caplog.text
    assert "zeppelin" not in caplog.text


async def test_the_vectors_follow_edits_and_deletions_and_survive_a_restart(tmp_path: Path) -> None:
    path, embedder = tmp_path / "twin.db", SynonymEmbedder()
    async with opened(path) as db:
        records, recall = Records(db), memory(db, embedder)
        await records.add_many([record(f"note:{i}", f"dog {i}", SAMS) for i in range(3)])
        assert await recall.index_pending() == 3
        assert await recall.index_pending() == 0
        await records.add(record("note:0", "cellar", SAMS))
        await db.write("forget", lambda c: forget(c, RecordId("note:1")))
        assert await recall.index_pending() == 1
        assert await recalled(recall, "hound") == ["note:2"]
    async with opened(path) as db:
        recall = memory(db, embedder)
        await recall.load()
        count = len(embedder.embedded)
        assert await recall.index_pending() == 0
        assert await recalled(recall, "hound") == ["note:2"]
        assert not [text for text in embedder.embedded[count:] if "dog" in text]
    async with opened(path) as db:
        recall = memory(db, SynonymEmbedder("other weights"))
        assert await recall.index_pending() == 2


async def test_a_narrower_audience_holds_at_once_though_the_vectors_lag_behind(db: Database) -> None:
    records, recall = Records(db), memory(db, SynonymEmbedder())
    await records.add(record("note:1", "dog", SAMS))
    await recall.index_pending()
    assert await recalled(recall, "hound") == ["note:1"]
    await records.add(record("note:1", "dog"))
    assert await recalled(recall, "hound") == []
    assert await recalled(recall, "dog") == []


async def test_what_is_shared_is_recalled_and_no_longer_withheld(db: Database) -> None:
    records, recall = Records(db), memory(db)
    await records.add(record("note:1", "the surprise party", "person:ann"))
    assert await recalled(recall, "party") == []
    assert [one.id for one in (await recall.withheld("party", SAM, 5)).records] == ["note:1"]
    await records.share(RecordId("note:1"), frozenset({person(PersonId("sam"))}))
    assert await recalled(recall, "party") == ["note:1"]
    assert (await recall.withheld("party", SAM, 5)).records == ()


async def test_nothing_is_withheld_from_the_owner(db: Database) -> None:
    await Records(db).add(record("note:1", "the surprise party", "person:ann"))
    own = talk("console:me", people(), Kind.OWNER)
    recall = memory(db, None, record("profile:1", "the party is secret"))
    assert len((await recall.recall("party", own, 5)).records) == 2
    assert (await recall.withheld("party", own, 5)).records == ()


async def test_the_profile_is_recalled_by_words_and_by_meaning_and_the_pinned_go_along_apart(
    db: Database,
) -> None:
    diet = record("profile:diet", "no meat since 2019", SAMS)
    pet = record("profile:pet", "dog", SAMS)
    secret = record("profile:health", "the diagnosis", "person:ann")
    core = record("profile:core", "lives in Ghent, no meat", SAMS, pinned=True)
    told = record("rule:1", "never tell of the diagnosis", pinned=True)
    recall = memory(db, SynonymEmbedder(), diet, pet, secret, core, told)
    await recall.index_pending()
    assert await recalled(recall, "do you eat meat?") == ["profile:diet"]
    assert await recalled(recall, "hound") == ["profile:pet"]
    assert await recalled(recall, "diagnosis") == []
    assert (await recall.context(SAM, MessageId(""), 1)).pinned == (core,)
    assert {one.id for one in (await recall.withheld("diagnosis", SAM, 5)).records} == {
        "profile:health",
        "rule:1",
    }


async def test_a_query_of_common_words_is_answered_with_the_newest_that_have_them(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fulltext, "COMMON", 5)
    await Records(db).add_many([record(f"note:{i}", f"you know n{i}", SAMS, minutes=i) for i in range(9)])
    assert (await recalled(memory(db), "you know", limit=3))[0] == "note:8"
    assert await recalled(memory(db), "you know n3") == ["note:3"]


async def test_recent_leaves_out_what_joiners_cannot_read(db: Database) -> None:
    group = talk("discord:g", people("sam"), Kind.GROUP, joiners_read_history=False)
    for i in range(3):
        await Messages(db).hear(group, said(group, i, str(i), minutes=i))
    until = said(group, 2, "").id
    recall = memory(db)
    assert [one.text for one in (await recall.context(group, until, 10)).recent] == ["0", "1", "2"]
    joined = replace(group, newest_join=NOON + timedelta(minutes=1))
    assert [one.text for one in (await recall.context(joined, until, 10)).recent] == ["1", "2"]


async def test_everyone_who_spoke_or_listens_goes_by_the_id_of_their_messages(db: Database) -> None:
    sam = Person(PersonId("sam"), "Sam Weller")
    directory = PlainDirectory({PersonId("telegram:1"): sam.id}, named={sam.id: sam})
    group = talk("telegram:g", people("telegram:1", "telegram:2"), Kind.GROUP)
    await Messages(db).hear(group, said(group, 1, "hello", "telegram:3"))
    await Messages(db).hear(group, said(group, 2, "hi", OWNER))
    found = await Recall(db, directory, HashedEmbedder()).people(group)
    assert {who: one.name for who, one in found.items()} == {
        "owner": "owner",
        "telegram:1": "Sam Weller",
        "telegram:2": "telegram:2",
        "telegram:3": "telegram:3",
    }


SYNTAX = st.text(st.sampled_from(list("\"*^:()+-{}ANDORNT '%_;\x00é\u0301א字\ud800🙂a1")), max_size=80)


@settings(deadline=None, max_examples=40)
@given(queries=st.lists(st.text(max_size=60) | SYNTAX, min_size=1, max_size=20))
def test_no_query_is_a_syntax_error(queries: list[str]) -> None:
    async def ask() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder) / "twin.db") as db:
                recall = memory(db, None, record("profile:1", "a AND b", SAMS))
                await Records(db).add_many(
                    [record(f"note:{i}", f"a {query}", SAMS) for i, query in enumerate(queries)]
                )
                await recall.index_pending()
                for query in queries:
                    assert (await recall.recall(f"a {query}", SAM, 100)).records

    asyncio.run(ask())


async def test_a_huge_query_is_answered(db: Database) -> None:
    await Records(db).add(record("note:1", "zeppelin", SAMS))
    recall = memory(db)
    assert await recalled(recall, "zeppelin " + "x" * 100_000) == ["note:1"]
    assert await recalled(recall, " ".join(f"w{i}" for i in range(20_000))) == []


def test_the_words_of_a_text() -> None:
    assert fulltext.split("Don't, don't! Cafe\u0301 #42 _x_") == ["don", "t", "café", "42", "x"]
    assert any_of(["a", "b"]) == '"a" OR "b"'


@pytest.mark.parametrize(
    ("count", "total", "worth"), [(1, 100, math.log(99.5 / 1.5)), (60, 100, 1e-6), (5, 0, 1e-6)]
)
def test_a_rare_word_is_worth_more_and_none_is_worth_nothing(count: int, total: int, worth: float) -> None:
    assert fulltext.weight(fulltext.Word("a", count), total) == pytest.approx(worth)


async def test_words_that_hold_a_sentence_together_recall_nothing_beside_others(db: Database) -> None:
    await Records(db).add_many([record("note:1", "what are you up to", SAMS), record("note:2", "tent", SAMS)])
    assert await recalled(memory(db), "what about the tent?") == ["note:2"]
    assert await recalled(memory(db), "what are you") == ["note:1"]


async def test_what_newcomers_cannot_read_is_before_no_model_not_even_the_message_itself(
    tmp_path: Path,
) -> None:
    group = talk("telegram:g", people("sam", "ann"), Kind.GROUP, joiners_read_history=False)
    async with opened(tmp_path / "twin.db") as db:
        asked = replace(said(group, 1, "where is the key?"), addressed=True)
        await Messages(db).hear(group, asked)
        recall, model = Recall(db, PlainDirectory(), HashedEmbedder()), ScriptedChat("hm, well")
        agent = Agent(
            lambda _: model,
            recall,
            FakePersonaSelector(FRIENDLY),
            FakePolicyFacts(),
            FixedClock(),
            AgentSettings("Alex"),
        )
        assert (await agent.answer(group, asked)).text == "hm, well"
        joined = replace(group, members=people("sam", "ann", "eve"), newest_join=NOON + timedelta(minutes=1))
        await Messages(db).upsert(joined)
        for previous in ("", " "):  # a draft, and one that the owner asks for
            outcome = await agent.answer(joined, asked, previous=previous)
            assert (outcome.text, outcome.texts) == ("", {})
            assert outcome.decision.verdict is Verdict.ASK
        assert len(model.prompts) == 1
