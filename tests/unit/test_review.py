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


def unsupported(
    text: str, heard: str, asked: str = "", guidance: str = "", told: tuple[str, ...] = ()
) -> bool:
    return Finding.UNSUPPORTED in review(
        text, heard=heard, names=NAMES, boundaries=(), known=KNOWN, asked=asked, guidance=guidance, told=told
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


@pytest.mark.parametrize(
    ("guidance", "text", "back"),
    [
        ("don't say I'm in Paris", "i'm in paris", True),
        ("say yes, but not that I quit", "yes, i quit", True),
        ("sag nicht, dass ich in Rom bin", "ich bin in Rom", True),
        ("never mention Rome, Paris or the wedding", "the wedding is in Rome", True),
        ("keep quiet about the wedding", "the wedding is on", True),
        ("ne dis pas que je suis à Rome", "je suis à Rome", True),
        ("no digas que estoy en Roma", "estoy en Roma", True),
        ("не говори что я в Риме", "я в Риме", True),
        ("别说我在罗马", "我在罗马", True),
        ("ローマにいると言わないで", "ローマにいる", True),
        ("tell him I'm in Paris, not in Rome", "i'm in rome", True),
        ("tell him I'm in Paris, not in Rome", "i'm in paris", False),
        ("say i'm not in Rome", "i'm in rome", True),
        ("say i'm not in Rome", "i'm not in Rome", False),
        ("say i'm not in Rome", "i'm not in rome", False),
        ("say no", "yes", True),
        ("say no", "sure", True),
        ("sag nein", "ja", True),
        ("say yes", "no", True),
        ("say no, i'm in paris", "no, i'm in paris", False),
    ],
)
def test_what_guidance_forbids_it_does_not_hold(guidance: str, text: str, back: bool) -> None:
    assert unsupported(text, "hm", guidance=guidance) == back


@pytest.mark.parametrize(
    ("told", "text", "back"),
    [
        ("i got fired yesterday", "i got fired yesterday", True),
        ("got fired yesterday", "got fired yesterday", True),
        ("i got fired yesterday", "sorry you got fired", False),
        ("i got fired yesterday", "i'm sorry you got fired", False),
        ("i broke the lamp", "you broke the lamp", False),
        ("you left your bag in the hall", "i left my bag in the hall", True),
        ("my boss left", "my boss left", True),
        ("the party is in the garden", "the party is in the garden", False),
        ("ich wurde gefeuert", "ich wurde gefeuert", True),
        ("je suis viré", "je suis viré", True),
        ("me despidieron", "me despidieron", True),
        ("perdí el trabajo", "perdí el trabajo", True),
        ("mi hanno licenziato", "mi hanno licenziato", True),
        ("fui demitido", "fui demitido", True),
        ("ik ben ontslagen", "ik ben ontslagen", True),
        ("меня уволили", "меня уволили", True),
        ("уволился", "уволился", True),
        ("zwolnili mnie", "zwolnili mnie", True),
        ("kovuldum", "kovuldum", True),
        ("jag fick sparken", "jag fick sparken", True),
        ("我被解雇了", "我被解雇了", True),
        ("クビになった", "クビになった", True),
    ],
)
def test_what_others_say_of_themselves_is_not_so_of_the_owner(told: str, text: str, back: bool) -> None:
    assert unsupported(text, "how are you?", told=(told,)) == back


@pytest.mark.parametrize(
    ("known", "text", "back"),
    [
        ("Alex has a slow internet contract", "i have an interview", True),
        ("Alex has a contract", "i'm on contraceptives", True),
        ("Alex studies at the university", "the universe", True),
        ("Alex reads depressing books", "i have depression", True),
        ("Alex has a personal trainer", "i was in the train", True),
        ("Alex has a plan", "the plane", True),
        ("Alex likes the part", "the party", True),
        ("Alex climbs and drives", "climbing, driving", False),
        ("Alex likes cookies and stories", "a cookie, a story", False),
        ("金曜の七時にミアの家で食事する", "金曜の七時にミアの家で逮捕された", True),
        ("金曜の七時にミアの家で食事する", "金曜の七時にミアの家で食事する", False),
        ("我们十三点吃饭", "三点吃饭", True),
    ],
)
def test_words_are_one_as_inflections_go(known: str, text: str, back: bool) -> None:
    findings = review(text, heard="how are you?", names=NAMES, boundaries=(), known=(known,))
    assert (Finding.UNSUPPORTED in findings) == back
