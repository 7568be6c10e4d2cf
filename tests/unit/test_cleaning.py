# ruff: noqa: E501 (a row is a line)
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.review import review
from core.prompt import phrases
from core.prompt.cleaning import clean
from core.prompt.quoting import cited, quoted
from core.prompt.vocabulary import broken
from tests.shapes import CLEAN, OTHERS, OWNER_LABEL, SENTENCES, SHAPES, YES, Shape


def cleaned(raw: str, *, most: int = SENTENCES, cut_off: bool = False) -> str:
    return clean(raw, OWNER_LABEL, OTHERS, most, cut_off=cut_off)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: repr(shape.raw[:40]))
def test_a_shape_yields_exactly_its_reply_or_none(shape: Shape) -> None:
    assert cleaned(shape.raw, cut_off=shape.cut_off) == (shape.reply or "")


@pytest.mark.parametrize("reply", CLEAN)
def test_a_clean_reply_is_never_changed(reply: str) -> None:
    assert cleaned(reply) == reply


THOUGHT_OF = (
    "I should answer as soon as i can",
    "the reply should be here by friday",
    "my answer would be no",
    "Understood!",
)
"""Before another paragraph these are a model's thoughts about the reply."""


@pytest.mark.parametrize(
    "reply",
    [one for one in CLEAN if "```" not in one and "{" not in one and one not in (*THOUGHT_OF, "> 3")],
)
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
        ("That works. Two! Three? Four.", "That works. Two! Three?"),
        ("One.\nTwo.\nThree.", "One.\nTwo.\nThree."),
        ("wait... what. no. yes. ok", "wait... what. no. yes."),
        ("at 7.30 then. ok", "at 7.30 then. ok"),
        ("a\u200bb\x00c", "abc"),
    ],
)
def test_whole_sentences_and_no_more_than_the_persona_says(raw: str, kept: str) -> None:
    assert cleaned(raw) == kept


@pytest.mark.parametrize(
    "reply",
    [
        "good one. J. K. Rowling wrote it", "passt. ich bringe z. B. Brot mit", "claro. nos vemos con la Sra. López", "oui. on voit M. Dupont demain", "да. приду с Машей, т. е. вдвоём",
        "dobra. o godz. 8. się widzimy", "yes. Washington D.C. on Friday", "yes. The U.S. Open", "klar. am 24. Dezember", "klar. am 3. Oktober passt es gut", "yes. ask Prof. Lee", "ja. evtl. morgen", "да. 5 тыс. руб. хватит", "yes. i think… maybe eight",
        "yes. on the 3. or 4. of may", "sí. av. Mayor", "नमस्ते। डॉ. शर्मा आए", "yes. it was Sept. or so", "ja. ggf. auch bzgl. morgen", "ok. at 9 a.m. on friday", "yes. v1.2. works",
    ],
)  # fmt: skip
def test_a_reply_is_never_cut_at_a_dot_that_ends_nothing(reply: str) -> None:
    assert cleaned(reply, most=2) == reply
    first = cleaned(reply, most=1)
    assert first in (reply, reply.partition(" ")[0], "good one.", "नमस्ते।")
    assert cleaned(f"{reply} and th", cut_off=True) in ("", reply.partition(" ")[0], "good one.", "नमस्ते।")


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


HOSTILE = [
    "(", "[", "{", "<", "<think", "<think>", "\n ", "\n#", " Sam:", "Here's ", '"', "\nlet me know ", "\nthis reply ",
    "\n---", "(note ", "\nOption 1:", "*", "* ", "_", " ", "> ", "\n> ", "<|a", "*(_", "\n*", "Alex: ", "\nSam:",
    "assistant\n", "[think]", "<|channel|>a", "<answer>", "(in reply to Sam: “", "- Sam said: “", "a ", "!", "。", "...",
    "```\n", "1. ", "No. ", "[{", '{"a":', "(Note:", "<!--", "reply ", "a short ", "\nOr", "\n※", "\n调整", "[INST", "[ ",
    "\u200b a", "😂", "\\boxed{", "12:30 ", "Alex — ", "okay, ", "* _", "\n\n\n\nx",
    "[10:03] Bob", "Bob (10:03", "<Bob> ", "Bob: a\n", "小明：", "To Sam ", "Something like ", "As a Alex ", "I can't help ", "No reply ", "Alex climbs ", "I'll say yes ", "know Alex ", "(short, ", "*checks ", "Tone: a\n", "\nReason: ", "Step 1: ", "\nStep 1: a", "1. yes ", "1. yes\n", "- no\n", "\n\nDoes that work", "\nLet me know ", "\n改", " I can chang",
    "&lt;", "Context: a\n", "\nReply: ", "A) ", "\"a\"\n", "- a, b c d\n", "<a>", "</a>", "<b>", "<br>", "【", "[[", "<thought_", "a-a.a_", "Alex climbs until\n\n", "\n\nAlex a b", "(OOC: ", "\nOOC: ", "(thinking: ", "analysis:\n", "\nfinal:", "\n\nShould I send it ", "\n\nThis is a, ", " (I kept it a, ", "Алекс", "z.", "Alex a say ", "What Alex would ", "\n\nBest,\n", "\nBob: a", "\n(Alex a", ">a\n", "[Your ", "{name", "\n{\"reply\":", "Ａ：\n", "Me: ", "a b c Sam: ", "\nSam\n", " [Sam a", " *Sam a", "Sam > ", "\nMe: a", "Thinking Process:\n", "\n\n1. a", "<unused94>thought", "I should say a", "Hmm. ", "What would Alex ", "I'd say \"", "something like ", "Sorry a. ", "Here's my a ", "\n---\na", "\nOption 1: a\n", "> a b c\n", "**a b c", "<end_of_", "use <think> ", "\n\nIs this reply a ", "注：", "\n\nThis reply as ", "As an AI ", "\n- a", "the user ", "\nI hope ", "*a*\n",
]  # fmt: skip


