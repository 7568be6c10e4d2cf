"""The console over real sockets: who gets in, what is refused, what an act answers, how it shuts down."""

import asyncio
import html
import logging
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from markupsafe import escape

from bots.api.views import ConversationView, DigestTimesView
from bots.console import rendering
from bots.console.acts import snoozes
from bots.console.app import scripts
from bots.console.page_context import here
from bots.console.security import BODY_LIMIT, HEADERS
from bots.console.serve import serve
from bots.console.sessions import BrowserSessions
from bots.runtime.approval.rules import rule_words
from core.errors import OwnerMustFix, TryAgain
from tests.hurry import console_ends_soon
from tests.wire.console_twin import CLIMBING, PARTY, PEOPLE, FakeTwin, fake_twin


@pytest.fixture
def twin() -> FakeTwin:
    made = fake_twin()
    made.say("console:sam", "sam", "are you free on friday?")
    made.lay("console:sam", "Friday works.")
    return made


@pytest.fixture
async def link(twin: FakeTwin) -> AsyncIterator[str]:
    with console_ends_soon():
        async with serve(twin) as console:
            yield console.link()


def base(link: str) -> str:
    return link.partition("/?")[0]


async def enter(client: httpx.AsyncClient, link: str) -> None:
    """From now on the client asks in its session."""
    answer = await client.get(link)
    assert answer.status_code == 303
    client.base_url = httpx.URL(base(link)).join(answer.headers["location"])


@pytest.fixture
async def outside(link: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base(link)) as client:
        yield client


