"""Updates of the Bot API as nouns."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.port import CardAction
from bots.platforms.telegram import words
from bots.platforms.telegram.events import (
    Clicked,
    Event,
    Joined,
    Linked,
    SaidToTwin,
    TelegramDeleted,
    TelegramEdited,
    TelegramHeard,
    TelegramNamed,
    TelegramTopic,
)
from bots.platforms.telegram.ids import TelegramAddress, address, key
from bots.platforms.telegram.parse import TelegramMalformed, parse
from bots.platforms.telegram.payloads import TelegramMessage, TelegramUser
from core.errors import Refused
from core.types import ConversationId, Kind, MessageId, PersonId

Json = dict[str, Any]
RECORDED = json.loads((Path(__file__).parents[1] / "wire/payloads/telegram/messages.json").read_text())
BOT = TelegramUser(id=900, is_bot=True, username="twin_bot")
SAM = {"id": 2, "is_bot": False, "first_name": "Sam", "last_name": "Reed", "username": "sam_r"}
OWNER = {"id": 1, "is_bot": False, "first_name": "Alex", "username": "alex_o"}
DM = {"id": 2, "type": "private", "first_name": "Sam"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Climbing"}
AT = 1_773_316_800


def message(text: str | None = "hi", chat: Json = DM, /, **more: Any) -> Json:
    said = {"message_id": 5, "date": AT, "chat": chat, "from": SAM, **more}
    return said if text is None else {**said, "text": text}


def heard(payload: Json, kind: str = "message") -> TelegramHeard:
    event = parse({"update_id": 1, kind: payload}, BOT)
    assert isinstance(event, TelegramHeard)
    return event


def talk(payload: Json) -> SaidToTwin:
    event = parse({"update_id": 1, "message": payload}, BOT)
    assert isinstance(event, SaidToTwin)
    return event


def test_a_recorded_dm_is_talk_with_the_twin() -> None:
    event = parse(RECORDED["followUp"], BOT)
    assert isinstance(event, SaidToTwin)
    assert event.text == event.typed == "how are you"
    assert event.message == "telegram:7527593/134"
    assert event.speaker.account == "telegram:7527593"
    assert event.speaker.name == "Test User"


def test_a_group_message_is_heard_with_who_where_and_when() -> None:
    event = heard(message("who climbs?", GROUP))
    said = event.message
    assert (said.id, said.author, said.text) == ("telegram:-1001/5", "telegram:2", "who climbs?")
    assert said.sent_at == datetime.fromtimestamp(AT, UTC)
    where = event.conversation
    assert (where.id, where.kind, where.title) == ("telegram:-1001", Kind.GROUP, "Climbing")
    assert where.members is None
    assert not where.joiners_read_history


def test_a_topic_is_a_conversation_of_its_own_whose_place_is_the_group() -> None:
    begun = {"message_id": 7, "date": AT, "chat": GROUP, "from": SAM, "forum_topic_created": {"name": "Gear"}}
    event = heard(message("hi", GROUP, message_thread_id=7, is_topic_message=True, reply_to_message=begun))
    assert event.conversation.id == "telegram:-1001/7"
    assert event.conversation.parent == "telegram:-1001"
    assert event.message.id == "telegram:-1001/7/5"
    assert event.message.reply_to is None
    assert event.topic == TelegramTopic("Climbing", "Gear")
    other = {"message_id": 9, "date": AT, "chat": GROUP, "from": SAM, "text": "hm"}
    later = heard(message("hi", GROUP, message_thread_id=7, is_topic_message=True, reply_to_message=other))
    assert later.topic == TelegramTopic("Climbing", "")
    assert heard(message("hi", GROUP)).topic is None


@pytest.mark.parametrize("change", ["forum_topic_created", "forum_topic_edited"])
def test_a_topic_gets_its_name_from_what_telegram_tells(change: str) -> None:
    told = message(None, GROUP, message_thread_id=7, is_topic_message=True, **{change: {"name": "Gear"}})
    assert parse({"update_id": 1, "message": told}, BOT) == TelegramNamed(
        ConversationId("telegram:-1001/7"), "Gear"
    )
    told[change] = {"icon_custom_emoji_id": "1"}
    assert parse({"update_id": 1, "message": told}, BOT) is None


def test_a_thread_id_without_a_topic_is_no_conversation() -> None:
    assert heard(message("hi", GROUP, message_thread_id=7)).conversation.id == "telegram:-1001"


@pytest.mark.parametrize(
    "more",
    [
        {"text": "hey @Twin_Bot", "entities": [{"type": "mention", "offset": 4, "length": 9}]},
        {"text": "😀 @twin_bot", "entities": [{"type": "mention", "offset": 3, "length": 9}]},
        {
            "text": "twin?",
            "entities": [{"type": "text_mention", "offset": 0, "length": 4, "user": {"id": 900}}],
        },
        {"text": "no", "reply_to_message": message("x", GROUP, **{"from": {"id": 900, "first_name": "T"}})},
        {
            "caption": "@twin_bot",
            "photo": [],
            "caption_entities": [{"type": "mention", "offset": 0, "length": 9}],
        },
    ],
)
def test_a_mention_of_the_twin_or_a_reply_to_it_is_addressed(more: Json) -> None:
    assert heard(message(None, GROUP, **more)).message.addressed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hey @Twin_Bot", {"@twin_bot"}),
        ("(@twin_bot), are you there?", {"@twin_bot"}),
        ("@alex_o\n@twin_bot!", {"@alex_o", "@twin_bot"}),
        ("write to me@twin_bot or ко@twin_bot", set()),
        ("@twin_bots @twin_bo", {"@twin_bots", "@twin_bo"}),
        ("https://t.me/@twin_bot @@twin_bot @a", set()),
    ],
)
def test_a_name_that_nothing_marks_as_a_mention_is_one_where_it_is_a_word(text: str, names: set[str]) -> None:
    for more in ({"text": text}, {"caption": text, "photo": []}, {"text": text, "entities": []}):
        event = heard(message(None, GROUP, **more))
        assert event.mentions == names
        assert event.message.addressed == ("@twin_bot" in names)


def test_where_telegram_marks_anything_it_has_marked_the_mentions_too() -> None:
    code = [{"type": "code", "offset": 4, "length": 9}]
    assert not heard(message("say @twin_bot", GROUP, entities=code)).message.addressed


def test_a_mention_of_somebody_else_is_handed_on_for_the_owner_to_be_found_in() -> None:
    event = heard(message("hey @alex_o", GROUP, entities=[{"type": "mention", "offset": 4, "length": 7}]))
    assert not event.message.addressed
    assert event.mentions == {"@alex_o"}
    answering = heard(message("yes", GROUP, reply_to_message=message("x", GROUP, **{"from": OWNER})))
    assert answering.answered == "telegram:1"
    assert answering.message.reply_to == "telegram:-1001/5"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"photo": [{"file_id": "x"}], "caption": "the wall"}, "[sent a photo: the wall]"),
        ({"photo": [{"file_id": "x"}]}, "[sent a photo]"),
        ({"sticker": {"emoji": "🎉"}}, "[sticker 🎉]"),
        ({"voice": {"duration": 12}}, "[voice message, 12 s]"),
        ({"video_note": {"duration": 3}}, "[video message, 3 s]"),
        ({"video": {"duration": 3}, "caption": "up"}, "[sent a video, 3 s: up]"),
        ({"animation": {}, "document": {"file_name": "a.gif"}}, "[sent a GIF]"),
        ({"document": {"file_name": "plan.pdf"}, "caption": "see"}, "[sent a file plan.pdf: see]"),
        (
            {"audio": {"title": "Song", "performer": "Band", "duration": 60}},
            "[sent a track: Song by Band, 60 s]",
        ),
        (
            {"poll": {"question": "When?", "options": [{"text": "Sat"}, {"text": "Sun"}]}},
            "[poll: When? — Sat / Sun]",
        ),
        ({"location": {"latitude": 52.5, "longitude": 13.4}}, "[location 52.50000, 13.40000]"),
        (
            {"location": {"latitude": 1, "longitude": 2}, "venue": {"title": "Hall", "address": "Main St 1"}},
            "[place: Hall, Main St 1]",
        ),
        ({"contact": {"first_name": "Ann", "phone_number": "1"}}, "[contact: Ann]"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[threw 🎲 4]"),
        ({"story": {"id": 1, "chat": DM}}, "[shared a story]"),
        ({"hologram": {"size": 3}}, "[sent something that cannot be shown here]"),
        (
            {"text": "look", "forward_origin": {"type": "user", "sender_user": SAM}},
            "[forwarded from Sam Reed] look",
        ),
        (
            {"text": "look", "forward_origin": {"type": "hidden_user", "sender_user_name": "X"}},
            "[forwarded from X] look",
        ),
    ],
)
def test_what_is_no_text_becomes_honest_text(more: Json, text: str) -> None:
    assert heard(message(None, GROUP, **more)).message.text == text


@pytest.mark.parametrize(
    "more",
    [
        {"pinned_message": {"x": 1}},
        {"new_chat_title": "New"},
        {"forum_topic_created": {"name": "Gear"}},
        {"video_chat_started": {}},
        {"migrate_to_chat_id": -1002},
    ],
)
def test_what_telegram_tells_of_by_itself_was_said_by_nobody(more: Json) -> None:
    assert parse({"update_id": 1, "message": message(None, GROUP, **more)}, BOT) is None


def test_our_own_echoes_are_dropped() -> None:
    bot = {"id": 900, "is_bot": True, "first_name": "Twin"}
    assert parse({"update_id": 1, "message": message("hi", GROUP, **{"from": bot})}, BOT) is None
    mirrored = message("hi", business_connection_id="c", sender_business_bot=bot, **{"from": OWNER})
    assert parse({"update_id": 1, "business_message": mirrored}, BOT) is None


def test_a_business_message_is_heard_in_the_owners_chat_with_them() -> None:
    event = heard(message("hi", business_connection_id="c1"), "business_message")
    assert event.connection == "c1"
    assert event.conversation.id == "telegram:business/2"
    assert event.conversation.kind is Kind.DIRECT
    assert event.conversation.members == frozenset({PersonId("telegram:2")})
    assert event.message.id == "telegram:business/2/5"


def test_the_owners_own_words_in_a_business_chat_are_theirs() -> None:
    event = heard(message("hi", business_connection_id="c1", **{"from": OWNER}), "business_message")
    assert event.message.author == "telegram:1"
    assert event.conversation.id == "telegram:business/2"


def test_telegrams_automatic_greeting_is_not_the_owner_speaking() -> None:
    greeting = message("hello!", business_connection_id="c1", is_from_offline=True, **{"from": OWNER})
    assert parse({"update_id": 1, "business_message": greeting}, BOT) is None


def test_edits_and_deletions_name_the_message_they_are_of() -> None:
    edited = parse({"update_id": 1, "edited_message": message("new", GROUP, edit_date=AT + 60)}, BOT)
    assert edited == TelegramEdited(
        MessageId("telegram:-1001/5"), "new", datetime.fromtimestamp(AT + 60, UTC)
    )
    gone = {"business_connection_id": "c1", "chat": DM, "message_ids": [5, 6]}
    assert parse({"update_id": 1, "deleted_business_messages": gone}, BOT) == TelegramDeleted(
        (MessageId("telegram:business/2/5"), MessageId("telegram:business/2/6")), "c1"
    )


@pytest.mark.parametrize(
    ("more", "can_reply"),
    [
        ({"rights": {"can_reply": True}}, True),
        ({"rights": {}}, False),
        ({"can_reply": True}, True),
        ({}, None),
    ],
)
def test_a_business_connection_tells_whose_it_is_and_what_it_may(more: Json, can_reply: bool) -> None:
    linked = {"id": "c1", "user": OWNER, "user_chat_id": 1, "date": AT, "is_enabled": True, **more}
    event = parse({"update_id": 1, "business_connection": linked}, BOT)
    assert isinstance(event, Linked)
    assert (event.id, event.account, event.enabled, event.can_reply) == ("c1", "telegram:1", True, can_reply)


def test_a_press_names_draft_and_revision_even_when_the_card_is_too_old_to_read() -> None:
    pressed = {
        "id": "q",
        "from": OWNER,
        "data": "a:12:3",
        "message": {"message_id": 9, "date": 0, "chat": DM},
    }
    event = parse({"update_id": 1, "callback_query": pressed}, BOT)
    assert isinstance(event, Clicked)
    assert (event.action, event.draft, event.revision, event.card) == (CardAction.APPROVE, "12", 3, 9)
    foreign = parse({"update_id": 1, "callback_query": {"id": "q", "from": OWNER, "data": "zzz"}}, BOT)
    assert isinstance(foreign, Clicked)
    assert foreign.draft is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/away 2h", "away 2h"),
        ("/AWAY", "away"),
        ("/inbox@twin_bot", "inbox"),
        ("/start K7Q2", "K7Q2"),
        ("/start", "/start"),
        ("/unknown x", "/unknown x"),
        ("back", "back"),
        ("/shrug", "/shrug"),
        ("/settle 12 arrived", "settle 12 arrived"),
        ("/settle the bill", "/settle the bill"),
        ("/drop the meeting", "/drop the meeting"),
        ("/draft Sam: say yes", "draft Sam: say yes"),
    ],
)
def test_slash_commands_of_the_twin_are_its_words(typed: str, text: str) -> None:
    assert talk(message(typed)).text == text


@pytest.mark.parametrize(
    "more",
    [
        {"forward_origin": {"type": "user", "sender_user": SAM}},
        {"forward_origin": {"type": "channel", "chat": GROUP, "message_id": 1}},
        {"forward_date": AT},
        {"forward_sender_name": "/away"},
        {"via_bot": {"id": 5, "first_name": "Inline"}},
        {"quote": {"text": "away", "position": 0}},
        {"external_reply": {"origin": {}}},
        {"entities": [{"type": "blockquote", "offset": 0, "length": 4}]},
        {"entities": [{"type": "expandable_blockquote", "offset": 0, "length": 4}]},
    ],
)
def test_a_forwarded_or_quoted_word_is_never_a_command(more: Json) -> None:
    for word in ("away", "/away", "approve", "K7Q2"):
        event = talk(message(word, **more))
        assert event.text.startswith("[")
        assert event.text.endswith(word)


def test_only_typed_text_can_answer_a_prompt() -> None:
    prompt = message("Reply to this message with the new text")
    answer = talk(message("Yes, at 8", reply_to_message=prompt))
    assert (answer.typed, answer.answered) == ("Yes, at 8", 5)
    forwarded = message("Yes", reply_to_message=prompt, forward_origin={"type": "user", "sender_user": SAM})
    assert talk(forwarded).typed is None
    assert talk(message(None, reply_to_message=prompt, photo=[{}])).typed is None


def test_a_channel_speaks_under_its_own_name_and_shows_its_history() -> None:
    channel = {"id": -1005, "type": "channel", "title": "News"}
    post = {"message_id": 5, "date": AT, "chat": channel, "sender_chat": channel, "text": "new wall"}
    event = heard(post, "channel_post")
    assert event.message.author == "telegram:-1005"
    assert event.speaker.name == "News"
    assert event.conversation.joiners_read_history


def test_who_joins_is_told_and_the_twins_own_coming_is_none() -> None:
    came = parse({"update_id": 1, "message": message(None, GROUP, new_chat_members=[OWNER])}, BOT)
    assert isinstance(came, Joined)
    assert came.conversation.newest_join == datetime.fromtimestamp(AT, UTC)
    change = {
        "chat": GROUP,
        "from": SAM,
        "date": AT,
        "old_chat_member": {"status": "left", "user": {"id": 900}},
    }
    change["new_chat_member"] = {"status": "member", "user": {"id": 900, "is_bot": True}}
    added = parse({"update_id": 1, "my_chat_member": change}, BOT)
    assert isinstance(added, Joined)
    assert added.conversation.newest_join is None


def test_a_reaction_is_honest_text() -> None:
    change = {"chat": GROUP, "message_id": 5, "date": AT, "user": SAM, "old_reaction": []}
    change["new_reaction"] = [{"type": "emoji", "emoji": "🔥"}]
    event = parse({"update_id": 1, "message_reaction": change}, BOT)
    assert isinstance(event, TelegramHeard)
    assert event.message.text == "[reacted 🔥]"
    assert event.message.reply_to == "telegram:-1001/5"
    assert key(event.message.id) is None


@pytest.mark.parametrize(
    "where",
    [
        TelegramAddress(5),
        TelegramAddress(-1001),
        TelegramAddress(-1001, 7),
        TelegramAddress(5, business=True),
    ],
)
def test_ids_go_both_ways(where: TelegramAddress) -> None:
    assert address(where.conversation) == where
    assert key(where.message(77)) == 77


@pytest.mark.parametrize("foreign", ["discord:5", "telegram:", "telegram:x", "telegram:1/x", "telegram"])
def test_a_foreign_id_is_refused(foreign: str) -> None:
    with pytest.raises(Refused):
        address(ConversationId(foreign))


def test_a_malformed_update_is_told_by_its_fields_never_by_its_content() -> None:
    with pytest.raises(TelegramMalformed) as told:
        parse({"update_id": 1, "message": message("secret words", {"id": "secret words"})}, BOT)
    assert "chat" in str(told.value)
    assert "secret" not in str(told.value)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WHOLE = [
    *(RECORDED[name] for name in ("mention", "followUp")),
    {
        "update_id": 1,
        "message": message("hi", GROUP, entities=[{"type": "mention", "offset": 0, "length": 2}]),
    },
    {"update_id": 1, "business_message": message("hi", business_connection_id="c1")},
    {"update_id": 1, "message": message(None, GROUP, poll={"question": "q", "options": [{"text": "a"}]})},
    {
        "update_id": 1,
        "message": message("hi", GROUP, reply_to_message=message("x", GROUP), quote={"text": "x"}),
    },
    {"update_id": 1, "callback_query": {"id": "q", "from": OWNER, "data": "a:1:1", "message": message("c")}},
    {"update_id": 1, "business_connection": {"id": "c", "user": OWNER, "is_enabled": True, "rights": {}}},
]


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A good update with one of its values missing, or replaced by anything."""
    update = json.loads(json.dumps(draw(st.sampled_from(WHOLE))))
    place: Any = update
    while True:
        name = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[name]
        if not inner or not isinstance(inner, dict | list) or draw(st.booleans()):
            break
        place = inner
    if draw(st.booleans()):
        del place[name]
    else:
        place[name] = draw(JUNK | st.just("x" * 100_000) | st.just(10**30) | st.just([[]] * 1000))
    return update