@pytest.mark.parametrize("stage", ["clean", "quoted", "broken", "review"])
def test_hostile_text_takes_no_time(stage: str) -> None:
    """Of a stage that is worse than linear, one of these alone takes minutes."""
    stages: dict[str, Callable[[str], object]] = {
        "clean": lambda text: clean(text, OWNER_LABEL, OTHERS, 3, cut_off=True),
        "quoted": quoted,
        "broken": lambda text: broken(text, {"<|im_end|>", "[inst]", "((", "  "}),
        "review": lambda text: review(
            text[:6000],
            heard=text[:6000],
            names=[OWNER_LABEL, *OTHERS],
            boundaries=["never lends the car"],
            known=[text[:6000]],
        ),
    }
    for piece in HOSTILE:
        begun = time.process_time()
        for text in (piece * (50_000 // len(piece)), f"x{piece * (50_000 // len(piece))}y"):
            stages[stage](text)
        assert time.process_time() - begun < 3, piece


def test_what_is_nested_without_end_is_no_reply() -> None:
    assert cleaned("[" * 50_000) == ""
    assert cleaned("{" * 50_000) == ""


@given(st.text("abc :.“", min_size=1, max_size=30))
def test_what_a_prompt_says_before_a_message_comes_off(words: str) -> None:
    quote = f"Sam: {cited(words)}"
    assert cleaned(f"{phrases.IN_REPLY.format(quote=quote)}\n{YES}") == YES
    assert cleaned(f"{phrases.SAID.format(speaker='Sam', text=cited(words))}\n{YES}") == YES


HEARD = "dinner tonight, see you at seven?"


@pytest.mark.parametrize(
    "before",
    [
        f"{HEARD}\n\n", f"{HEARD}\n", f"{HEARD} ", f'"{HEARD}"\n\n', f'"{HEARD}" ', f"> {HEARD}\n\n", f"Q: {HEARD}\nA: ", f"Question: {HEARD}\nAnswer: ", f"**Q:** {HEARD}\n**A:** ", f"Sam: {HEARD}\n\n", f"Sam said: “{HEARD}”\n", f'Sam said "{HEARD}" ', f"Sam asked: {HEARD}\n",
        f"{HEARD.upper()}\n\n", "Dinner tonight, see you at seven\n\n", f"«{HEARD}»\n", f"「{HEARD}」\n", f"- {HEARD}\n", f"*{HEARD}*\n\n", f"Message: {HEARD}\n",
    ],
)  # fmt: skip
def test_what_was_heard_goes_where_it_is_said_again_before_the_reply(before: str) -> None:
    assert clean(before + YES, OWNER_LABEL, OTHERS, SENTENCES, heard=["hi", HEARD]) == YES


@pytest.mark.parametrize(
    ("heard", "echo"),
    [
        ("kommst du heute abend zum essen?", "kommst du heute abend zum essen? "), ("今晚七点一起吃饭吗？", "今晚七点一起吃饭吗？"), ("今夜七時に夕食どう？", "今夜七時に夕食どう？\n"), ("ты придёшь сегодня на ужин?", "Ты придёшь сегодня на ужин?\n\n"), ("tu viens dîner ce soir ?", "« tu viens dîner ce soir ? »\n"),
    ],
)  # fmt: skip
def test_in_any_language(heard: str, echo: str) -> None:
    assert clean(echo + YES, OWNER_LABEL, OTHERS, SENTENCES, heard=[heard]) == YES


@pytest.mark.parametrize(
    ("heard", "reply"),
    [("pizza?", "pizza? sure"), ("seven ok?", "seven ok? yes"), (HEARD, HEARD), (HEARD, "dinner tonight, see you at seven then"), (HEARD, "dinner at seven? sure"), ("", "yes"), ("i lost my keys", "i lost my keys too, last week")],
)  # fmt: skip
def test_what_only_takes_it_up_stays(heard: str, reply: str) -> None:
    assert clean(reply, OWNER_LABEL, OTHERS, SENTENCES, heard=[heard]) == reply
