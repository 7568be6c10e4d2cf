"""The console in real headless Chromium, over the whole twin; only the model and embedder are scripted."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

from bots import twin_toml
from bots.api.twin import Twin
from bots.api.views import DigestTimesView, ReminderView
from bots.assembly import running
from bots.console.serve import serve
from bots.demo.prepare import prepare
from bots.demo.things_to_try import things_to_try
from bots.home import Home
from bots.runtime.digest.picture import SHARP, WIDTH
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import ModelCard, Sampling, StreamEnd
from core.prompt.chat import Prompt
from tests.hurry import console_ends_soon
from tests.journeys.conftest import waiting
from tests.wire.console_twin import FakeTwin, fake_twin

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
PATIENCE_MS = 15_000

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),  # the browser's
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install Debian's `chromium` to run these"),
]


class GatedChat(ScriptedChat):
    """Writes only while its gate is open."""

    def __init__(self) -> None:
        super().__init__(lambda prompt: f"That is lovely{' again' * len(self.prompts)}")
        self.gate = asyncio.Event()
        self.gate.set()

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd | ModelCard]:
        await self.gate.wait()
        async for piece in super().stream(prompt, sampling):
            yield piece


@pytest.fixture
def model() -> GatedChat:
    return GatedChat()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's home, to be copied."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    home.create()
    await prepare(home, datetime.now(UTC), embedder=HashedEmbedder())
    return home


@pytest_asyncio.fixture(loop_scope="module")
async def twin(prepared: Home, tmp_path: Path, model: GatedChat) -> AsyncIterator[Twin]:
    home = Home(shutil.copytree(prepared.path, tmp_path / "home"))
    with home.lock():
        chosen = twin_toml.load(home.twin_toml)
        async with running(home, chosen, resident=True, model=model, embedder=HashedEmbedder()) as made:
            await waiting(made, made.changes())  # what it drafts at its start is there before any page is
            yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        await launched.close()


Errors = list[str]


@pytest_asyncio.fixture(loop_scope="module")
async def errors() -> AsyncIterator[Errors]:
    """What the browser complains of; a test that expects complaints clears it."""
    found: Errors = []
    yield found
    assert found == []


@pytest_asyncio.fixture(loop_scope="module")
async def page(twin: Twin, browser: Browser, errors: Errors) -> AsyncIterator[Page]:
    async with visiting(browser, twin, errors) as made:
        yield made


@asynccontextmanager
async def visiting(browser: Browser, twin: Twin, errors: Errors, width: int = 1360) -> AsyncIterator[Page]:
    """The console of a twin, opened with its link; closed before its server is."""
    async with ends_soon(twin) as link:
        context = await browser.new_context(viewport={"width": width, "height": 860})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        keep = _keeps(errors)
        page.on("console", keep)
        await page.goto(link)
        try:
            yield page
        finally:
            page.remove_listener("console", keep)  # a page that closes complains of what it cuts short
            await context.close()


@asynccontextmanager
async def ends_soon(twin: Twin) -> AsyncIterator[str]:
    """Serves the console, and the page that is open at its end holds it up no longer than it must."""
    with console_ends_soon():
        async with serve(twin, things_to_try=things_to_try()) as console:
            yield console.link()


REPLACED = ("htmx:afterRequest", "htmx:sendAbort", "htmx:oobErrorNoTarget")
"""What htmx says of a refresh that an act of the owner's takes the place of, or that comes to a page which is
being left; one that fails says more."""


def _keeps(errors: Errors) -> Callable[[ConsoleMessage], None]:
    def keep(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REPLACED):
            errors.append(message.text)

    return keep


async def second_tab(page: Page, path: str = "/") -> Page:
    tab = await page.context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    await tab.goto(in_session(page, path))
    return tab


def in_session(page: Page, path: str) -> str:
    """The address of another page of the session that a page belongs to."""
    return re.sub(r"(:\d+/s/[^/]+)/.*", r"\1", page.url) + path


async def write(page: Page, who: str, text: str) -> None:
    """As a contact, in the conversation that is open or about to be."""
    box = page.get_by_role("textbox", name=f"Message as {who}", exact=True)
    await box.fill(text)
    await box.press("Enter")


def reported(twin: FakeTwin, name: str) -> None:
    """A digest with something of everything."""
    waits = f"**Waiting for you**\n- draft 1 to {name}, since 08:00\n- {name}"
    twin.report = f"**{name}**: Thu 12 Mar 08:00 to Fri 13 Mar 08:00\n3 messages in\n\n{waits}\n\n{name}"
    told, unsure = (DigestTimesView(one, "dm", twin.now, twin.now, one) for one in ("told", "claimed"))
    twin.times = (replace(told, name=name), unsure)
    twin.reminding["1"] = ReminderView("1", name, twin.now)


def words_of(prompt: Prompt) -> str:
    """All that a model is given."""
    return "\n".join((*(turn.content for turn in prompt.turns), prompt.text))


def card(page: Page, who: str) -> Locator:
    return page.locator("article.card", has=page.get_by_role("heading", name=f"To {who}", exact=True))


async def test_write_as_a_friend_approve_and_see_it_arrive(page: Page, twin: Twin) -> None:
    await page.get_by_role("link", name="Sam Console").click()
    await write(page, "Sam", "are you free for dinner on friday?")
    thread = page.locator("#thread")
    await expect(thread.get_by_text("are you free for dinner on friday?")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message as Sam")).to_have_value("")
    draft = card(page, "Sam")
    await expect(draft).to_contain_text("are you free for dinner on friday?")
    words = await draft.locator(".draft-text").inner_text()
    await expect(draft.locator(".why")).to_contain_text("drafts here wait")
    assert await twin.receipts() == ()
    await draft.get_by_role("button", name="Approve and send").click()
    await expect(page.locator(".toast")).to_have_text("Sent to Sam.")
    await expect(thread.locator(".bubble").last).to_contain_text(words)
    await expect(thread.locator(".bubble").last).to_contain_text("in Alex’s name")
    await expect(draft).to_have_count(0)
    await page.get_by_role("link", name="Receipts").click()
    await expect(page.locator(".receipts .card")).to_contain_text(words)
    (receipt,) = await twin.receipts()
    assert (receipt.text, receipt.authorized_by) == (words, "owner via console")


async def test_edit_sends_the_owners_own_words(page: Page, twin: Twin) -> None:
    draft = card(page, "Nadia")
    await draft.get_by_role("button", name="Edit").click()
    box = draft.get_by_role("textbox", name="Your words")
    await expect(box).to_be_focused()
    await box.fill("My own words, <b>exactly</b>.")
    await draft.get_by_role("button", name="Send edited").click()
    await expect(page.locator(".toast")).to_have_text("Sent to Nadia.")
    await page.get_by_role("link", name="Nadia Console").click()
    await expect(page.locator("#thread .bubble").last).to_contain_text("My own words, <b>exactly</b>.")
    assert [one.text for one in await twin.receipts()] == ["My own words, <b>exactly</b>."]


async def test_reject_sends_nothing(page: Page, twin: Twin) -> None:
    draft = card(page, "Nadia")
    await draft.get_by_role("button", name="Reject…").click()
    await draft.get_by_role("textbox").fill("not my tone")
    await draft.get_by_role("button", name="Reject draft").click()
    await expect(page.locator(".toast")).to_contain_text("Nothing goes to Nadia")
    await expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    assert await twin.receipts() == ()
    assert await twin.inbox() == ()


async def test_redraft_with_guidance_lays_a_new_draft(page: Page, model: GatedChat) -> None:
    draft = card(page, "Nadia")
    before = await draft.locator(".draft-text").inner_text()
    await draft.get_by_role("button", name="Redraft…").click()
    await draft.get_by_role("textbox").fill("say no, kindly")
    model.gate.clear()
    await draft.get_by_role("button", name="Draft again").click()
    await expect(draft.get_by_text("writing…")).to_be_visible()
    model.gate.set()
    await expect(draft.locator(".draft-text")).not_to_have_text(before)
    await expect(draft.get_by_role("textbox")).to_have_count(0)
    assert any("say no, kindly" in words_of(prompt) for prompt in model.prompts)


async def test_snooze_keeps_the_draft_below(page: Page) -> None:
    await card(page, "Nadia").get_by_role("button", name="Later…").click()
    await page.get_by_role("button", name="Tomorrow morning").click()
    await expect(card(page, "Nadia")).to_contain_text("put aside until tomorrow 08:00")


async def test_a_second_tab_sees_everything_live(page: Page, model: GatedChat) -> None:
    tab = await second_tab(page, "/?in=console:sam")
    await page.get_by_role("link", name="Sam Console").click()
    model.gate.clear()
    await write(page, "Sam", "tonight?")
    await expect(tab.locator("#thread .bubble").last).to_contain_text("tonight?")
    await expect(tab.locator("#thread")).to_contain_text("Drafting what Alex would say")
    await expect(tab.locator("#inbox")).to_contain_text("Sam: Drafting")
    model.gate.set()
    await expect(card(tab, "Sam")).to_be_visible()
    await card(page, "Sam").get_by_role("button", name="Approve and send").click()
    await expect(tab.locator("#thread .bubble").last).to_contain_text("That is lovely")
    await expect(card(tab, "Sam")).to_have_count(0)
    await page.get_by_role("switch", name="Sending").click()
    await expect(tab.get_by_role("switch", name="Sending")).to_have_attribute("aria-checked", "false")
    await expect(tab.get_by_text("Paused. Drafts still wait here")).to_be_visible()


async def test_a_stale_click_is_told_already_handled(page: Page, twin: Twin, errors: Errors) -> None:
    await expect(card(page, "Nadia")).to_be_visible()
    tab = await second_tab(page)
    # a page that hears no changes: it still shows what the first has handled meanwhile
    await tab.route("**/inbox", lambda route: route.abort())
    await page.get_by_role("button", name="Approve and send").click()
    await expect(page.locator(".toast")).to_have_text("Sent to Nadia.")
    await card(tab, "Nadia").get_by_role("button", name="Approve and send").click()
    await expect(tab.locator(".toast")).to_contain_text("Already handled")
    await expect(card(tab, "Nadia")).to_have_count(0)
    assert len(await twin.receipts()) == 1


async def test_words_being_written_survive_what_others_do(page: Page) -> None:
    draft = card(page, "Nadia")
    await draft.get_by_role("button", name="Edit").click()
    box = draft.get_by_role("textbox", name="Your words")
    await box.fill("half a sent")
    await page.get_by_role("link", name="Mum Console").click()
    await write(page, "Mum", "how did it go at the doctor's, love?")
    await expect(card(page, "Mum")).to_be_visible()
    await expect(box).to_have_value("half a sent")
    await box.focus()
    await page.keyboard.press("End")
    await page.keyboard.type("ence")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".toast")).to_have_text("Sent to Nadia.")
    await page.get_by_role("link", name="Nadia Console").click()
    await expect(page.locator("#thread .bubble").last).to_contain_text("half a sentence")


async def test_words_written_for_a_draft_that_changed_come_back(
    page: Page, twin: Twin, errors: Errors
) -> None:
    draft = card(page, "Nadia")
    await draft.get_by_role("button", name="Edit").click()
    await draft.get_by_role("textbox", name="Your words").fill("my careful words")
    first = (await twin.inbox())[0].id
    await twin.receive("nadia", "console:nadia", "wait, or sunday?")
    await expect(draft).to_contain_text("wait, or sunday?")
    await expect(page.locator("article.card")).not_to_have_id(f"draft-{first}")
    await draft.get_by_role("button", name="Send edited").click()
    await expect(page.locator(".toast")).to_contain_text("Already handled")
    await expect(draft).to_contain_text("changed while you were writing")
    await expect(draft.get_by_role("textbox", name="Your words")).to_have_value("my careful words")
    assert await twin.receipts() == ()
    errors.clear()  # the refusal's status is an error to the browser
    await draft.get_by_role("button", name="Send edited").click()
    await expect(page.locator(".toast")).to_have_text("Sent to Nadia.")


async def test_the_secret_is_shown_to_the_owner_alone_and_shared_on_their_word(
    page: Page, twin: Twin, model: GatedChat
) -> None:
    await page.get_by_role("link", name="Sam Console").click()
    await write(page, "Sam", "so what is everybody planning for my birthday party?")
    draft = card(page, "Sam")
    await expect(draft).to_be_visible()
    asked = words_of(model.prompts[-1])
    await expect(draft.locator(".withheld")).to_have_count(0)
    await draft.get_by_role("button", name="What was withheld?").click()
    panel = draft.get_by_role("region", name="What was withheld")
    first = panel.locator("li").first
    secret = await first.locator(".words").first.inner_text()
    assert secret not in asked
    await first.get_by_text("Share…").click()
    await first.get_by_role("button", name="Just this once").click()
    await expect(draft.get_by_text("For this reply alone.")).to_be_visible()
    await draft.get_by_role("button", name="Draft again").click()
    await expect(draft.locator(".why")).to_contain_text(secret)
    assert secret in words_of(model.prompts[-1])


async def test_the_whole_way_by_keyboard(page: Page, twin: Twin) -> None:
    await expect(card(page, "Nadia")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the inbox")).to_be_focused()
    await page.keyboard.press("Enter")
    for button in ("Approve and send", "Edit"):
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name=button)).to_be_focused()
    await page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Your words")
    await expect(box).to_be_focused()
    await box.press("Control+a")
    await page.keyboard.type("typed, not clicked")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Send edited")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_have_text("Sent to Nadia.")
    await expect(page.get_by_text("Nothing waits for you.")).to_be_focused()
    assert [one.text for one in await twin.receipts()] == ["typed, not clicked"]


async def test_a_refresh_leaves_the_keyboard_where_it_was(browser: Browser, errors: Errors) -> None:
    twin = fake_twin()
    twin.say("console:sam", "sam", "friday?")
    twin.lay("console:sam", "Yes.")
    async with visiting(browser, twin, errors) as page:
        for where in (
            card(page, "Sam").get_by_role("button", name="Edit"),
            page.get_by_role("link", name="Marcus Console"),
            page.get_by_role("switch", name="Sending"),
        ):
            await where.focus()
            before = len(twin.said["console:climbing"])
            twin.say("console:climbing", "sam", f"message {before}")
            twin.lay("console:climbing", f"reply {before}")
            await twin.resume()
            await expect(page.get_by_text(f"reply {before}", exact=True)).to_be_visible()
            await expect(where).to_be_focused()


async def test_shift_enter_makes_a_line_and_enter_sends(page: Page, twin: Twin) -> None:
    await page.get_by_role("link", name="Sam Console").click()
    box = page.get_by_role("textbox", name="Message as Sam")
    await box.press_sequentially("the first line")
    await box.press("Shift+Enter")
    await box.press_sequentially("the second")
    await box.press("Enter")
    await expect(page.locator("#thread .bubble").last).to_contain_text("the first line")
    assert (await twin.thread("console:sam"))[-1].text == "the first line\nthe second"


async def test_a_thing_to_try_is_laid_ready_to_send(page: Page, twin: Twin) -> None:
    first = things_to_try()[0]
    before = len(await twin.thread(first.conversation))
    await page.locator(".tries a").first.click()
    await expect(page.get_by_role("textbox", name="Message as")).to_have_value(first.text)
    await expect(page.get_by_text(first.look)).to_be_visible()
    assert len(await twin.thread(first.conversation)) == before


async def test_in_a_group_one_chooses_who_speaks(page: Page, twin: Twin) -> None:
    await page.get_by_role("link", name="Climbing friends").click()
    await page.get_by_role("textbox", name="Message as Jonas").fill("half a line")
    await page.get_by_label("Write as", exact=True).select_option("nadia")
    box = page.get_by_role("textbox", name="Message as Nadia")
    await expect(box).to_have_value("half a line")
    await write(page, "Nadia", "Alex, who brings the rope?")
    await expect(card(page, "group “Climbing friends”")).to_contain_text("Nadia")
    assert (await twin.thread("console:climbing-friends"))[-1].author == "nadia"


async def test_paused_an_approval_waits_for_resume(page: Page, twin: Twin) -> None:
    await page.get_by_role("switch", name="Sending").click()
    await expect(page.get_by_role("switch", name="Sending")).to_have_attribute("aria-checked", "false")
    await card(page, "Nadia").get_by_role("button", name="Approve and send").click()
    await expect(card(page, "Nadia")).to_contain_text("goes out when you resume")
    assert await twin.receipts() == ()
    await page.get_by_role("switch", name="Sending").click()
    await expect(card(page, "Nadia")).to_have_count(0)
    assert len(await twin.receipts()) == 1


async def test_a_press_is_not_lost_to_a_refresh_in_between(page: Page, twin: Twin) -> None:
    approve = card(page, "Nadia").get_by_role("button", name="Approve and send")
    await approve.hover()
    await page.mouse.down()
    async with page.expect_request_finished(lambda request: request.url.endswith("/inbox")):
        await twin.receive("sam", "console:sam", "are you free for dinner on friday?")
    await page.evaluate("() => new Promise((done) => setTimeout(done))")  # what came is handled
    await page.mouse.up()
    await expect(page.locator(".toast")).to_have_text("Sent to Nadia.")
    await expect(card(page, "Sam")).to_be_visible()  # what was held back came after it


@pytest.mark.parametrize("width", [390, 320, 768, 1360])
async def test_nothing_scrolls_sideways_at_any_width(browser: Browser, errors: Errors, width: int) -> None:
    twin = fake_twin()
    for text in ("x" * 3000, "https://example.org/" + "a" * 400, "שלום עולם " * 40, "word " * 2000):
        twin.say("console:sam", "sam", text)
    twin.lay("console:sam", "y" * 900)
    twin.put(replace(twin.lay("console:marcus", "z" * 500), status="uncertain"))
    reported(twin, "z" * 200)
    async with visiting(browser, twin, errors, width) as page:
        for tab in ("tab-inbox", "tab-contact"):
            await page.locator(f"#{tab}").evaluate("radio => { radio.checked = true }")
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        for path in ("receipts", "digest"):
            await page.goto(in_session(page, f"/{path}"))
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_on_a_phone_one_pane_shows_at_a_time(browser: Browser, errors: Errors) -> None:
    twin = fake_twin()
    twin.say("console:sam", "sam", "friday?")
    twin.lay("console:sam", "Yes.")
    async with visiting(browser, twin, errors, 390) as page:
        await expect(card(page, "Sam")).to_be_visible()
        await expect(page.locator("#thread")).to_be_hidden()
        await page.get_by_text("Write as a contact").locator("visible=true").click()
        await expect(page.locator("#thread")).to_be_visible()
        await expect(card(page, "Sam")).to_be_hidden()
        await write(page, "Sam", "or saturday?")
        await expect(page.locator("#count-tab")).to_have_text("1")


async def test_the_digest_and_its_reminders_by_keyboard_while_life_goes_on(
    page: Page, twin: Twin, errors: Errors
) -> None:
    await page.get_by_role("link", name="Digest").press("Enter")
    picture = page.get_by_role("img", name=re.compile("by day"))
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH * SHARP
    box = page.get_by_label("Remind me")
    await box.fill("call Sam")
    await box.press("Enter")
    await expect(page.get_by_text("Say when")).to_be_visible()
    await expect(box).to_have_value("call Sam")
    await expect(box).to_be_focused()
    errors.clear()
    await box.fill("in 2h")
    await twin.hear("sam", "console:sam", "are you free on friday?")
    waiting = page.get_by_role("link", name=re.compile(r"draft \d+ to Sam"))
    await expect(waiting).to_be_visible()
    await expect(box).to_have_value("in 2h")
    await expect(box).to_be_focused()
    await box.press_sequentially(" call Sam")
    await box.press("Enter")
    drop = page.get_by_role("button", name="Drop: call Sam")
    await expect(drop).to_be_visible()
    await expect(box).to_have_value("")
    assert [one.text for one in await twin.reminders()] == ["call Sam"]
    await drop.press("Enter")
    await expect(drop).to_be_hidden()
    await expect(page.get_by_role("heading", name="Reminders")).to_be_focused()
    assert await twin.reminders() == ()
    await waiting.press("Enter")
    await expect(page.get_by_role("heading", name="To Sam")).to_be_visible()


async def test_a_used_link_leads_the_browser_that_used_it_back(browser: Browser, errors: Errors) -> None:
    with console_ends_soon():
        async with serve(fake_twin()) as console, await browser.new_page() as page:
            page.set_default_timeout(PATIENCE_MS)
            link = console.link()
            await page.goto(link)
            opened = page.url
            await page.goto(link)
            await page.get_by_role("link", name="I have it open in this browser").click()
            await page.wait_for_url(opened)
            await expect(page.get_by_role("switch")).to_be_visible()
        async with serve(fake_twin()) as console, await browser.new_page() as stranger:
            await stranger.goto(console.link().partition("?")[0])
            await expect(stranger.get_by_text("understudy open")).to_be_visible()
            await expect(stranger.get_by_text("I have it open")).to_be_hidden()


async def test_when_the_twin_is_gone_the_page_says_so(browser: Browser) -> None:
    async with await browser.new_page() as page:
        async with serve(fake_twin()) as console:
            await page.goto(console.link())
            await expect(page.get_by_text("The twin is not answering")).to_be_hidden()
        await expect(page.get_by_text("The twin is not answering")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_what_is_behind_them(
    browser: Browser, errors: Errors, scheme: str
) -> None:
    twin = fake_twin()
    twin.say("console:sam", "sam", "friday?")
    twin.lay("console:sam", "Yes.")
    twin.put(replace(twin.lay("console:marcus", "Maybe."), status="uncertain"))
    twin.paused = True
    reported(twin, "weekly")
    async with visiting(browser, twin, errors) as page:
        await page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        await page.get_by_role("button", name="What was withheld?").last.click()
        await expect(page.locator(".withheld")).to_be_visible()
        faint = await page.evaluate(FAINT)
        assert faint == []
        await page.goto(in_session(page, "/digest"))
        await expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
        faint = await page.evaluate(FAINT)
        assert faint == []


FAINT = """() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [.2126, .7152, .0722][i], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = rgb(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!words || !element.checkVisibility() || element.closest(".sr, .skip, option")) continue;
    const both = [rgb(getComputedStyle(element).color), behind(element)].map(light);
    const [one, other] = both.sort((a, b) => b - a);
    const contrast = (one + .05) / (other + .05);
    if (contrast < 4.5) faint.push(`${element.className || element.tagName}: ${contrast.toFixed(2)}`);
  }
  return faint;
}"""
