# ruff: noqa: E501 (a row is a line)
"""How a model plans, presents, asks and notes, in many languages; and what looks like that and is none."""

from tests.shapes.shape import YES, Shape

PLANS = (
    *(
        Shape(f"{thought}\n\n{YES}", YES)
        for thought in (
            "Alright, I need to write a reply from Alex's perspective.", "Okay, so I'll write a short reply as Alex.", "I should say yes.", "We should say yes.", "I'll just say yes.", "Let me say yes.", "Let's say yes.", "Hmm. Sam wants dinner at seven. Let me say yes.", "So I should accept.", "I'd better decline politely.",
            "The answer should be yes.", "Got it, let's craft a reply.", "As Alex, I'd say yes.", "Hmm, Sam is asking about dinner. As Alex I'd probably say yes.",
            "好，我现在需要以Alex的口吻回复Sam。首先，Sam问的是晚饭。", "用户在问晚饭，我应该简短回复。", "我应该说好。", "D'accord, l'utilisateur demande l'heure. Je dois répondre en tant qu'Alex.", "Je devrais dire oui.", "まず、ユーザーは夕食の時間を聞いています。Alexとして短く返事をします。", "사용자가 저녁 시간을 묻고 있습니다. Alex로서 짧게 답해야 합니다.",
            "حسنًا، المستخدم يسأل عن العشاء. يجب أن أرد باسم أليكس.", "Ok, l'utente chiede della cena. Devo rispondere come Alex.", "Dovrei dire di sì.", "Ok, o usuário está perguntando sobre o jantar. Preciso responder como Alex.", "Tamam, kullanıcı akşam yemeğini soruyor. Alex olarak cevap vermeliyim.",
            "Okej, użytkownik pyta o kolację. Muszę odpowiedzieć jako Alex.", "Oké, de gebruiker vraagt naar het eten. Ik moet antwoorden als Alex.", "Ik moet ja zeggen.", "ठीक है, उपयोगकर्ता पूछ रहा है। मुझे Alex के रूप में जवाब देना चाहिए।", "Được rồi, người dùng hỏi về bữa tối. Tôi cần trả lời với tư cách Alex.",
            "Oke, pengguna bertanya tentang makan malam. Saya harus menjawab sebagai Alex.", "Хорошо, пользователь спрашивает про ужин. Мне нужно ответить от имени Алекса.", "Мне нужно сказать да.", "Okay, der Nutzer fragt nach dem Essen. Ich soll als Alex antworten.", "Ich sollte zusagen.", "Debo responder que sí.",
            "What would Alex say?", "What would Alex say here?", "How should Alex reply?", "How would Alex respond to this message?", "What does the user want here?", "How should I respond?", "Hmm, how should I answer this?", "What tone should I use?", "Should I keep it short?", "Shall I draft a reply?", "Which tone do you prefer?", "Would you like a formal or a casual reply?",
            "我应该怎么回复？", "用户想要什么？", "Alex会怎么说？", "Wie soll ich als Alex antworten?", "Was soll ich antworten?", "Was würde Alex sagen?", "Was will der Nutzer?", "Comment répondre en tant qu'Alex ?", "Que dirait Alex ?", "¿Cómo debo responder?", "¿Qué diría Alex?", "Come devo rispondere?", "Cosa direbbe Alex?", "Como devo responder?", "O que Alex diria?",
            "Как мне ответить?", "Что бы сказал Алекс?", "Jak mam odpowiedzieć?", "Hoe moet ik antwoorden?", "Wat zou Alex zeggen?", "Nasıl cevap vermeliyim?", "どう返信すればいいですか？", "Alexならどう答える？", "어떻게 답해야 할까?", "كيف يجب أن أرد؟", "मुझे कैसे जवाब देना चाहिए?", "Bagaimana saya harus menjawab?", "Tôi nên trả lời thế nào?",
        )
    ),
    Shape(f"Thinking Process:\n\n1.  **Analyze the Request:** Sam asks.\n2.  **Draft:** sure\n\n{YES}", YES),
    Shape(f"Here's a thinking process that leads to the suggested response:\n\n1. Understand: Sam asks.\n2. Draft: ok.\n\n{YES}", YES),
    Shape(f"Thought process:\n\n- Sam asks.\n- Short.\n\n{YES}", YES),
    Shape(f"思考过程：\n\n1. Sam问晚饭。\n2. 简短。\n\n{YES}", YES),
    Shape("Thinking Process:\n\n1.  **Analyze the Request:** Sam asks.\n2.  **Draft:** sure", None),
    Shape(f"<unused94>thought\nThe user asks.\n<unused95>{YES}", YES),
    Shape(f"<ctrl94>thought\nThe user asks.<ctrl95>{YES}", YES),
    Shape("<unused94>thought\nThe user asks", None, True),
    Shape(f"*Thinking...*\n\n> Sam asks about dinner\n\n{YES}", YES),
    Shape(f"**Thinking…**\n> Sam asks.\n> So yes.\n\n{YES}", YES),
    Shape(f"_Réflexion..._\n\n> Sam demande\n\n{YES}", YES),
    *(Shape(f"<{name}>hm</{name}>{YES}", YES) for name in ("думка", "réflexion", "pensée", "pensamiento", "denken", "мысли", "gedanken", "생각")),
    *(
        Shape(text, YES)
        for text in (
            f'I think I\'d say something like "{YES}"', f'So something like "{YES}" would be good.', f'I\'d say "{YES}".', f'Maybe something like “{YES}”', f"Ich würde „{YES}“ sagen.", f"Je dirais « {YES} »", f"Diría algo como «{YES}»", f"Я бы сказал что-то вроде «{YES}»", f"我会说“{YES}”", f"「{YES}」と返信します",
        )
    ),
)  # fmt: skip
PRESENTED_AGAIN = tuple(
    Shape(f"{before}{YES}", YES)
    for before in (
        "How about:\n", "How about this:\n\n", "Try this:\n", "Maybe:\n\n", "Understood!\n\n", "Noted.\n\n", "Got it!\n\n", "Shorter version:\n", "Shorter version: ", "Short version:\n", "Casual version:\n", "Revised: ", "Updated reply:\n", "Here's my attempt:\n\n", "Here's another try:\n\n", "Here's the shorter one:\n\n", "You can write: ", "I'd suggest: ",
        "Thank you for the feedback. Here's a revised version:\n\n", "I apologize for the confusion. Here's a corrected reply:\n\n", "Sorry about that! Here's the shorter one:\n\n", "You're right. Here's a new version:\n\n", "Noted. Here's the draft:\n\n", "Given Alex's style, a fitting reply would be:\n",
        "Verstanden!\n\n", "Compris !\n\n", "¡Entendido!\n\n", "Понял!\n\n", "明白了！\n\n", "了解しました！\n\n", "알겠습니다!\n\n", "Kürzere Version:\n", "Version plus courte :\n", "Versión más corta: ", "Versione più breve:\n", "Короткий вариант:\n", "Krótsza wersja: ", "更短的版本：\n", "短いバージョン：\n", "짧은 버전:\n",
        "Danke für das Feedback. Hier ist eine überarbeitete Version:\n\n", "Désolé pour la confusion. Voici une version corrigée :\n\n", "Gracias por el comentario. Aquí tienes una versión revisada:\n\n", "Извините за путаницу. Вот исправленный вариант:\n\n", "抱歉造成混淆。这是修改后的版本：\n\n", "이렇게 답장하면 됩니다:\n", "इसका एक छोटा जवाब:\n\n",
    )
)  # fmt: skip
BEHIND_AGAIN = tuple(
    Shape(f"{YES}{behind}", YES)
    for behind in (
        "\n\nHow does that sound?", "\n\nDoes this sound like Alex?", "\n\nWould Alex say that?", "\n\nIs this reply ok?", "\n\nIs the tone right?", "\n\nWhat do you think of this draft?", "\n\nAnything to change?", "\n\nAny changes?", "\n\nIn which language should I reply?", "\n\nMöchtest du eine andere Version?", "\n\nSoll ich es förmlicher machen?", "\n\nVoulez-vous une autre version ?", "\n\n¿Quieres otra versión?", "\n\n¿Algo más?",
        "\n\nVuoi un'altra versione?", "\n\nQuer outra versão?", "\n\nХотите другой вариант?", "\n\nСделать короче?", "\n\nChcesz inną wersję?", "\n\nWil je een andere versie?", "\n\nBaşka bir versiyon ister misin?", "\n\n要不要更正式一点？", "\n\n需要我换个说法吗？", "\n\nもっと丁寧にしますか？", "\n\n更に修正しますか？", "\n\n더 정중하게 할까요?", "\n\nهل تريد نسخة أخرى؟", "\n\nMau versi lain?", "\n\nBạn có muốn phiên bản khác không?",
        "\n\nHinweis: Die Antwort ist kurz gehalten.", "\n\nRemarque : le ton est décontracté.", "\n\nПримечание: ответ короткий.", "\n\n注：保持了随意的语气。", "\n\nNota: mantuve un tono casual.", "\n\n(Ghi chú: trả lời ngắn)", "\n\n(Catatan: singkat saja)", "\n\n(หมายเหตุ: ตอบสั้น)", "\n\n（这是一个简短的回复）", "\n\n[End of reply]", "\n\n[End of conversation]", "\n\n(End)", "\n\nEND", "\n\n(Based on note 3)", "\n\n(from the notes: dinner at seven)",
        "\n\n(laut Notiz 3)", "\n\n(según las notas)", "\n\n（根据笔记）", "\n\nThis reply confirms the time.", "【1†source】", "\n\nSources: calendar", " *smiles*", " (smiling)", " (grins)", " _winks_", "\n\n*sends message*", " *lächelt*", " *sourit*", " *улыбается*", " (typing...)", "\n\n(sent)", "\n\n[sent at 19:02]",
        "<eos_token>", "<eod>", "<end_of_tu", "[END FINAL RESPONSE]", "<role>HUMAN</role>", "<minimax:tool_call>", "<unused5>", "<reserved_1>", "<eom>", "<sep>", "<file_sep>", "im_end|>", "<eod>\nuser\nwhat?", "<role>HUMAN</role>\nwhat?", "<end_of_turn", "<dummy00001>", "[END OF FINAL ANSWER]",
    )
)  # fmt: skip
WHOLE = (
    Shape(f"**{YES}**", YES),
    Shape(f"> {YES}", YES),
    Shape(f"> {YES}\n> see you", f"{YES}\nsee you"),
    Shape(f"'''{YES}'''", YES),
    Shape(f'"{YES}" - Alex', YES),
    *(
        Shape(text, None)
        for text in (
            "None", "null", "undefined", "NO_REPLY", "<no_reply>", "[silence]", "*no response*", '{"tool_call": {"name": "send"}}', '{"action": "none"}', '{"tool": "send"}', '{"function": {"name": "send"}}', '{"status": "ok"}', "<minimax:tool_call>\nsend", "What would you like me to write?", "Was soll ich schreiben?", "你想让我写什么？", "¿Qué quieres que escriba?",
            "Hello! How can I help you today?", "Alex: Hello! How can I help you today?", "Hi there! What can I do for you?", "Hallo! Wie kann ich dir helfen?", "Bonjour ! Comment puis-je vous aider ?", "¡Hola! ¿En qué puedo ayudarte hoy?", "Привет! Чем могу помочь?", "你好！有什么可以帮您的吗？", "こんにちは！何かお手伝いできることはありますか？", "안녕하세요! 무엇을 도와드릴까요?",
            "I'm Claude, an AI assistant made by Anthropic.", "I'm Qwen, created by Alibaba Cloud.", "I was created by OpenAI.", "我是通义千问，由阿里云开发。", "Je suis un assistant IA.", "Ich bin ein KI-Assistent.", "Soy un asistente de IA.", "Я — языковая модель.", "Jestem asystentem AI.", "私はAIアシスタントです。", "저는 AI 언어 모델입니다.",
            "Przykro mi, ale nie mogę w tym pomóc.", "Het spijt me, maar daar kan ik niet bij helpen.", "Xin lỗi, tôi không thể giúp với yêu cầu này.", "ขออภัย ฉันไม่สามารถช่วยได้", "I must decline to impersonate Alex.", "This request goes against my guidelines.", "There is no message to reply to.", "It looks like you haven't provided a message. Could you share it?", "I cannot provide a reply because there is not enough context.",
        )
    ),
    *(Shape(text, None, True) for text in ("1" * 300, "a" * 300, "the " * 60, "1, " * 90, "0123456789" * 30, "да " * 60, "der\n" * 60, "I" * 99)),
)  # fmt: skip
AS_PEOPLE_WRITE = (
    "Option 1: tuesday\nOption 2: wednesday", "Option 1: tuesday. Option 2: wednesday. Which?", "we could meet:\nOption 1: tuesday\nOption 2: wednesday", "Option A: train\nOption B: bus", "Opción 1: martes\nOpción 2: miércoles", "Variante 1: Dienstag\nVariante 2: Mittwoch", "Вариант 1: вторник\nВариант 2: среда", "选项1：周二\n选项2：周三", "옵션 1: 화요일\n옵션 2: 수요일", "1. tuesday\n2. wednesday",
    "yes\n---\nalso bring wine", "yes\n***\nalso bring wine", "ja\n---\nbring auch wein mit", "好\n---\n带酒来", "Yes\n---\nAlso bring wine", "use <think> tags for qwen", "type `<think>` to begin", "the <think> block is empty", "qwen with <think> and without", "mit <think> tags gehts", "never use <reasoning> tags", "i should reply to mum\n\nbrb", "i'd say \"no\" to that", "he said something like \"no\"",
    "how about: tuesday", "how about:\ntuesday", "try this:\nturn it off", "understood", "Understood!", "got it!\n\nsee you", "short version: we broke up", "none", "None of them", "nothing", "what do you want me to do?", "how can i help?", "i'm claude's friend", "i'm an artist", "I was made by my mum lol", "**no**", "**very** late", "> 3", "see you *hugs*", "haha (笑)", "see you (from my notes)", "see you\nNote: mention the gate",
    "remarque : la porte ferme à huit heures", "ok\nHinweis: das Tor schließt um 8", "let me say this: no", "one more thing\n\nhow does that sound", "Friday at 8?\n\nHow does that sound?", "möchtest du ein anderes bier?", "haha ja", "the end", "it's in [1]", "what would Alex say lol", "1", "a", "111", "ok ok ok",
)  # fmt: skip
"""What looks like one of these, and is a reply."""
