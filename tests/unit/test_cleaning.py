# ruff: noqa: E501 (a row is a line)
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompt.cleaning import clean
from tests.shapes import CLEAN, OTHERS, OWNER_LABEL, SENTENCES, SHAPES, Shape


def cleaned(raw: str, *, most: int = SENTENCES, cut_off: bool = False) -> str:
    return clean(raw, OWNER_LABEL, OTHERS, most, cut_off=cut_off)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: repr(shape.raw[:40]))
def test_a_shape_yields_exactly_its_reply_or_none(shape: Shape) -> None:
    assert cleaned(shape.raw, cut_off=shape.cut_off) == (shape.reply or "")


@pytest.mark.parametrize("reply", CLEAN)
def test_a_clean_reply_is_never_changed(reply: str) -> None:
    assert cleaned(reply) == reply


@pytest.mark.parametrize("reply", [one for one in CLEAN if "```" not in one and "{" not in one])
@pytest.mark.parametrize(
    "around",
    ["<think>hm</think>{}", "Alex: {}", "Alex: {}\nSam: ok", "{}<|im_end|>", "Here's a short reply:\n\n{}",
     "{}\n\n(Note: kept short.)", "{}\n\n---\nThis reply is short.", "<reply>{}</reply>"],
)  # fmt: skip
def test_what_stands_around_a_clean_reply_comes_off_alone(reply: str, around: str) -> None:
    assert cleaned(around.format(reply)) in (reply, reply.strip('"“”'))


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("One. Two! Three? Four.", "One. Two! Three?"),
        ("One.\nTwo.\nThree.", "One.\nTwo.\nThree."),
        ("wait... what. no. yes.", "wait... what. no."),
        ("at 7.30 then. ok", "at 7.30 then. ok"),
        ("a\u200bb\x00c", "abc"),
    ],
)
def test_whole_sentences_and_no_more_than_the_persona_says(raw: str, kept: str) -> None:
    assert cleaned(raw) == kept


WORDS = st.sampled_from(
    ["sure", "ok", "yes", "dinner", "at", "7", "7.30", "rope", "maybe", "jo", "ha", "(late)", "the “so”", "`git pull`", "it's", "tea;", "you:",
     "note:", "mine", "😅", "👩‍🚀", "❤️", "می‌خواهم", "क्‍ष", "好的", "明天见", "ครับ", "да", "<3", ":-)", "1/2",
     "https://a.example/x?y=@z", "`ls`", "*very*", "50%", "c#", "a&b", "re:", "&", "tea — no", "…"]
)  # fmt: skip
LINES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
REPLIES = st.lists(LINES, min_size=1, max_size=3).map("\n".join)


@given(REPLIES)
def test_what_people_write_is_left_as_it_is(reply: str) -> None:
    assert clean(reply, OWNER_LABEL, OTHERS, 99) == reply.strip()


PIECES = st.sampled_from(
    ["Alex:", "Sam:", "\n", " ", '"', "“", "hi", "sure.", "<|im_end|>", "assistant:", "[INST]", "!", "<think>",
     "</think>", "```", "{", '{"reply":', "}", "Here's a reply:", "(Note:", ")", "---", "Option 1:", "。", "Reply:"]
)  # fmt: skip
RAW = st.lists(PIECES | st.text(max_size=4), max_size=20).map("".join)


@given(RAW, st.integers(1, 4), st.booleans())
def test_what_was_cleaned_is_clean(raw: str, most: int, cut_off: bool) -> None:
    text = cleaned(raw, most=most, cut_off=cut_off)
    assert cleaned(text, most=most) == text
    assert len(text) <= len(raw)
    assert text == text.strip()
    assert not text.casefold().startswith(("alex: ", "sam: ", "assistant: "))
    assert "think>" not in text
    assert "\nSam:" not in text


@given(
    st.text(min_size=1, max_size=30).filter(lambda text: any(map(str.isalnum, text))), st.integers(60, 120)
)
def test_what_goes_round_is_cut(unit: str, times: int) -> None:
    assert len(clean(unit * times, OWNER_LABEL, OTHERS, 99, cut_off=True)) < 60 + 4 * len(unit)
