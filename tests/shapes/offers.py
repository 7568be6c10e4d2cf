# ruff: noqa: E501 (a row is a line)
"""What a model says behind a reply to the one who asked for it."""

from tests.shapes.shape import YES, Shape

OFFERS = (
    *(
        Shape(f"{YES}\n\n{line}", YES)
        for line in (
            "Would you like me to make it shorter?", "Would you like it shorter?", "Should I send it?", "Shall I send this?", "Do you want me to send this?", "Do you want me to change anything?", "Want it shorter?", "Want me to send it?", "How's that?", "How is this?",
            "Is this okay?", "This is short and dry.", "This is dry, like Alex.", "(I kept it short and dry.)", "(in Alex's voice)", "*Note: Alex climbs until seven.*", "Note: Alex climbs until seven.", "Because Alex climbs on friday until seven.", "Alex climbs on friday until seven.",
            "(English: yes, after seven)", "[Translation: ja]", "Soll ich das so senden?", "Soll ich es ändern?", "Passt das so?", "这样可以吗？", "要发送吗？", "これでいいですか？", "送信しますか？", "이렇게 보낼까요?", "Отправить?", "Отправить так?", "Так пойдёт?", "¿Quieres que lo cambie?",
            "Should I go ahead and send it?", "Send it?", "I can also make it shorter.", "That's how Alex would say it.", "Kann ich das so abschicken?", "这个回复可以吗？", "要改短一点吗？", "Хотите изменить?", "C'est bon comme ça ?",
            "¿Lo envío?", "Ça te va comme réponse ?", "Je l'envoie ?", "Lo mando così?", "Va bene così?", "Quer que eu envie?", "Wysłać?", "Göndereyim mi?",
        )
    ),
    Shape(f"{YES}\nHow's that?", YES),
    Shape(f"{YES}\nBecause Alex climbs on friday until seven.", YES),
    Shape(f"{YES} (I kept it short and dry.)", YES),
    Shape(f"{YES} (I've kept this brief)", YES),
    Shape(f"{YES} (in Alex's voice)", YES),
    Shape(f"{YES} (as Alex)", YES),
    Shape("oui, après sept heures (English: yes, after seven)", "oui, après sept heures"),
)  # fmt: skip
