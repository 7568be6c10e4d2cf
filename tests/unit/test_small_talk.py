"""A closed set: each kind by example in many languages, the traps, and the properties of failing closed."""

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import core.policy.small_talk
from core.policy.small_talk import WEIGHT, grammar, says_nothing, small_talk, small_talk_of
from core.types import SmallTalk

OWNER = "Alex Moor"
EXAMPLES = {
    SmallTalk.GREETING: [
        *(
            "good morning",
            "Hi!",
            "hey Alex",
            "@Alex hello",
            "Alex: hi",
            "hello there 👋",
            "heyyyy",
            "guten Morgen",
        ),
        *(
            "bonjour à tous",
            "buenos días",
            "buongiorno",
            "bom dia",
            "goedemorgen",
            "dzień dobry",
            "доброе утро",
        ),
        *(
            "günaydın",
            "Günaydın!",
            "おはよう",
            "早上好",
            "السلام عليكم",
            "سلام",
            "नमस्ते",
            "안녕하세요",
            "Dobrý den",
        ),
        *("morning!", "Morning Alex", "evening all"),
        *("happy monday everyone", "welcome back", "long time no see", "Good morning\nAlex"),
    ],
    SmallTalk.THANKS: [
        *("thank you so much", "Thanks!", "thx", "ty", "cool, thanks", "thanks for your help!", "hi, thanks"),
        *(
            "danke schön",
            "merci beaucoup",
            "muchas gracias",
            "grazie mille",
            "obrigado",
            "dank je wel",
            "dzięki",
        ),
        *(
            "большое спасибо",
            "teşekkürler",
            "ありがとうございます",
            "谢谢",
            "شكرا جزيلا",
            "مرسی",
            "धन्यवाद",
            "감사합니다",
        ),
        *("thaaanks", "thank you 🙏", "great, thanks mate", "I really appreciate it", "thanks, you too!"),
    ],
    SmallTalk.BYE: [
        *(
            "see you soon",
            "night!",
            "bye!",
            "good night all",
            "ttyl",
            "tschüss",
            "Gute Nacht",
            "à bientôt",
            "a bientot",
        ),
        *("hasta luego", "a presto", "até logo", "tot ziens", "do widzenia", "спокойной ночи", "iyi geceler"),
        *("İyi geceler", "おやすみ", "再见", "مع السلامة", "خداحافظ", "फिर मिलेंगे", "잘 자", "bye-bye"),
    ],
    SmallTalk.WISHES: [
        *(
            "have a nice weekend!",
            "enjoy your weekend!",
            "happy birthday!",
            "Happy Birthday Alex 🎂🎉",
            "good luck",
            "merry christmas",
        ),
        *("schönes Wochenende", "bonne journée", "bonne journee", "feliz cumpleaños", "feliz cumpleanos"),
        *(
            "buon compleanno",
            "feliz aniversário",
            "fijne dag",
            "sto lat",
            "с днём рождения",
            "doğum günün kutlu olsun",
        ),
        *(
            "お誕生日おめでとう",
            "生日快乐",
            "عيد مبارك",
            "نوروز مبارک",
            "जन्मदिन मुबारक",
            "생일 축하해",
        ),
        *("¡Feliz cumpleaños!", "thank you and have a great day"),
    ],
    SmallTalk.ACKNOWLEDGEMENT: [
        "haha",
        "lol",
        "nice",
        "wow",
        "hahaha 😂",
        "jajaja",
        "you're welcome",
        "哈哈哈",
        "ㅋㅋㅋ",
    ],
    SmallTalk.HOW_ARE_YOU: [
        *("how are you?", "How are you", "good morning, how are you?", "how's it going?", "wie geht's?"),
        *(
            "comment ça va ?",
            "ça va ?",
            "¿cómo estás?",
            "¿Qué tal?",
            "come stai?",
            "tudo bem?",
            "hoe gaat het?",
        ),
        *(
            "jak się masz?",
            "как дела?",
            "nasılsın?",
            "お元気ですか？",
            "你好吗？",
            "كيف حالك؟",
            "چطوری؟",
            "कैसे हो?",
        ),
    ],
}
TRAPS = [
    # Pleas, invitations, goodbyes for good, and what knows of something that the owner may not have told.
    *(
        "hi, thanks for any help!",
        "hey 🙏🙏🙏",
        "good evening 🍻🥂",
        "goodbye world",
        "be well",
        "so grateful",
    ),
    *("goodbye everyone. i'm so grateful. be well.", "congratulations to you both", "enjoy your vacation!"),
    *(
        "ご結婚おめでとうございます",
        "herzlichen glückwunsch zur hochzeit",
        "新婚快乐",
        "guten flug",
        "ate",
        "yo",
    ),
    # The same in other languages: goodbyes for good, care, congratulations, what defers or reports.
    *("so long", "so long everyone", "rest well", "all the best", "peace out", "later!", "l8r", "well done"),
    *(
        "adeus",
        "adiós",
        "Adiós a todos",
        "adios",
        "さようなら",
        "farvel",
        "αντίο",
        "selamat tinggal",
        "tạm biệt",
    ),
    *("veel sterkte met alles", "trzymaj się", "cuídate", "kendine iyi bak", "保重", "加油", "頑張って"),
    *("felicitaciones!", "parabéns", "grattis", "مبروك", "מזל טוב", "gratki", "auguri!", "συγχαρητήρια"),
    *("बधाई हो", "tillykke", "kutlarım", "complimenti", "chúc mừng", "selamat", "мои поздравления"),
    *(
        "später",
        "később",
        "dah",
        "napıyorsun",
        "hva skjer med deg",
        "τι κάνεις",
        "ce faci",
        "また今度ね",
        "改天聊",
    ),
    *(
        "encantada",
        "dobrý",
        "um abraço",
        "一路顺风",
        "gute reise",
        "viel spaß",
        "que descanses",
        "bom descanso",
    ),
    # answers, consents, refusals
    *(
        "ok",
        "okay",
        "yes",
        "no",
        "sure",
        "deal",
        "fine",
        "agreed",
        "sounds good",
        "will do",
        "great",
        "perfect",
    ),
    *(
        "cool",
        "good",
        "yep",
        "k",
        "done",
        "works for me",
        "no problem",
        "np",
        "no thanks",
        "yes please",
        "ok thanks",
    ),
    *(
        "alles klar",
        "todo bien",
        "tudo bem",
        "tak",
        "d'accord",
        "vale",
        "いいよ",
        "好的",
        "да",
        "хорошо",
        "tamam",
    ),
    *("by all means", "certainly", "indeed it was", "indeed it is", "sixteen is perfect", "sixteen it is"),
    # what the issue names
    *("taking your bike out, Marcus said it was fine", "i took all the tablets", "do you love me"),
    *("so it was you", "is this really alex", "thinking of you and me moving in together"),
    # times, places, names, numbers
    *(
        "see you tomorrow",
        "see you at eight",
        "see you there",
        "see you then",
        "see you in Paris",
        "thanks Sam",
    ),
    *("good morning Marcus", "bis morgen", "à demain", "later", "morgen", "happy 40th", "thanks 2"),
    # intimate, ironical, grave
    *(
        "adieu",
        "прощай",
        "goodnight my dear",
        "love you",
        "miss you",
        "sweet dreams",
        "hugs",
        "good night 😘",
        "thanks ❤️",
        "hi 💍",
        "xoxo",
        "bye 🤗",
    ),
    *(
        "thanks for nothing",
        "thanks for telling everyone",
        "have a nice life",
        "get well soon",
        "goodbye forever",
    ),
    *(
        "take care of yourself",
        "thanks for everything",
        "take care of it",
        "rest in peace",
        "good luck with that",
    ),
    # questions, marked and not
    *(
        "good morning?",
        "thanks?",
        "nice?",
        "see you soon?",
        "good morning？",
        "how are you？",
        "how are you feeling",
    ),
    *(
        "how are you and Sam?",
        "how are you going to pay",
        "you too?",
        "haha?",
        "thanks ?",
        "? hi",
        "¿gracias?",
    ),
    # beside the set
    *(
        "you too",
        "and thanks",
        "thanks and",
        "cool,",
        "Alex",
        "everyone",
        "👋",
        "🙏",
        "",
        " ",
        "...",
        "thanks _",
    ),
    *(
        "hi Sam Guilty",
        "hi guilty",
        "thanks: now pay",
        "hello <b>",
        "thanks 👍",
        "good morning 🔫",
        "thanks #1",
    ),
]


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in EXAMPLES.items() for text in texts]
)
def test_each_kind_is_recognised_in_many_languages(kind: SmallTalk, text: str) -> None:
    assert small_talk(text, OWNER) is kind