@given(spoilt() | JUNK)
def test_any_payload_is_an_event_or_nothing_or_malformed(update: Any) -> None:
    try:
        event = parse(update, BOT)
    except TelegramMalformed:
        return
    assert event is None or isinstance(event, Event)


@pytest.mark.parametrize(
    ("text", "links", "said"),
    [
        ("thanks", [(0, 6, "https://sign.example/accept")], "thanks (https://sign.example/accept)"),
        ("😀 see here, ok", [(7, 4, "https://a.example")], "😀 see here (https://a.example), ok"),
        ("a.example", [(0, 9, "https://a.example/")], "a.example"),
        ("x y", [(2, 1, "https://b.example"), (0, 1, "tg://c")], "x (tg://c) y (https://b.example)"),
        ("x", [(0, 9, "https://b.example")], "x (https://b.example)"),
        ("x", [(5, 1, "https://b.example"), (0, 1, "")], "x (https://b.example)"),
    ],
)
@pytest.mark.parametrize("photo", [False, True])
def test_a_link_says_where_it_goes_where_its_label_does_not(
    text: str, links: list[tuple[int, int, str]], said: str, photo: bool
) -> None:
    entities = [
        {"type": "text_link", "offset": offset, "length": length, "url": url} for offset, length, url in links
    ]
    given = message(text, entities=entities)
    if photo:
        given = message(None, caption=text, caption_entities=entities, photo=[{}])
    heard_as = words.said(TelegramMessage.model_validate(given))
    assert heard_as == (f"[sent a photo: {said}]" if photo else said)
