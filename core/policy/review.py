"""What is wrong with a draft, and what is worth telling the model about it. Pure."""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import partial

from core.policy.boundaries import against, forbids
from core.policy.claims import unsupported
from core.policy.statements import all_stems
from core.policy.topics import plain, topics
from core.prompt.quoting import neutral
from core.prompt.signs import visible


class Finding(StrEnum):
    """Something that the owner, or another draft, should mend. Any of them keeps a draft from sending."""

    EMPTY = "empty"
    REPEATS_ITSELF = "repeats-itself"
    ECHOES = "echoes"
    """Says back what was just said."""
    LEAKS_TEMPLATE = "leaks-template"
    SPEAKS_FOR_OTHERS = "speaks-for-others"
    CLAIMS_HUMAN = "claims-human"
    OUT_OF_ROLE = "out-of-role"
    """"As an AI language model", "How can I assist you"."""
    IGNORES_GUIDANCE = "ignores-guidance"
    """Holds nothing of what the owner asked for."""
    COMMITS = "commits"
    AGAINST_RULE = "against-rule"
    """Agrees to what the owner never does."""
    UNSUPPORTED = "unsupported"
    """Claims what nothing known holds."""
    TOUCHES_BOUNDARY = "touches-boundary"
    UNKNOWN = "unknown"
    """Every attempt said what is not known to be so: none is shown, and the owner writes it."""


ADVICE = {
    Finding.EMPTY: "Write one short sentence.",
    Finding.REPEATS_ITSELF: "Say each thing once.",
    Finding.ECHOES: "Do not repeat the message; answer it.",
    Finding.LEAKS_TEMPLATE: "Write plain words only.",
    Finding.SPEAKS_FOR_OTHERS: "Write only your own message.",
    Finding.CLAIMS_HUMAN: "Do not say whether you are a person or a machine.",
    Finding.IGNORES_GUIDANCE: "Say what was asked for.",
    Finding.OUT_OF_ROLE: "Write as a friend would, not as an assistant.",
    Finding.AGAINST_RULE: "Do not agree to it: keep to the rules.",
    Finding.UNSUPPORTED: "Say only what is known. If nothing is, say that you will see, or ask.",
}
"""What to tell the model: a finding that is in here is worth another draft."""

UNTRUE = frozenset({Finding.AGAINST_RULE, Finding.UNSUPPORTED})
"""What is not shown as a draft: no draft is better."""


def truthful(owner: str) -> str:
    """The answer to "are you a bot?". It always asks: whoever approves it has read it."""
    return f"I'm {owner}'s understudy, an AI that drafts replies; {owner} has read and approved this one."