@pytest.mark.parametrize("text", TRAPS)
def test_what_says_more_is_none(text: str) -> None:
    assert small_talk(text, OWNER) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "good\u034f morning",
            "thanks\u200b",
            "th\u200danks",
            "hi\ufe0f",
            "hi\U000e0041",
            "th\u00adanks",
            "hi\u0301",
        ),
        *(
            "\u202ethanks",
            "ｔｈａｎｋｓ",
            "th\u0430nks",
            "ɡood morning",
            "than\u212as",
            "ﬁne thanks",
            "hi\x00",
            "h\u0131",
        ),
        *("спаcибо", "dаnke", "gracías amigo mío", "αnd thanks", "ＨＩ", "ⓗⓘ", "𝐡𝐢", "hi\u3164"),
    ],
)
def test_what_is_not_seen_or_only_looks_alike_makes_it_none(text: str) -> None:
    assert small_talk(text, OWNER) is None


def test_one_kind_a_phrase_and_only_the_owner_may_be_called_by_name() -> None:
    assert small_talk("thanks Alex Moor", OWNER) is SmallTalk.THANKS
    assert small_talk("thanks Moor", OWNER) is None
    assert small_talk("thanks Alex") is None


def test_several_messages_must_all_be_small_talk_and_the_weightiest_counts() -> None:
    assert small_talk_of(["hi", "how are you?", "thanks"]) is SmallTalk.HOW_ARE_YOU
    assert small_talk_of(["haha", "good night"]) is SmallTalk.BYE
    assert small_talk_of(["can you lend me fifty?", "haha"]) is None
    assert small_talk_of([]) is None
    assert set(WEIGHT) == set(SmallTalk)


