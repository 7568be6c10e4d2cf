# ruff: noqa: E501 (a row is a line)
"""Somebody else's turn where no line begins with it, and the owner's label in other signs."""

from tests.shapes.shape import YES, Shape

SAME_LINE = (
    *(
        Shape(f"sure, see you at seven{behind}", "sure, see you at seven")
        for behind in (
            " Sam: great", " Jo: great", " **Sam:** great", " **Sam**: great", " *Sam:* great", " [Sam]: great", " <Sam>: great", " SAM: great", " Sam：great", " Sam : great", " Sam Okafor: great", "  Sam: great\nAlex: bye",
            "\nSam > great", "\nSam> great", "\nSam » great", "\nSam | great", "\n@Sam: great", "\n\n@Jo: great", "\nSam\ngreat", "\n\nSam\n\ngreat", "\nJo\n\ngreat, see you", "\n\nSam Okafor\ngreat",
            " [Sam laughs]", "\n[Sam laughs]", " [Sam smiles and nods]", "\n\n[Sam is typing...]", "\n*Sam smiles and nods*", " *Sam laughs*", " (Sam laughs)", " (Sam is typing...)", "\nSam nods.", "\nSam laughs and waves.", " [Sam lacht]", " [Sam rit]", " *Sam sourit*",
            " (Sam lacht)", " [Sam笑了]", "（Sam笑）", "【Sam笑】", "\n[Sam смеётся]", " (Sam смеётся)", " *Sam sonríe*", "\n_Sam smiles_", " [Sam sent a photo]", " [Alex laughs]",
            "\nMe: yes", "\nMe: yes\nSam: great", "\nIch: ja", "\n**Me:** yes", "\nMoi : oui", "\n我：好", "\nЯ: да", "\nYo: sí",
        )
    ),
    Shape("sure, see you at seven. Sam: great. Alex: see you", "sure, see you at seven."),
    Shape("sure, see you at seven! Sam: great", "sure, see you at seven!"),
    Shape("ja klar, bis um sieben Sam: super", "ja klar, bis um sieben"),
    Shape("oui, à sept heures Sam : super", "oui, à sept heures"),
    Shape("sí, nos vemos a las siete Sam: genial", "sí, nos vemos a las siete"),
    Shape("да, увидимся в семь Sam: отлично", "да, увидимся в семь"),
    Shape("好的，七点见 Sam：好", "好的，七点见"),
    Shape("うん、七時にね Sam: いいね", "うん、七時にね"),
    Shape(f"{YES} Sam: and you? Alex: me too", YES),
    Shape(f"{YES} **Jo:** and you?", YES),
)  # fmt: skip
OWN_LABELS = tuple(
    Shape(f"{label}{YES}", YES)
    for label in (
        "(Alex) ", "(Alex Rivera) ", "Alex> ", "Alex > ", "Alex | ", "Alex » ", "Alex ⟩ ", "Alex ➤ ", "`Alex:` ", "`Alex`: ", "`Alex Rivera:` ", "**[Alex]** ", "**[Alex]**: ", "**[Alex Rivera]:** ", "*(Alex)* ", "__<Alex>__ ",
        "A: ", "|Alex| ", "|Alex Rivera| ", '"Alex": ', '"Alex:" ', "“Alex”: ", "ALEX> ", "alex | ", "AR> ", "(AR) ", "答：", "返事：", "답: ", "Antwoord: ", "Antwortvorschlag: ", "คำตอบ: ", "Câu trả lời: ",
    )
)  # fmt: skip
CALLED = (
    "tell Sam: see you at seven", "please pass it on to Sam: seven", "i got a text from Sam: no", "i was there with Sam: great fun", "could you ask Sam: is it seven", "ok Sam: deal", "honestly Sam: no", "who brings what to the party Sam: rope", "it went to Jo and Sam: both happy",
    "i said it to Sam: no way", "see you there, Sam: don't be late", "ich habe es dann Jo und Sam: beide", "bitte sag das auch Sam: um sieben", "ich komme heute mit Sam: passt", "dis bonjour de ma part à Sam: merci", "je viens ce soir avec Sam: ok", "voy esta tarde con Sam: vale", "передай это пожалуйста для Sam: семь",
    "帮我告诉一下 Sam：七点", "the split is then Sam: 12€, Jo: 8€", "see you at seven, Jo: wine, Sam: bread", "who is coming on friday?\nSam\nmaybe Jo", "i asked:\nSam\nJo", "we were three:\nSam\nthe dog", "Sam > Jo in chess", "see you (Sam says hi)", "see you (Sam's idea)", "it's at seven [sic]", "lovely *hugs*", "see you there\n\nSam is coming too",
    "new number (Alex)", "a > b", "Q: what's brown and sticky?\nA: a stick", "A: rope, B: milk", "see you at seven same: no", "so sam: no",
)  # fmt: skip
"""Replies in which a known name is told, called, or listed."""
