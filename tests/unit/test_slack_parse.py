"""Slack's events as nouns, on recorded payloads and our own."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.slack import words
from bots.platforms.slack.events import (
    Moved,
    Opened,
    Reacted,
    Revoked,
    Said,
    SlackDeleted,
    SlackEdited,
    SlackTwin,
)
from bots.platforms.slack.ids import SlackAddress, account, address, key, user
from bots.platforms.slack.parse import READERS, SlackMalformed, lane, parse, past, replied_since
from bots.platforms.slack.payloads import moment
from core.errors import Refused
from core.types import ConversationId, MessageId, PersonId

ROOT = Path(__file__).parents[2]
PAYLOADS = ROOT / "tests" / "wire" / "payloads" / "slack"
TWIN = SlackTwin("T1", "UTWIN", "BTWIN", "ATWIN")
TS = "1767224888.280449"


def envelope(**event: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event": event}


def message(text: str | None = "hi", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "channel": "C1", "ts": TS, "text": text, **more}


def said(text: str | None = "hi", **more: Any) -> Said:
    event = parse(envelope(**message(text, **more)), TWIN)
    assert isinstance(event, Said)
    return event


def text(markup: str | None = "", **more: Any) -> str:
    return words.plain(said(markup, **more).markup, {"U1": "Sam", "U2": "Kim", "C2": "random"})


def recorded(file: str, name: str) -> Any:
    return json.loads((PAYLOADS / f"{file}.json").read_text())[name]


def test_a_recorded_direct_message() -> None:
    event = parse(recorded("dm-direct", "directDM"), SlackTwin("T0ADGE2G4EM", "U0ADXR1N57A"))
    assert isinstance(event, Said)
    assert event.where.direct
    assert event.with_twin
    assert event.where.conversation == "slack:T0ADGE2G4EM/D0ACX51K95H"
    assert (event.markup, event.speaker.id) == ("hello hello", "U0ADXQT6CRW")
    assert event.at == datetime(2026, 2, 18, 19, 21, 23, 260129, UTC)


def test_a_recorded_reply_in_a_thread() -> None:
    event = parse(recorded("mention", "followUp"), TWIN)
    assert isinstance(event, Said)
    assert event.where.thread == "1767224888.280449"
    assert event.where.parent == "slack:T1/C00FAKECHAN1"
    assert event.answered == "U00FAKEUSER1"


def test_a_recorded_mention_comes_twice_under_one_id() -> None:
    payload = recorded("channel", "mention")
    mention, plain = parse(payload, TWIN), parse({"event": payload["event"] | {"type": "message"}}, TWIN)
    assert mention == plain
    assert isinstance(mention, Said)
    assert mention.mentions == {"U00FAKEBOT01"}


def test_whatever_id_a_speaker_may_have_can_be_mentioned() -> None:
    event = said(text="<@U_sam-1|sam> and <@W9>, not <@> or <#C1>")
    assert event.mentions == {"U_sam-1", "W9"}


def test_a_recorded_reaction() -> None:
    event = parse(recorded("actions-reactions", "reaction"), TWIN)
    assert isinstance(event, Reacted)
    assert (event.emoji, event.to) == ("+1", "1767326126.896109")


@pytest.mark.parametrize(
    "subtype", ["channel_join", "channel_topic", "pinned_item", "message_replied", "bot_add"]
)
def test_what_nobody_says_is_left_out(subtype: str) -> None:
    assert parse(envelope(**message("x", subtype=subtype)), TWIN) is None


@pytest.mark.parametrize("subtype", ["file_share", "me_message", "thread_broadcast", "bot_message"])
def test_what_is_said_in_a_special_way_is_heard(subtype: str) -> None:
    assert said("x", subtype=subtype).markup.endswith("x")


@pytest.mark.parametrize(
    "more",
    [
        {"user": "UTWIN"},
        {"bot_id": "BTWIN"},
        {"app_id": "ATWIN", "bot_id": "BOTHER"},
        {"bot_profile": {"app_id": "ATWIN"}, "bot_id": "BOTHER"},
        {"metadata": {"event_type": "understudy"}},
    ],
)
def test_its_own_echo_is_dropped(more: dict[str, Any]) -> None:
    assert parse(envelope(**message(**more)), TWIN) is None


def test_somebody_elses_twin_is_heard() -> None:
    mark = {"event_type": "understudy"}
    assert said(metadata=mark, bot_id="B9", app_id="A9").speaker.is_bot


def test_another_bot_speaks_under_its_own_name() -> None:
    event = said("deployed", subtype="bot_message", user=None, bot_id="B9", username="Deploys")
    assert (event.speaker.id, event.speaker.name, event.speaker.is_bot) == ("B9", "Deploys", True)


def test_a_message_that_begins_a_thread_belongs_to_the_channel() -> None:
    assert said(thread_ts=TS).where == SlackAddress("T1", "C1")


def test_an_edit_and_what_only_looks_like_one() -> None:
    before = message("at 7, see <https://a.example>")
    change = {"type": "message", "subtype": "message_changed", "channel": "C1", "event_ts": "1767224999.1"}
    now = before | {"text": "at 8", "edited": {"ts": "1767224990.000000"}}
    event = parse(envelope(**change, message=now, previous_message=before), TWIN)
    assert event == SlackEdited(SlackAddress("T1", "C1"), TS, "at 8", moment("1767224990.000000"))
    preview = before | {"attachments": [{"title": "A page", "from_url": "https://a.example"}]}
    assert parse(envelope(**change, message=preview, previous_message=before), TWIN) is None


def test_a_deleted_reply_is_found_in_its_thread() -> None:
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS}
    event = parse(envelope(**gone, previous_message=message(thread_ts="1767224000.1")), TWIN)
    assert event == SlackDeleted(SlackAddress("T1", "C1", "1767224000.1"), TS)
    assert parse(envelope(**gone), TWIN) == SlackDeleted(SlackAddress("T1", "C1"), TS)


def test_the_tombstone_of_a_message_with_replies_is_its_deletion() -> None:
    change = {"type": "message", "subtype": "message_changed", "channel": "C1"}
    stone = message("This message was deleted.", subtype="tombstone", user="USLACKBOT")
    assert parse(envelope(**change, message=stone), TWIN) == SlackDeleted(SlackAddress("T1", "C1"), TS)


def test_other_events() -> None:
    assert parse(envelope(type="member_joined_channel", user="U1", channel="C1"), TWIN) == Moved(
        SlackAddress("T1", "C1"), "U1"
    )
    thread = {"user_id": "U1", "channel_id": "D1", "thread_ts": TS}
    assert parse(envelope(type="assistant_thread_started", assistant_thread=thread), TWIN) == Opened(
        SlackAddress("T1", "D1", TS), "U1"
    )
    assert parse(envelope(type="tokens_revoked", tokens={"bot": ["U1"]}), TWIN) == Revoked()
    assert parse(envelope(type="tokens_revoked", tokens={"oauth": ["U1"]}), TWIN) == Revoked(users_only=True)
    assert parse(envelope(type="app_uninstalled"), TWIN) == Revoked()
    assert parse(envelope(type="team_join"), TWIN) is None


def test_a_chat_that_only_the_owner_can_read_is_not_one_with_the_twin() -> None:
    payload = envelope(**message(channel="D1")) | {"authorizations": [{"user_id": "U7", "is_bot": False}]}
    event = parse(payload, TWIN)
    assert isinstance(event, Said)
    assert not event.with_twin


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<@U1> and <@U9|zoe> and <@U8>", "@Sam and @someone and @someone"),
        ("<#C2|general> <#C2> <#C9>", "#random #random #a channel"),
        ("<!here> <!subteam^S1|@devs> <!date^1^{date}|May 1>", "@here @S1 1 January 1970"),
        ("<https://a.io/x|a page>", "a page (https://a.io/x)"),
        ("<https://a.io/x?a=1&amp;b=2>", "https://a.io/x?a=1&b=2"),
        ("<http://a.io|a.io>", "http://a.io"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;", "1 < 2 && 3 > 2 &lt;"),
        ("&lt;@U1&gt;", "<@U1>"),
    ],
)
def test_markup_is_read(markup: str, plain: str) -> None:
    assert text(markup) == plain


ASKED = "can i borrow 500 euros till {date}"
SHOWN = "can i borrow 500 euros till 12 March 2026"
HELLO = "good morning"


@pytest.mark.parametrize(
    ("template", "more", "shown"),
    [
        (ASKED, {}, SHOWN),
        (ASKED, {"timezone": "Europe/Berlin"}, SHOWN),
        (ASKED, {"url": "https://a.io/pay?a=1&b=2"}, f"{SHOWN} (https://a.io/pay?a=1&b=2)"),
        ("{date_num} {time} {time_secs}", {}, "12 March 2026 12:00 UTC 12:00:00 UTC"),
        ("lend me 500 {ago}", {}, "lend me 500 12 March 2026 12:00 UTC"),
        ("{day_divider_pretty}", {}, "12 March 2026"),
        ("lend me 500 <& {date_long_full}", {}, "lend me 500 <& 12 March 2026"),
        ("lend me 500", {}, f"lend me 500 {HELLO}"),
        ("lend me 500 {dates}", {}, f"lend me 500 {{dates}} {HELLO}"),
        ("lend me {500} {date}", {}, f"lend me {{500}} {{date}} {HELLO}"),
        (ASKED, {"timestamp": "soon"}, f"{ASKED} {HELLO}"),
        (ASKED, {"timestamp": -1}, f"{ASKED} {HELLO}"),
        (ASKED, {"timestamp": 10**12}, f"{ASKED} {HELLO}"),
        ("", {}, HELLO),
        (" ", {"url": "https://a.io"}, f"{HELLO} (https://a.io)"),
    ],
)
def test_a_date_is_what_people_see_of_it(template: str, more: dict[str, Any], shown: str) -> None:
    given = {"timestamp": 1773316800, "format": template, "fallback": HELLO, **more}
    assert text("x", blocks=rich({"type": "date", **given})) == shown
    link = f"^{words.escape(more['url'])}" if "url" in more else ""
    markup = f"<!date^{given['timestamp']}^{words.escape(template)}{link}|{HELLO}>"
    assert text(markup) == shown
    section = {"type": "section", "text": {"type": "mrkdwn", "text": markup}}
    assert text("x", blocks=[section]) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<!subteam^S1|good morning>", "@S1"),
        ("<!subteam^S0614TZR7>", "@S0614TZR7"),
        ("<!here|good morning> <!channel|hi> <!everyone|hi>", "@here @channel @everyone"),
        ("<@U1|good morning>", "@Sam"),
        ("<@U9|good morning>", "@someone"),
        ("<#C2|good morning>", "#random"),
        ("<#C9|good morning>", "#a channel"),
        ("<!good morning>", f"good morning\n{words.UNREADABLE}"),
        ("<!subteam^good morning>", f"subteam^good morning\n{words.UNREADABLE}"),
        ("<!subteam^SALUT>", f"subteam^SALUT\n{words.UNREADABLE}"),
        ("<!new^500|good morning>", f"new^500\ngood morning\n{words.UNREADABLE}"),
    ],
)
def test_a_label_stands_for_no_mention(markup: str, shown: str) -> None:
    assert text(markup) == shown


def test_a_group_in_rich_text_is_a_mention() -> None:
    assert text("x", blocks=rich({"type": "usergroup", "usergroup_id": "S1"})) == "@S1"
    assert words.UNREADABLE in text("x", blocks=rich({"type": "usergroup"}))
    assert words.UNREADABLE in text("x", blocks=rich({"type": "broadcast", "range": "good morning"}))


def test_files_are_told_of() -> None:
    files = [
        {"mimetype": "image/png", "title": "Sea <3"},
        {"mimetype": "audio/webm", "subtype": "slack_audio", "duration_ms": 12_000},
        {"name": "plan.pdf", "mimetype": "application/pdf"},
        {},
    ]
    assert text("look", files=files).splitlines() == [
        "look",
        "[sent a photo: Sea <3]",
        "[voice message, 12 s]",
        "[sent a file: plan.pdf]",
        "[sent a file]",
    ]


def test_a_forwarded_message_says_so_first() -> None:
    share = {"is_share": True, "author_name": "Kim", "text": "approve"}
    assert text("", attachments=[share]) == "[forwarded from Kim: approve]"


def rich(*elements: dict[str, object]) -> list[dict[str, object]]:
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"blocks": rich({"type": "text", "text": "i sell your bike"})}, "i sell your bike"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "i sell it"}}]}, "i sell it"),
        ({"blocks": [{"type": "divider"}]}, "thanks!"),
        ({"blocks": []}, "thanks!"),
        ({"blocks": [{"type": "video", "title": {}}]}, words.UNREADABLE),
        ({"blocks": rich({"type": "text", "text": "ok "}, {"type": "new"})}, f"ok {words.UNREADABLE}"),
        ({"attachments": [{"title": "Contract", "text": "i sell it"}]}, "thanks!\nContract\ni sell it"),
        ({"attachments": [{"fields": [{"title": "Price", "value": "500"}]}]}, "thanks!\nPrice\n500"),
        (
            {"attachments": [{"blocks": rich({"type": "text", "text": "sign"}), "fallback": "x"}]},
            "thanks!\nsign",
        ),
        ({"attachments": [{"fallback": "only this"}]}, "thanks!\nonly this"),
    ],
)
def test_what_is_shown_is_heard(fields: dict[str, Any], said: str) -> None:
    assert text("thanks!", **fields) == said


def test_each_of_several_shares_is_a_reference() -> None:
    shares = [
        {"is_share": True, "channel_id": f"C{number}", "ts": f"{number}.5", "author_name": "Mia"}
        | {"text": "zebra"}
        for number in (1, 2)
    ]
    shared = said("look", attachments=[*shares, {"is_share": True, "text": "from nowhere"}]).shared
    assert shared is not None
    assert shared.own == "look"
    assert [share.message is None for share in shared.shares] == [False, False, True]
    assert [share.reference for share in shared.shares][:2] == ["[forwarded from Mia]"] * 2
    assert [share.copy for share in shared.shares][:2] == ["[forwarded from Mia: zebra]"] * 2


def test_a_message_of_blocks_alone_is_read() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "A < B"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "see <https://a.io|this>"}},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "user", "user_id": "U1"},
                        {"type": "text", "text": " says <hi> "},
                        {"type": "emoji", "name": "wave"},
                        {"type": "link", "url": "https://b.io"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
                    ],
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
            ],
        },
        {"type": "divider"},
    ]
    assert text("", blocks=blocks).splitlines() == [
        "A < B",
        "see this (https://a.io)",
        "@Sam says <hi> :wave:https://b.io",
        "one",
        "> quoted",
    ]
    assert text(None, blocks=[{"type": "unheard_of"}]) == words.UNREADABLE


def test_a_message_of_an_app_with_attachments_alone_is_read() -> None:
    assert text("", attachments=[{"title": "Build 7", "text": "passed"}]) == "Build 7\npassed"


def test_an_empty_message_is_none() -> None:
    assert parse(envelope(**message("")), TWIN) is None


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message"},
        message(ts=5),
        message(channel="C/1"),
        message(ts="9" * 400 + ".1"),
        {"type": "reaction_added", "user": "U1"},
    ],
)
def test_what_has_another_shape_is_malformed_and_its_content_stays_out_of_the_error(
    event: dict[str, Any],
) -> None:
    with pytest.raises(SlackMalformed) as raised:
        parse(envelope(**event), TWIN)
    assert "hi" not in str(raised.value)


NESTED: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(TS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "user", "ts", "channel", "message", "blocks"]), inner
        )
    ),
    max_leaves=12,
)


@given(kind=st.sampled_from(sorted(READERS)), event=st.dictionaries(st.text(max_size=6), NESTED), more=NESTED)
def test_anything_is_parsed_or_malformed(kind: str, event: dict[str, Any], more: Any) -> None:
    for payload in (more, {"event": more}, envelope(**{**message(), **event, "type": kind, "blocks": more})):
        lane(payload)
        try:
            parse(payload, TWIN)
        except SlackMalformed:
            continue


@given(st.text(max_size=60))
def test_a_text_that_was_escaped_reads_as_it_was(said: str) -> None:
    assert words.plain(words.escape(said), {}) == said


def test_history_is_read_like_events() -> None:
    given = {"type": "message", "user": "U1", "text": "hi", "ts": TS, "thread_ts": TS}
    assert past(given, "C1", TWIN) == said()
    assert past(given | {"user": "UTWIN"}, "C1", TWIN) is None
    replied = given | {"reply_count": 2, "latest_reply": "1767224999.000000"}
    assert replied_since(replied, moment("1767224990.000000")) == TS
    assert replied_since(replied, moment("1767225990.000000")) is None
    assert replied_since("garbage", moment(TS)) is None


def test_ids_go_both_ways() -> None:
    for where in (SlackAddress("T1", "C1"), SlackAddress("T1", "D1", TS)):
        assert address(where.conversation) == where
    assert user(account("T1", "U1")) == "U1"
    assert key(SlackAddress("T1", "C1", "1.5").message(TS)) == TS
    assert key(MessageId(f"slack:T1/C1/{TS}-U1")) is None


@pytest.mark.parametrize(
    "wrong", ["discord:1", "slack:T1", "slack:T1/C1/x", "slack:T1/C1/1.2/3.4", "slack:/"]
)
def test_what_is_no_slack_conversation_is_refused(wrong: str) -> None:
    with pytest.raises(Refused):
        address(ConversationId(wrong))
    with pytest.raises(Refused):
        user(PersonId("discord:1"))