def test_it_is_short() -> None:
    assert small_talk("thank you, " * 5) is SmallTalk.THANKS
    assert small_talk("thank you, " * 6) is None
    assert small_talk("hi" + "!" * 200) is None
    assert small_talk("haha 😂😂😂😂") is SmallTalk.ACKNOWLEDGEMENT
    assert small_talk("haha " + "😂" * 5) is None


FILE = tomllib.loads(Path(core.policy.small_talk.__file__).with_name("phrases.toml").read_text("utf-8"))
PHRASES = [pattern for item, pattern in grammar().items() if item.role == "phrase"]
phrases = st.sampled_from(PHRASES).flatmap(lambda pattern: st.from_regex(pattern, fullmatch=True))
short = phrases.filter(lambda text: len(text) <= 60 and unicodedata.is_normalized("NFC", text))
listed = st.sampled_from([text for texts in EXAMPLES.values() for text in texts])
LETTERS = {letter for _, text in [(0, pattern.pattern) for pattern in grammar().values()] for letter in text}
SIGNS = {letter for lines in FILE["signs"].values() for line in lines for letter in line}
MARKS = set(" !.,;…~。、！～،।•–—:\n\t\r\v\f-'’‘`´?？؟¿¡@")


def test_of_the_pictographs_only_a_few_say_nothing() -> None:
    for text in ("", " \n\u200b", "🎉", "😂" * 20, ":)", "👍🏽", "❤️", "…", "🎂 🎉!"):
        assert says_nothing(text)
    for text in ("?", "🎉❓", "💍", "👎", "🚲", "x", "7", "🇱 🇪", "⠇", "Ⓛ", "\U000e0041", "🙂😊😀😃😄"):
        assert not says_nothing(text)


@given(st.text(max_size=5))
def test_what_has_a_letter_or_a_number_of_any_script_says_something(text: str) -> None:
    assume(any(unicodedata.category(char)[0] in "LN" for char in text) and not set(text) & set(":=\\"))
    assert not says_nothing(text)


@given(short)
def test_every_phrase_of_the_set_is_small_talk_with_or_without_a_stop(text: str) -> None:
    assert small_talk(text) is not None
    assert small_talk(f"{text}!") is not None


@given(listed, st.characters(), st.data())
def test_a_character_that_no_phrase_has_makes_it_none(text: str, strange: str, data: st.DataObject) -> None:
    assume(strange.lower() not in LETTERS | MARKS and not strange.isspace())
    assume(strange not in SIGNS)
    place = data.draw(st.integers(0, len(text)))
    assert small_talk(text[:place] + strange + text[place:], OWNER) is None


CLAUSES = [
    *(
        "can you lend me fifty euros",
        "the key is under the mat",
        "marcus said it was fine",
        "i took the tablets",
    ),
    *(
        "so it was you",
        "meet me at eight",
        "call mum",
        "are you a bot",
        "yes",
        "ok",
        "deal",
        "don't tell anyone",
    ),
    *(
        "ich komme morgen",
        "j'ai besoin de toi",
        "estoy en el hospital",
        "мне нужны деньги",
        "お金を貸して",
        "借我钱",
    ),
    *("it is 8", "sixteen", "x", "sam", "http://a.example", "love you", "i'm not fine", "you decide", "not"),
]


@given(
    listed,
    st.sampled_from(CLAUSES),
    st.sampled_from([" ", ", ", "! ", "\n", ". ", " and ", " 🙂 ", "… "]),
    st.booleans(),
)
def test_any_clause_beside_small_talk_makes_it_none(text: str, clause: str, joint: str, before: bool) -> None:
    assert small_talk(f"{clause}{joint}{text}" if before else f"{text}{joint}{clause}", OWNER) is None


@given(
    st.lists(
        st.sampled_from(["hi", "thanks", "bye", "nice", "Alex", "and", "you too", "all", "cool", "?"]),
        max_size=4,
    )
)
def test_words_of_the_set_in_any_order_never_fail_and_never_mix_in_a_question(words: list[str]) -> None:
    kind = small_talk(" ".join(words), OWNER)
    assert kind is None or ("?" not in words and {"hi", "thanks", "bye", "nice"} & set(words))