@pytest.fixture
async def owner(link: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        await enter(client, link)
        client.headers["Origin"] = base(link)
        client.headers["HX-Request"] = "true"
        yield client


# The way in


async def test_the_link_opens_the_console_once(link: str, outside: httpx.AsyncClient) -> None:
    page = await outside.get(link, follow_redirects=True)
    assert page.status_code == 200
    assert "Friday works." in page.text
    assert "token" not in str(page.url)
    async with httpx.AsyncClient() as another:
        again = await another.get(link, follow_redirects=True)
        assert again.status_code == 403
        assert "terminal" in again.text
        assert "understudy open" in again.text
        assert "Friday works." not in again.text
        assert not again.cookies


async def test_the_session_cookie_is_for_this_browser_and_site_alone(
    link: str, outside: httpx.AsyncClient
) -> None:
    cookie = (await outside.get(link)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_its_cookie_goes_to_the_pages_of_its_session_alone(owner: httpx.AsyncClient, link: str) -> None:
    """A cookie knows no port: whoever listens on another one is sent what fits the host and the path."""
    path = owner.base_url.path
    assert re.fullmatch(r"/s/[\w-]{32}/", path)
    seen: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as neighbour:
        port = neighbour.sockets[0].getsockname()[1]
        for asked in ("/", "/s/", "/static/console.css", "/inbox", "/?token=x", path.rstrip("/")):
            await owner.get(f"http://127.0.0.1:{port}{asked}")
    assert len(seen) == 6
    assert not any("understudy_" in request for request in seen)
    assert (await owner.get("/inbox")).status_code == 200


async def test_a_key_opens_no_other_session_and_no_page_outside(twin: FakeTwin) -> None:
    async with serve(twin) as console, httpx.AsyncClient() as first, httpx.AsyncClient() as second:
        await enter(first, console.link())
        await enter(second, console.link())
        assert (await first.get("/inbox")).status_code == (await second.get("/inbox")).status_code == 200
        (cookie,) = first.cookies.jar
        headers = {"Cookie": f"{cookie.name}={cookie.value}"}
        async with httpx.AsyncClient(headers=headers, follow_redirects=True) as thief:
            for path in ("/inbox", "/s/inbox", "/s//inbox", f"{second.base_url.path}inbox", "/s/%2e/inbox"):
                answer = await thief.get(f"{console.address}{path}")
                assert answer.status_code in (403, 404) and "Friday" not in answer.text  # noqa: PT018


async def test_a_cookie_that_another_page_has_set_does_not_shut_its_owner_out(
    owner: httpx.AsyncClient,
) -> None:
    (cookie,) = owner.cookies.jar
    ours, other = f"{cookie.name}={cookie.value}", f"{cookie.name}=planted"
    for sent in (f"{ours}; {other}", f"{other}; {ours}", f'a="; {other}; {ours}'):
        async with httpx.AsyncClient(base_url=owner.base_url, headers={"Cookie": sent}) as browser:
            assert (await browser.get("/inbox")).status_code == 200


async def test_no_page_leads_out_of_its_session(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    tell(twin)
    twin.holding = True
    await twin.receive("marcus", "console:marcus", "the quote, please")
    await twin.approve("1", 1)
    twin.lay("console:sam", "Friday works.")
    for path in (
        "/",
        "/digest",
        "/receipts",
        "/delegations",
        "/drafts/2/edit",
        "/drafts/2/withheld",
        "/contact",
        "/switches",
    ):
        page = (await owner.get(path)).text
        links = re.findall(r'\s(?:href|src|srcset|action|formaction|hx-[a-z-]+|sse-connect)="(/[^"]*)"', page)
        assert [link for link in links if not link.startswith("/static/")] == [], path


def test_no_template_and_no_answer_names_an_address_outside_of_the_session() -> None:
    for path in sorted(rendering.HERE.rglob("*.html")):
        named = re.findall(r'(?:href|src|srcset|action|hx-\w+|sse-connect)="/(?!static/)', path.read_text())
        assert named == [], path
    for path in sorted(rendering.HERE.glob("*.py")):
        assert not re.search(r'RedirectResponse\(f?"/', path.read_text()), path


async def test_a_session_ends_when_its_owner_does_nothing_however_long_its_page_is_open(
    twin: FakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(
        "bots.console.serve.BrowserSessions", lambda idle_s: BrowserSessions(idle_s, lambda: now)
    )
    async with serve(twin, idle_s=100) as console, httpx.AsyncClient() as client:
        await enter(client, console.link())
        page_itself = [{"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}, {"Accept": "text/event-stream"}]
        for _ in range(3):
            now += 90
            assert (await client.get("/inbox", headers=page_itself[0])).status_code == 200
            assert (await client.get("/")).status_code == 200
        for headers in page_itself:
            now += 30
            assert (await client.get("/inbox", headers=headers)).status_code == 200
        now += 10
        gone = await client.get("/")
        assert gone.status_code == 403
        assert "understudy open" in gone.text
        assert "Friday" not in gone.text
        toast = await client.get("/inbox", headers={"HX-Request": "true"})
        assert "This session has ended" in toast.text


@pytest.mark.parametrize("token", ["", "wrong", "ü", "a" * 5000])
async def test_a_wrong_token_opens_nothing_and_spoils_nothing(
    link: str, outside: httpx.AsyncClient, token: str
) -> None:
    assert (await outside.get("/", params={"token": token})).status_code == 403
    assert (await outside.get(link)).status_code == 303


async def test_a_look_ahead_does_not_use_up_the_link(link: str, outside: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient() as browser:
        assert (await browser.head(link)).status_code == 403
        assert (await browser.get(link, headers={"Sec-Purpose": "prefetch;prerender"})).status_code == 403
        assert not browser.cookies
    assert (await outside.get(link)).status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/", "/inbox", "/thread", "/events", "/receipts", "/digest", "/digest/picture", "/drafts/1/withheld"],
)
async def test_without_a_session_nothing_is_shown(outside: httpx.AsyncClient, path: str) -> None:
    answer = await outside.get(path)
    assert answer.status_code == 403
    assert "Friday" not in answer.text


@pytest.mark.parametrize("path", ["/say", "/pause", "/reminders", "/drafts/1/approve", "/drafts/1/share"])
async def test_without_a_session_nothing_is_done(
    outside: httpx.AsyncClient, twin: FakeTwin, path: str
) -> None:
    form = {"revision": "1", "in": "console:sam", "from": "sam", "text": "in 2h hello"}
    answer = await outside.post(path, data=form, headers={"Origin": str(outside.base_url).rstrip("/")})
    assert answer.status_code == 403
    assert twin.sent == []
    assert not twin.paused
    assert twin.reminding == {}
    assert len(twin.said["console:sam"]) == 1


async def test_sessions_of_two_consoles_do_not_mix(link: str, outside: httpx.AsyncClient) -> None:
    async with serve(fake_twin()) as other:
        for way_in in (link, other.link()):
            page = await outside.get(way_in, follow_redirects=True)
            assert (await outside.get(page.url)).status_code == 200
        assert len({(one.name, one.path) for one in outside.cookies.jar}) == 2


# The gate


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil:{port}"]
)
async def test_a_rebound_name_is_misdirected(owner: httpx.AsyncClient, host: str) -> None:
    port = str(owner.base_url.port)
    answer = await owner.get("/", headers={"Host": host.format(port=port)})
    assert answer.status_code == 421
    assert "Friday" not in answer.text


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "LOCALHOST", "[::1]"])
async def test_every_loopback_name_with_our_port_is_ours(outside: httpx.AsyncClient, name: str) -> None:
    answer = await outside.get("/static/console.css", headers={"Host": f"{name}:{outside.base_url.port}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://localhost:{port}", None]
)
async def test_an_act_from_another_page_is_refused(
    owner: httpx.AsyncClient, twin: FakeTwin, origin: str | None
) -> None:
    del owner.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin.format(port=owner.base_url.port)}
    answer = await owner.post("/drafts/1/approve", data={"revision": "1"}, headers=headers)
    assert answer.status_code == 403
    assert twin.sent == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_an_act_from_another_site_is_refused(
    owner: httpx.AsyncClient, twin: FakeTwin, site: str
) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    answer = await owner.post("/drafts/1/approve", data={"revision": "1"}, headers=headers)
    assert answer.status_code == 403
    assert twin.sent == []


@pytest.mark.parametrize("header", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_events_are_not_for_other_pages(owner: httpx.AsyncClient, header: dict[str, str]) -> None:
    assert (await owner.get("/events", headers=header)).status_code == 403


async def test_a_websocket_is_refused_at_its_handshake(owner: httpx.AsyncClient) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Origin": "http://evil.example",
    }
    assert (await owner.get("/events", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "path", ["/drafts/1/approve", "/drafts/1/reject", "/say", "/pause", "/drafts/1/share"]
)
async def test_no_act_is_done_by_get(owner: httpx.AsyncClient, twin: FakeTwin, path: str) -> None:
    before = await twin.draft("1")
    await owner.get(path, params={"revision": "1", "in": "console:sam", "from": "sam", "text": "x"})
    assert await twin.draft("1") == before
    assert not twin.paused
    assert twin.shared == []


async def test_a_form_too_large_is_refused_in_words(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    answer = await owner.post("/say", data={"in": "console:sam", "from": "sam", "text": "x" * BODY_LIMIT})
    assert answer.status_code == 413
    assert len(twin.said["console:sam"]) == 1


async def test_a_form_of_unknown_length_is_refused(owner: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"text=hello"

    assert (await owner.post("/say", content=endless())).status_code == 411


@pytest.mark.parametrize("path", ["/", "/static/console.css", "/nowhere", "/inbox"])
async def test_every_answer_carries_the_strict_headers(owner: httpx.AsyncClient, path: str) -> None:
    answer = await owner.get(path)
    for name, value in HEADERS.items():
        if name == "Cache-Control" and path.startswith("/static"):
            continue
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_the_page_holds_no_inline_script_or_style(owner: httpx.AsyncClient) -> None:
    page = (await owner.get("/")).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\s(on\w+|style|hx-on\S*)=", page)
    assert "http://" not in page
    assert "https://" not in page


async def test_the_scripts_come_from_the_package_that_carries_them(outside: httpx.AsyncClient) -> None:
    for name in scripts():
        script = await outside.get(f"/static/{name}")
        assert script.status_code == 200
        assert "htmx" in script.text
        assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fapp.py"])
async def test_static_files_end_at_their_folder(outside: httpx.AsyncClient, path: str) -> None:
    assert (await outside.get(path)).status_code in (403, 404)


# Acts


async def test_a_message_is_kept_before_it_is_answered(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    answer = await owner.post("/say", data={"in": "console:sam", "from": "sam", "text": "hello"})
    assert answer.status_code == 200
    assert twin.said["console:sam"][-1].text == "hello"
    assert "hello" not in answer.text  # the box to write in is empty again


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_an_empty_message_is_refused_in_words(
    owner: httpx.AsyncClient, twin: FakeTwin, text: str
) -> None:
    answer = await owner.post("/say", data={"in": "console:sam", "from": "sam", "text": text})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert len(twin.said["console:sam"]) == 1


async def test_nobody_writes_into_another_platforms_conversation(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    answer = await owner.post("/say", data={"in": "telegram:77", "from": "lucia", "text": "hello"})
    assert answer.status_code == 409
    assert twin.said["telegram:77"] == []


async def test_approve_sends_the_revision_that_was_shown(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    answer = await owner.post("/drafts/1/approve", data={"revision": "1"})
    assert answer.status_code == 200
    assert "Sent to Sam." in answer.text
    assert twin.sent == ["Friday works."]
    assert twin.filed[0].authorized_by == "owner via console"


async def test_a_stale_click_is_told_already_handled_and_shown_what_is(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    await twin.edit("1", "Friday works after seven.", 1)
    answer = await owner.post("/drafts/1/approve", data={"revision": "1"})
    assert answer.status_code == 409
    assert "Already handled" in answer.text
    assert "Friday works after seven." in answer.text
    assert twin.sent == []


@pytest.mark.parametrize("revision", [{}, {"revision": ""}, {"revision": "x"}, {"revision": "-1"}])
async def test_an_act_without_a_revision_does_nothing(
    owner: httpx.AsyncClient, twin: FakeTwin, revision: dict[str, str]
) -> None:
    assert (await owner.post("/drafts/1/approve", data=revision)).status_code == 409
    assert twin.sent == []


async def test_edit_sends_the_owners_words(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    await owner.post("/drafts/1/edit", data={"revision": "1", "text": "Sure!"})
    assert twin.sent == ["Sure!"]


async def test_an_edit_can_be_kept_without_sending(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    await owner.post("/drafts/1/edit", data={"revision": "1", "text": "Sure!", "keep": "yes"})
    assert twin.sent == []
    assert (await twin.draft("1")).text == "Sure!"


async def test_an_empty_edit_sends_nothing(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    answer = await owner.post("/drafts/1/edit", data={"revision": "1", "text": " "})
    assert answer.status_code == 409
    assert twin.sent == []


async def test_words_of_a_late_edit_are_shown_again(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    await twin.receive("sam", "console:sam", "or saturday?")
    answer = await owner.post("/drafts/1/edit", data={"revision": "1", "text": "My own long answer"})
    assert answer.status_code == 409
    assert "My own long answer" in answer.text
    assert "changed while you were writing" in answer.text
    assert twin.sent == []


async def test_words_of_an_edit_to_a_closed_draft_are_shown_again(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    await twin.reject("1", 1)
    answer = await owner.post("/drafts/1/edit", data={"revision": "1", "text": "My own long answer"})
    assert "My own long answer" in answer.text


async def test_redraft_passes_the_guidance_on(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    answer = await owner.post("/drafts/1/redraft", data={"revision": "1", "guidance": "say no, kindly"})
    assert "Again: say no, kindly" in answer.text
    assert (await twin.draft("1")).revision == 2


async def test_reject_says_why_and_sends_nothing(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    await owner.post("/drafts/1/reject", data={"revision": "1", "why": "not my tone"})
    assert (await twin.draft("1")).status == "rejected"
    assert (await twin.draft("1")).why == "not my tone"
    assert twin.sent == []


async def test_snooze_puts_aside_until_a_time_to_come(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    await owner.post("/drafts/1/snooze", data={"revision": "1", "until": "morning"})
    until = (await twin.draft("1")).snoozed_until
    assert until is not None
    assert until > datetime.now(UTC)
    assert (await owner.post("/drafts/1/snooze", data={"revision": "1", "until": "never"})).status_code == 409


async def test_an_uncertain_draft_offers_no_sending(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    twin.put(replace(await twin.draft("1"), status="uncertain"))
    page = (await owner.get("/inbox")).text
    assert "It arrived" in page
    assert "It did not arrive" in page
    assert "/approve" not in page
    assert "/edit" not in page
    await owner.post("/drafts/1/settle", data={"revision": "1", "delivered": "no"})
    assert (await twin.draft("1")).status == "failed"


async def test_withheld_is_shown_and_shared_only_on_the_owners_word(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    assert PARTY.text not in (await owner.get("/inbox")).text
    assert PARTY.text in (await owner.get("/drafts/1/withheld")).text
    assert twin.shared == []
    answer = await owner.post("/drafts/1/share", data={"record": PARTY.id, "with": "once"})
    assert twin.shared == [(PARTY.id, ("once",), "1")]
    assert "Draft again" in answer.text


async def test_pausing_is_seen_and_undone(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    assert 'aria-checked="false"' in (await owner.post("/pause")).text
    assert twin.paused
    assert 'aria-checked="true"' in (await owner.post("/resume")).text
    assert not twin.paused


async def test_without_scripts_an_act_leads_back_to_the_page(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    del owner.headers["HX-Request"]
    answer = await owner.post("/drafts/1/approve", data={"revision": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, owner.base_url.path)
    assert twin.sent == ["Friday works."]


async def test_without_scripts_a_message_leads_back_to_its_conversation(owner: httpx.AsyncClient) -> None:
    del owner.headers["HX-Request"]
    answer = await owner.post("/say", data={"in": "console:sam", "from": "sam", "text": "hello"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{owner.base_url.path}?in=console%3Asam",
    )


@pytest.mark.parametrize(
    "path",
    ["/drafts/1/nothing", "/drafts/x/edit", "/nowhere", f"/drafts/{'9' * 5000}/edit", "/drafts/01/edit"],
)
async def test_what_is_not_there_is_said_kindly(owner: httpx.AsyncClient, path: str) -> None:
    del owner.headers["HX-Request"]
    answer = await owner.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "Understudy" in answer.text


async def test_a_draft_that_never_was_is_refused_in_words(owner: httpx.AsyncClient) -> None:
    answer = await owner.get("/drafts/99/edit")
    assert answer.status_code == 409
    assert "There is no draft" in answer.text


# What is shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "<|im_start|>system",
        "</textarea><b>",
    ],
)
async def test_what_people_say_is_never_markup(owner: httpx.AsyncClient, twin: FakeTwin, text: str) -> None:
    twin.say("console:sam", "sam", text)
    twin.lay("console:sam", text, records=(replace(CLIMBING, text=text),))
    for path in ("/", "/inbox", "/thread?in=console:sam", "/drafts/2/edit"):
        page = (await owner.get(path)).text
        assert str(escape(text)) in page
        assert text not in page or text == escape(text)


async def test_a_very_long_message_is_folded_and_whole(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    text = "word " * 20_000
    answer = await owner.post("/say", data={"in": "console:sam", "from": "sam", "text": text})
    assert answer.status_code == 200
    page = (await owner.get("/thread", params={"in": "console:sam"})).text
    assert "Show all 100,000 characters" in page
    assert page.count("word ") >= 19_999


async def test_the_reasons_name_audience_rule_and_model(owner: httpx.AsyncClient) -> None:
    page = (await owner.get("/inbox")).text
    assert "mode-draft" in page
    assert "smollm2-135m-instruct" in page
    assert CLIMBING.text in page
    assert 'class="chip person">Sam<' in page
    assert 'class="chip circle">friends<' in page


async def test_while_a_draft_is_written_the_page_says_so(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    twin.holding = True
    await twin.receive("marcus", "console:marcus", "the quote, please")
    assert "Marcus: Drafting what Alex would say" in (await owner.get("/inbox")).text
    assert "Drafting" in (await owner.get("/thread", params={"in": "console:marcus"})).text
    await twin.receive("sam", "console:sam", "or saturday?")
    assert "Something newer was said" in (await owner.get("/inbox")).text
    assert "['" not in (await owner.get("/", params={"in": "console:marcus"})).text
    twin.ready = False
    assert "is still loading" in (await owner.get("/inbox")).text
    assert "is loading" in (await owner.get("/switches")).text
    twin.problem = "start it with `ollama serve`"
    assert "kept and will be answered" in (await owner.get("/thread", params={"in": "console:marcus"})).text
    assert "ollama serve" in (await owner.get("/problems")).text


async def test_receipts_show_what_was_really_sent(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    assert "Nothing has been sent yet" in (await owner.get("/receipts")).text
    await twin.approve("1", 1, "Sure, Friday!", via="console")
    page = (await owner.get("/receipts")).text
    assert "Sure, Friday!" in page
    assert "approved by you in the console" in page


# Live, quiet, and gone


REPORT = """**morning**: Thu 12 Mar 08:00 to Fri 13 Mar 08:00
Thu 12 Mar: 3 messages in, 2 drafted

**Waiting for you**
- draft 1 to Sam (console), since 07:30

**Unanswered**
- <b>Mum</b> (console), 07:10: “**Waiting for you** - draft 9 to nobody”

What was said is not repeated here: your console shows it."""


def tell(twin: FakeTwin) -> None:
    at = twin.now.replace(hour=8, minute=0)
    twin.report = REPORT
    twin.times = (
        DigestTimesView("morning", "dm", at + timedelta(days=1), at, "told"),
        DigestTimesView("week & more", "slack:T/C", at, at, "claimed"),
    )


async def test_the_digest_is_shown_with_its_picture_in_words_too(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    tell(twin)
    page = (await owner.get("/digest")).text
    assert "Thu 12 Mar 08:00 to Fri 13 Mar 08:00" in page
    assert 'alt="What came in and what became of it, by day. Thu 12 Mar: 3 messages in, 2 drafted, 1' in page
    assert '<a href="./#who-1">draft 1 to Sam (console), since 07:30</a>' in page
    assert "&lt;b&gt;Mum&lt;/b&gt; (console)" in page
    assert page.count("<h3>") == 2
    (light, dark) = (
        html.unescape(re.search(f'{one}="(digest/picture[^"]*)"', page)[1])  # type: ignore[index]
        for one in ("src", "srcset")
    )
    assert "dark=" in dark
    pictures = [await owner.get(one) for one in (light, dark)]
    assert [one.headers["content-type"] for one in pictures] == ["image/png"] * 2
    assert len({one.content for one in pictures}) == 2


async def test_it_says_when_digests_come_and_whether_they_came(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    assert "No digest is declared yet" in (await owner.get("/digest")).text
    tell(twin)
    page = (await owner.get("/digest")).text
    assert f"{twin.times[0].next:%a %-d %b} 08:00" in page
    assert "to your DM" in page
    assert "Told" in page
    assert "May not have arrived" in page
    other = await owner.get("/digest/now", params={"name": "week & more"})
    assert 'aria-current="true"><bdi>week &amp; more' in other.text
    assert (await owner.get("/digest", params={"name": "nobody’s"})).status_code == 422


async def test_a_reminder_is_written_with_its_time_and_dropped(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    twin.now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    added = await owner.post("/reminders", data={"text": "tomorrow 9:00 <send> the invoice"})
    assert added.status_code == 200
    assert "You will be reminded Fri 13 Mar" in added.text
    assert "&lt;send&gt; the invoice" in (await owner.get("/digest/ahead")).text
    dropped = await owner.post("/reminders/1/drop")
    assert "Nothing to be reminded of" in dropped.text
    assert twin.reminding == {}
    assert (await owner.post("/reminders/1/drop")).status_code == 409


async def test_a_reminder_that_recurs_shows_its_rule(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    twin.now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    added = await owner.post("/reminders", data={"text": "every weekday at 8 join the standup"})
    assert "You will be reminded every weekday at 08:00, first Fri 13 Mar" in added.text
    assert ", every weekday at 08:00" in (await owner.get("/digest")).text


async def test_a_reminder_without_a_time_comes_back_with_its_words(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    answer = await owner.post("/reminders", data={"text": 'call "Sam"'})
    assert answer.status_code == 422
    assert "Say when" in answer.text
    assert 'value="call &#34;Sam&#34;"' in answer.text
    assert twin.reminding == {}


async def test_without_scripts_a_reminder_leads_back_to_the_digest(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    del owner.headers["HX-Request"]
    for act, words in (("/reminders", {"text": "in 2h call Sam"}), ("/reminders/1/drop", {})):
        answer = await owner.post(act, data=words)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{owner.base_url.path}digest")


async def test_a_change_is_told_to_every_open_page(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    async with owner.stream("GET", "/events") as one, owner.stream("GET", "/events") as other:
        streams = [one.aiter_lines(), other.aiter_lines()]
        for lines in streams:
            assert {"event: inbox", "event: settings", "event: receipts"} <= set(await _until_thread(lines))
        twin.say("console:sam", "sam", "one more thing")
        for lines in streams:
            assert "event: inbox" in await _until_thread(lines)


async def _until_thread(lines: AsyncIterator[str]) -> list[str]:
    """The lines up to the last event of a batch about messages."""
    heard = []
    async for line in lines:
        heard.append(line)
        if line == "event: thread":
            break
    return heard


async def test_a_stream_carries_names_and_no_words(owner: httpx.AsyncClient, twin: FakeTwin) -> None:
    async with owner.stream("GET", "/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        await _until_thread(lines)
        twin.say("console:sam", "sam", "a very secret word")
        heard = await _until_thread(lines)
        assert "event: inbox" in heard
        assert "secret" not in "".join(heard)


async def test_it_shuts_down_within_two_seconds_with_pages_open(
    twin: FakeTwin, caplog: pytest.LogCaptureFixture
) -> None:
    async with httpx.AsyncClient() as client:
        async with serve(twin) as console:
            await enter(client, console.link())
            stream = await client.send(client.build_request("GET", "events"), stream=True)
            assert stream.status_code == 200
            began = time.monotonic()
        assert time.monotonic() - began < 2
        assert caplog.text.count("Cancel") == 0  # the stream ended by itself
        await stream.aclose()
        with pytest.raises(httpx.ConnectError):
            await client.get("/")


async def test_neither_token_nor_words_are_logged(
    twin: FakeTwin, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    async with serve(twin) as console, httpx.AsyncClient() as client:
        url = console.link()
        token = url.partition("token=")[2]
        await client.get(url, follow_redirects=True)
        await client.get(url.replace(token, "wrong-token"))
        headers = {"Origin": base(url)}
        await client.post(
            f"{base(url)}/say", data={"in": "console:sam", "from": "sam", "text": "hush"}, headers=headers
        )
    ours = [one for one in caplog.records if not one.name.startswith("httpx")]
    said = " ".join(one.getMessage() for one in ours) + "".join(capfd.readouterr())
    assert token not in said
    assert "wrong-token" not in said
    assert "hush" not in said


async def test_an_unforeseen_error_is_a_friendly_page_and_a_log_line_without_words(
    owner: httpx.AsyncClient,
    twin: FakeTwin,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> str:
        raise KeyError("what was said")

    monkeypatch.setattr(twin, "receive", broken)
    answer = await owner.post("/say", data={"in": "console:sam", "from": "sam", "text": "hush"})
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "KeyError" in caplog.text
    assert "what was said" not in caplog.text


async def test_a_tired_model_is_said_in_its_own_words(
    owner: httpx.AsyncClient, twin: FakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tired(*_: object) -> str:
        raise TryAgain("the model does not answer; the draft stays as it is")

    monkeypatch.setattr(twin, "redraft", tired)
    answer = await owner.post("/drafts/1/redraft", data={"revision": "1", "guidance": ""})
    assert answer.status_code == 503
    assert "The model does not answer" in answer.text
    assert "Friday works." in answer.text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
async def test_only_loopback_is_served(twin: FakeTwin, host: str) -> None:
    with pytest.raises(OwnerMustFix, match=r"console\.host"):
        async with serve(twin, host):
            pass


async def test_a_taken_port_is_said_with_its_key(twin: FakeTwin, link: str) -> None:
    port = int(base(link).rpartition(":")[2])
    with pytest.raises(OwnerMustFix, match=r"console\.port"):
        async with serve(twin, port=port):
            pass


# Words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (timedelta(hours=-1), "11:00"),
        (timedelta(days=-1), "yesterday 12:00"),
        (timedelta(days=1), "tomorrow 12:00"),
        (timedelta(days=-3), "Tuesday 12:00"),
        (timedelta(days=-30), "15 Apr, 12:00"),
        (timedelta(days=-400), "10 Apr 2025, 12:00"),
    ],
)
def test_times_are_said_as_people_say_them(moment: timedelta, words: str) -> None:
    noon = datetime(2026, 5, 15, 12).astimezone()
    assert rendering.when(noon + moment, noon) == words


@pytest.mark.parametrize("hour", [0, 7, 12, 18, 20, 23])
def test_every_snooze_lies_ahead(hour: int) -> None:
    now = datetime(2026, 5, 15, hour, 30).astimezone()
    assert all(until > now for _, (_, until) in snoozes(now))


def test_a_rule_is_said_in_words() -> None:
    assert rule_words("heard-date") == "you decide, because the message is about a day or a time"
    assert rule_words("something-new") == "something new"


def test_one_writes_only_as_someone_who_is_there() -> None:
    group = ConversationView("console:climbing", "console", "Climbing", "group", ("nadia", "sam"), "draft")
    assert here([group], PEOPLE, "Alex", "console:climbing", "marcus").speaker == "nadia"
    assert here([group], PEOPLE, "Alex", "console:climbing", "sam").speaker == "sam"
    assert here([group], PEOPLE, "Alex", "", "marcus").id == "console:marcus"
    assert here([group], PEOPLE, "Alex", "console:nobody", "").id == "console:climbing"
    assert here([], (), "Alex").id == ""


# Delegations, without any script


async def test_a_delegation_is_looked_at_ticked_edited_and_revoked(
    owner: httpx.AsyncClient, twin: FakeTwin
) -> None:
    del owner.headers["HX-Request"]
    page = (await owner.get("/delegations")).text
    assert "everything asks" in page
    page = (await owner.get("/delegations", params={"to": "sam"})).text
    assert "hey &lt;you&gt;" in page
    assert "Your yes lifts this: friends is set to draft" in page
    assert "Sam (Telegram): eve (not linked) reads along." in page
    assert twin.delegated == {}
    form = {
        "to": "sam",
        "until": "2d",
        "fingerprint": "as it was",
        "use": ["greeting/2", "thanks/9"],
        "greeting/1": "not ticked",
        "greeting/2": "morning!",
        "bye/new": "see you",
        "wishes/new": " ",
    }
    assert (await owner.post("/delegations", data=form)).status_code == 303
    (view,) = twin.delegated.values()
    assert view.replies == {"greeting": ("morning!",), "bye": ("see you",)}
    assert view.reader_names == ("Sam",)
    page = (await owner.get("/delegations")).text
    assert "morning!" in page
    assert "In force" in page
    assert (await owner.post("/delegations/1/revoke")).status_code == 303
    assert twin.delegated == {}
    assert (await owner.post("/delegations/1/revoke")).status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("until", "yesterday", 422), ("use", [], 409), ("fingerprint", "as it was once", 409)],
)
async def test_a_delegation_that_cannot_be_given_keeps_what_was_filled_in(
    owner: httpx.AsyncClient, twin: FakeTwin, field: str, value: object, status: int
) -> None:
    form = {"to": "sam", "until": "2d", "fingerprint": "as it was", "use": "greeting/1", "greeting/1": "heya"}
    answer = await owner.post("/delegations", data=form | {field: value})
    assert answer.status_code == status
    assert ("heya" in answer.text) is (field != "use")
    assert "<form" in answer.text
    assert twin.delegated == {}
