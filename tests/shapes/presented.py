# ruff: noqa: E501 (a row is a line)
"""How a model says that a reply follows, or whose it is, and offers several."""

from tests.shapes.shape import YES, Shape

SAID_TO_FOLLOW = (
    *(
        Shape(f"{head} {YES}", YES)
        for head in (
            "Here's what Alex would say:", "I'd say:", "Sure! Here's one:", "Here's what I'd say:", "Here's Alex's message:", "My reply would be:", "My response:", "I will reply:",
            "I would answer:", "Alex might say:", "Alex's short answer:", "The answer is:", "Final:", "Best reply:", "(As Alex)", "[as Alex Rivera]", "GPT4 Correct Assistant:", "Alex would write:", "What Alex would reply:",
            "Alex Moreau:", "**Alex Moreau:**", "Alex antwortet:", "Alex schreibt:", "Alex répond :", "Alex respondería:", "Alex dice:", "Alex risponde:", "Alex odpowiada:", "Я бы ответил:", "Я бы ответила:", "Ich würde antworten:",
            "Je répondrais :", "Yo respondería:", "Alex의 답장:", "Alex'in yanıtı:", "Alex trả lời:", "Antwort von Alex:", "Respuesta de Alex:", "Réponse d'Alex :", "Risposta di Alex:",
            "Alex replies with:", "Alex texts back:", "In Alex's voice:", "You could reply:", "A good reply would be:", "Final message:", "So würde Alex antworten:", "Алекс ответил бы:", "Ответ Алекса:", "알렉스의 답장:", "Odpowiedź Alexa:",
            "Алекс:", "알렉스:", "أليكس:", "एलेक्स:", "Άλεξ:", "アレックス：", "אלכס:", "**Алекс:**",
        )
    ),
    *(
        Shape(f"{head}\n\n{YES}", YES)
        for head in ("Here you go:", "You can reply with:", "I'd say:", "My response:", "Here's what Alex would say:", "Alex's message:", "Alex would say:")
    ),
    *(
        Shape(f'{head} "{YES}"', YES)
        for head in ("Try this:", "You can reply with:", "How about this?\n\n", "How about this:\n", "You can say:", "I'd say:")
    ),
    Shape("Алекс: да, после семи", "да, после семи"),
    Shape("알렉스: 응, 일곱 시 이후", "응, 일곱 시 이후"),
)  # fmt: skip
UNMARKED_OPTIONS = (
    Shape(f"A) {YES}\nB) not on friday", YES),
    Shape(f"A) {YES} B) not on friday", YES),
    Shape(f"A. {YES}\nB. not on friday", YES),
    Shape(f'"{YES}"\n"not on friday"', YES),
    Shape(f'"{YES}"\n\n"not on friday"\n\n"who knows"', YES),
    Shape(f"“{YES}”\n“not on friday”", YES),
    Shape(f'- "{YES}"\n- "not on friday"', YES),
    Shape(f'1. "{YES}"\n2. "not on friday"', YES),
    Shape("- climbing till 7, then yes\n- not on friday, i climb", "climbing till 7, then yes"),
    Shape("* Climbing till 7, then yes.\n* Not on friday, sorry.", "Climbing till 7, then yes."),
)
