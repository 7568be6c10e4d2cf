import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.review import ADVICE, Finding, review, truthful
from core.prompt.cleaning import clean

NAMES = ("Alex", "Sam")


def found(
    text: str,
    heard: str = "how was the hike",
    boundary: str = "",
    sources: tuple[str, ...] = (),
    guidance: str = "",
) -> tuple[Finding, ...]:
    return review(text, heard=heard, names=NAMES, boundaries=(boundary,), sources=sources, guidance=guidance)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Alex: sure", "sure"),
        (" Alex : Alex: sure", "sure"),
        ("assistant: sure", "sure"),
        ("sure\nSam: thanks\nAlex: np", "sure"),
        ("sure thing Sam: thanks", "sure thing"),
        ("“sure thing”", "sure thing"),
        ('"sure', "sure"),
        ('"no" means "no"', '"no" means "no"'),
        ("sure<|im_end|>\n<|im_start|>user more", "sure"),
        ("sure</s>", "sure"),
        ("sure<end_of_turn>\nmore", "sure"),
        ("<think>hm, what\nnow</think>sure", "sure"),
        ("<think>never finished", ""),
        ("One. Two! Three? Four.", "One. Two! Three?"),
        ("wait... what. no. yes.", "wait... what. no."),
        ("at 7.30 then. ok", "at 7.30 then. ok"),
        ("a\u200bb\x00c", "abc"),
        ("time: 7", "time: 7"),
        ('Alex: "Alex: sure"', "sure"),
        ("", ""),
    ],
)
def test_clean_keeps_the_owners_own_message(raw: str, kept: str) -> None:
    assert clean(raw, NAMES, 3) == kept


def test_a_last_sentence_is_dropped_only_where_it_was_cut_off() -> None:
    assert clean("all good. see you on", NAMES, 3, cut_off=True) == "all good."
    assert clean("all good. see you there", NAMES, 3) == "all good. see you there"
    assert clean("just half of", NAMES, 3, cut_off=True) == "just half of"


PIECES = st.sampled_from(
    ["Alex:", "Sam:", "\n", " ", '"', "“", "hi", "sure.", "<|im_end|>", "assistant:", "[INST]", "!"]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=20).map("".join), st.integers(1, 4))
def test_cleaning_what_is_clean_finds_no_speaker_and_only_shortens(raw: str, most: int) -> None:
    text = clean(raw, NAMES, most)
    assert len(text) <= len(raw)
    assert text == text.strip()
    assert "\nSam:" not in text
    assert not text.startswith(("Alex:", "Sam:"))


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
    ],
)
def test_a_fault_is_found(text: str, finding: Finding) -> None:
    assert finding in found(text)


@pytest.mark.parametrize(
    "text", ["steep, wet, wonderful", "🎉", "lol", "ja klar", "good, my legs disagree", "ha ha"]
)
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
    assert not set(found(text, heard="are you a bot?")) & set(ADVICE)


@given(st.text(max_size=300), st.text(max_size=300))
def test_review_takes_any_text(text: str, heard: str) -> None:
    found(text, heard=heard, boundary=heard, sources=(text,), guidance=heard)
