import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.review import ADVICE, UNTRUE, Finding, review, truthful
from tests.claims import FALSE, KNOWN, RULES, TRUE, Said

NAMES = ("Alex", "Sam")


def found(
    text: str,
    heard: str = "how was the hike",
    boundary: str = "",
    sources: tuple[str, ...] = (),
    guidance: str = "",
) -> tuple[Finding, ...]:
    return review(text, heard=heard, names=NAMES, boundaries=(boundary,), known=sources, guidance=guidance)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", Finding.EMPTY),
        ("...", Finding.EMPTY),
        ("it was fun. it was fun.", Finding.REPEATS_ITSELF),
        ("ha no ha no ha no", Finding.REPEATS_ITSELF),
        ("cat, cat, cat", Finding.REPEATS_ITSELF),
        ("How was the hike?", Finding.ECHOES),
        ("was the hike", Finding.ECHOES),
        ("nice <|im_start|>", Finding.LEAKS_TEMPLATE),
        ("nice [INST]", Finding.LEAKS_TEMPLATE),
        ("nice. Sam: thanks", Finding.SPEAKS_FOR_OTHERS),
        ("I'm not a bot", Finding.CLAIMS_HUMAN),
        ("nope, it's really me", Finding.CLAIMS_HUMAN),
        ("of course I am a real person", Finding.CLAIMS_HUMAN),
        ("I’m human", Finding.CLAIMS_HUMAN),
        ("As an AI language model I like hikes", Finding.OUT_OF_ROLE),
        ("How can I assist you today", Finding.OUT_OF_ROLE),
        ("I'll bring the tent", Finding.COMMITS),
        ("see you on friday", Finding.COMMITS),
        ("it cost fifty euros", Finding.COMMITS),
        ("of course", Finding.COMMITS),
        ("ok", Finding.COMMITS),
        ("you can have it", Finding.COMMITS),
        ("leave it to me", Finding.COMMITS),
        ("it took 9 hours", Finding.UNSUPPORTED),
        ("it was a saturday", Finding.UNSUPPORTED),
        ("steep, wet, wonderful", Finding.UNSUPPORTED),
    ],
)
def test_a_fault_is_found(text: str, finding: Finding) -> None:
    assert finding in found(text)


@pytest.mark.parametrize("text", ["wonderful, as always", "🎉", "lol", "ja klar", "good, thank you", "ha ha"])
def test_a_good_reply_has_no_findings(text: str) -> None:
    assert found(text) == ()


def test_a_number_that_the_prompt_holds_is_supported() -> None:
    assert Finding.UNSUPPORTED not in found("about 12 km", sources=("- The hike is 12 km.",))
    assert Finding.UNSUPPORTED in found("about 12 km", sources=("- The hike is 120 km.",))


def test_what_a_boundary_forbids_is_noticed() -> None:
    assert Finding.TOUCHES_BOUNDARY in found(
        "my salary is fine", boundary="Never talks about salaries or gifts"
    )
    assert Finding.TOUCHES_BOUNDARY in found("a gift", boundary="no talk of gifts")
    assert Finding.TOUCHES_BOUNDARY not in found("my salary is fine", boundary="is open about salaries")
    assert Finding.TOUCHES_BOUNDARY not in found(
        "talking about people", boundary="Never talks about other people"
    )


def test_guidance_that_left_no_trace_is_noticed() -> None:
    assert Finding.IGNORES_GUIDANCE in found("yes", guidance="say no, propose lunch")
    assert Finding.IGNORES_GUIDANCE not in found("no, lunch?", guidance="say no, propose lunch")
    assert Finding.IGNORES_GUIDANCE not in found("yes", guidance="make it shorter")


def test_the_truth_about_the_twin_has_nothing_to_mend() -> None:
    text = truthful("Alex")
    assert "AI" in text
    assert "Alex has read and approved" in text
    assert not set(found(text, heard="are you a bot?", sources=(text,))) & set(ADVICE)


@given(st.text(max_size=300), st.text(max_size=300))
def test_review_takes_any_text(text: str, heard: str) -> None:
    found(text, heard=heard, boundary=heard, sources=(text,), guidance=heard)


def untrue(said: Said) -> bool:
    known = (*KNOWN, *RULES)
    findings = review(said.draft, heard=said.heard, names=NAMES, boundaries=RULES, known=known)
    return not UNTRUE.isdisjoint(findings)


@pytest.mark.parametrize("said", FALSE, ids=lambda said: said.draft)
def test_a_claim_that_nothing_known_holds_is_sent_back(said: Said) -> None:
    assert untrue(said)
    assert set(ADVICE) >= UNTRUE


@pytest.mark.parametrize("said", TRUE, ids=lambda said: said.draft)
def test_what_is_known_may_be_said(said: Said) -> None:
    assert not untrue(said)


def unsupported(text: str, heard: str, asked: str = "", guidance: str = "") -> bool:
    return Finding.UNSUPPORTED in review(
        text, heard=heard, names=NAMES, boundaries=(), known=KNOWN, asked=asked, guidance=guidance
    )


def test_a_bare_yes_answers_what_was_asked_before() -> None:
    assert unsupported("yes", "the rent", asked="did you pay?\nthe rent")
    assert unsupported("no", "the rent", asked="did you pay?\nthe rent")
    assert not unsupported("oh wow", "the rent", asked="did you pay?\nthe rent")
    assert not unsupported("ha, yes!", "how lovely")


@pytest.mark.parametrize(
    ("guidance", "text", "back"),
    [
        ("say no, propose lunch", "no, lunch?", False),
        ("say yes", "yes!", False),
        ("say yes", "no", True),
        ("say no", "yes", True),
        ("be kinder", "yes", True),
    ],
)
def test_a_yes_that_the_owner_wants_said_is_held(guidance: str, text: str, back: bool) -> None:
    assert unsupported(text, "did you pay?", guidance=guidance) == back