_HUMAN = re.compile(
    r"\bi(?:'m| am| really am) (?:not (?:a |an )?(?:bot|robot|chatbot|ai|machine|program)|(?:a |an )?"
    r"(?:real |actual |living )*(?:human|person)\b|(?:very |totally |definitely |100% )*real\b)|"
    r"\bi(?:'m| am) \w+,? not (?:a |an )?(?:bot|robot|ai|machine)|\bnot (?:a |an )(?:bot|robot|ai|machine)\b|"
    r"\b(?:no|nope|nah)[,.!]? (?:it's|its|this is) (?:really |actually )?me\b|"
    r"\bit(?:'s| is) (?:really |actually )me\b|\bthis is (?:really |actually )?me\b"
)
# Whoever was asked for something grants it with these; the lists of what was asked are never whole.
_ASSENT = re.compile(
    r"(?<!\w)(?:sure|of course|absolutely|definitely|totally|no problem|not a problem|my pleasure|fine|"
    r"alright|all right|right on|ok|okay|k|kk|bet|say less|aye|affirmative|roger|can do|will do|done|"
    r"works|deal|happy to|glad to|my word|it's yours|all yours|you (?:can|may)|take it|keep it|go ahead|"
    r"go for it|feel free|be my guest|wouldn't miss|will be|be there|omw|on my way|leaving now|in a few|"
    r"leave it (?:to|with) me|got (?:you|this)|i trust|see ya|(?:same|usual) (?:place|time)|same as|"
    r"(?:at|by|to) mine|i'd say yes|i did it|it was me|i would never|i saw)(?!\w)"
)
_ROLE = re.compile(
    r"\bas an? (?:ai|language model|assistant)\b|\blanguage model\b|\bhow (?:can|may) i (?:help|assist)\b|"
    r"\bi(?:'m| am) (?:here to (?:help|assist)|an? (?:ai|assistant|language model))|\bassist you\b|"
    r"\bi (?:cannot|can't|am unable to) (?:fulfil|fulfill|assist|provide)\b"
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_NEGATIVE = re.compile(r"\b(?:never|don't|dont|do not|no|not|avoid|nothing|nobody|without|refuse)\b")
_PLAIN_WORDS = frozenset(
    """
    about above after again agree agreed alone also always answer anybody anyone anything asked asking
    avoid because been before being business chat comment details discuss does dont each else even ever
    every everyone first friend friends from give given gives giving have here into just know leave lets
    long make making matter mention message messages more most much must name names never nobody nothing
    only other others over people person pretend promise promises reply reveal said same says send sent
    share short should some someone something speak such take talk tell than that their them then there
    these they thing things this those through topic topics until upon very voice want well what when
    where which while with without word words work would write your yours
    """.split()  # noqa: SIM905 (a list of words reads better)
)


def review(
    text: str,
    *,
    heard: str,
    names: Collection[str],
    boundaries: Iterable[str],
    known: Iterable[str],
    rules: Iterable[str] = (),
    asked: str = "",
    guidance: str = "",
    told: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """Everything found in a cleaned draft; what is worth another draft comes first.

    `heard` is what it answers, `asked` all that was asked and not refused since if that is more, `known`
    what it may rest on, `told` what others said before. `boundaries` forbid in whatever words, `rules` where
    they say so. `names` begin with the owner's.
    """
    if not _WORD.search(text) and not any(ord(one) > 0x2000 for one in text):
        return (Finding.EMPTY,)
    folded, owner, asked = plain(text), next(iter(names), ""), asked or heard
    limits = [*((rule, True) for rule in boundaries), *((rule, False) for rule in rules)]
    tests = (
        (Finding.REPEATS_ITSELF, _repeats(folded)),
        (Finding.ECHOES, _echoes(folded, plain(heard))),
        (Finding.LEAKS_TEMPLATE, neutral(text) != visible(text)),
        (Finding.SPEAKS_FOR_OTHERS, any(_labelled(folded, plain(name)) for name in names)),
        (Finding.CLAIMS_HUMAN, bool(_HUMAN.search(folded))),
        (Finding.OUT_OF_ROLE, bool(_ROLE.search(folded))),
        (Finding.IGNORES_GUIDANCE, _ignores(folded, plain(guidance))),
        (
            Finding.AGAINST_RULE,
            against(text, limits, owner, asked),
        ),
        (
            Finding.UNSUPPORTED,
            unsupported(
                text,
                known=known,
                heard=heard,
                asked=asked,
                guidance=guidance,
                told=told,
                forbids=partial(forbids, limits=limits, owner=owner),
            ),
        ),
        (Finding.COMMITS, bool(topics(text) or _ASSENT.search(folded))),
        (Finding.TOUCHES_BOUNDARY, any(_touches(folded, plain(rule)) for rule, _ in limits)),
    )
    return tuple(finding for finding, found in tests if found)


def _labelled(folded: str, name: str) -> bool:
    return bool(re.search(rf"(?:^|\s){re.escape(name)}:", folded))


def _repeats(folded: str) -> bool:
    """A sentence twice, or the same few words three times on end."""
    sentences = [part.strip(" .!?…") for part in re.split(r"[.!?…]+\s", folded)]
    said = [sentence for sentence in sentences if len(sentence) > 3]
    return len(set(said)) < len(said) or bool(re.search(r"(\b\w[\w' ,]{1,60}?)(?:[ ,]+\1\b){2,}", folded))


def _echoes(folded: str, heard: str) -> bool:
    """The last message over again, or a long piece of it."""
    answer, asked = _WORD.findall(folded), _WORD.findall(heard)
    if len(asked) < 3 or len(answer) < 3:
        return False
    joined = f" {' '.join(asked)} "
    if f" {' '.join(answer)} " in joined:
        return True
    span = 8
    return any(f" {' '.join(answer[i : i + span])} " in joined for i in range(len(answer) - span + 1))


_MANNER = re.compile(
    r"\b(?:short|long|warm|kind|nice|polite|friendl|soft|fun|dr[iy]|formal|casual|cheer|honest|simpl|clear)\w*|"
    r"\b(?:less|more|tone|again|different\w*|emojis?|rephrase|reword|shorten)\b"
)


def _ignores(folded: str, guidance: str) -> bool:
    """Whether none of the words asked for is there; a wish about manner cannot be checked so."""
    wanted = {word for word in _WORD.findall(guidance) if word == "no" or word not in _PLAIN_WORDS}
    wanted = {word for word in wanted if len(word) > 3} or wanted & {"no", "yes"}
    if not wanted or _MANNER.search(guidance):
        return False
    return all_stems(wanted).isdisjoint(all_stems(_WORD.findall(folded)))


def _touches(folded: str, boundary: str) -> bool:
    """Whether a draft names what a "never" or "don't" of the owner's is about."""
    if not _NEGATIVE.search(boundary):
        return False
    about = all_stems(word for word in _WORD.findall(boundary) if len(word) > 3) - all_stems(_PLAIN_WORDS)
    return not about.isdisjoint(all_stems(word for word in _WORD.findall(folded) if len(word) > 3))
