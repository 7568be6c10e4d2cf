# ruff: noqa: E501 (a row is a line)
"""What models put around a reply or instead of one, in many languages and signs: whole kinds by their rows."""

from tests.shapes.shape import YES, Shape

REFUSED = (
    *(Shape(text, None) for text in (
        "I can't help with that.", 'I cannot help with that.', "I'm not able to help with that.", "As Alex's assistant I cannot answer that.", "As Alex's assistant, I can't say.", 'As an assistant, I cannot do that.', "I'm Alex's assistant and can't speak for him.", "I am an assistant, so I can't come.", "As your assistant, I can't do that.", "As Alex's understudy, I cannot say.", "I can't assist with that.", "I can't respond to that.", "I can't answer that.", "I won't help with that.", "I'm sorry, I can't help with that.", "Sorry, I can't assist with that.", 'I do not have enough information to answer that.', "I don't have access to Alex's calendar.", "I don't have that information.", 'I have no information about that.', 'There is no information about Friday in the notes.', "The notes don't say whether Alex is free.", "I don't have any information about Alex's plans.", "I don't have personal plans.", "I don't have a body.", "I'm a language model.", 'I am a chatbot.', "I'm just a bot.", 'Das kann ich leider nicht beantworten.', 'Dabei kann ich nicht helfen.', 'Dabei kann ich leider nicht helfen.', 'Als Assistent von Alex kann ich das nicht sagen.', "Als Alex' Assistent kann ich das nicht.", 'Ich bin der Assistent von Alex.', 'Tut mir leid, dabei kann ich nicht helfen.', 'Je ne peux pas vous aider avec ça.', 'Je ne peux pas aider à cela.', 'Désolé, je ne peux pas vous aider.', "En tant qu'assistant d'Alex, je ne peux pas répondre.", 'No puedo ayudarte con eso.', 'No puedo ayudar con eso.', 'Lo siento, no puedo ayudarte con eso.', 'Como asistente de Alex, no puedo responder.', 'Não posso ajudar com isso.', 'Desculpe, não posso ajudar com isso.', 'Como assistente do Alex, não posso.', 'Non posso aiutarti con questo.', 'Mi dispiace, non posso aiutarti con questo.', 'Come assistente di Alex, non posso.', 'Я не могу помочь с этим.', 'Я не могу с этим помочь.', 'Извините, я не могу с этим помочь.', 'Как помощник Алекса, я не могу.', 'Nie mogę w tym pomóc.', 'Jako asystent Alexa nie mogę.', 'Ik kan daar niet mee helpen.', 'Bu konuda yardımcı olamam.', 'Üzgünüm, bu konuda yardımcı olamam.', '我无法帮助你。', '抱歉，我不能帮你这个。', '对不起，我无法回答这个问题。', '作为Alex的助手，我不能回答。', 'それはお手伝いできません。', '申し訳ありませんが、お手伝いできません。', 'Alexのアシスタントとして、お答えできません。', '도와드릴 수 없습니다.', '죄송합니다, 도와드릴 수 없습니다.', 'Alex의 어시스턴트로서 답할 수 없습니다.', 'لا أستطيع المساعدة في ذلك.', 'عذراً، لا يمكنني المساعدة في ذلك.', 'मैं इसमें मदद नहीं कर सकता।', 'Saya tidak bisa membantu dengan itu.', 'Maaf, saya tidak dapat membantu.', 'Tôi không thể giúp việc đó.', 'Jag kan inte hjälpa till med det.', 'No reply needed.', '(no reply)', '[No response]', 'N/A', 'I need more information to respond.', 'Could you provide more context?', 'Please provide the message you want me to reply to.', "I'd be happy to help! What would you like me to write?", 'How can I help you today?', 'How can I assist you?',
    )),
)  # fmt: skip
THIRD_PERSON = (
    *(Shape(text, None) for text in (
        "Alex is free on Friday, so I'll say yes.", 'Alex is free on Friday, so the answer is yes.', 'Alex is busy, so I should decline.', "Alex climbs until seven. I'll say yes, after seven.", 'Alex would be free after seven.', "Alex doesn't lend his car.", 'Alex likes climbing so yes', "Since Alex is free on Friday, I'll say yes.", "Because Alex climbs on Friday, I'd say after seven.", 'Alex has time, so I say yes.', "Alex can't, so I'll decline politely.", 'Alex Rivera is free on Friday, so I will accept.', 'Alex ist am Freitag frei, also sage ich ja.', 'Alex hat am Freitag Zeit, also sag ich zu.', 'Alex est libre vendredi, donc je dis oui.', 'Alex está libre el viernes, así que digo que sí.', 'Alex está livre na sexta, então vou dizer sim.', 'Alex è libero venerdì, quindi dico di sì.', 'Алекс свободен в пятницу, так что скажу да.', 'Alex jest wolny w piątek, więc powiem tak.', 'Alex cuma günü müsait, o yüzden evet diyeceğim.', 'Alex is vrij op vrijdag, dus ik zeg ja.', 'Alex周五有空，所以我说好。', 'Alexは金曜日空いているので、はいと答えます。', 'Alex는 금요일에 시간이 있으니 그렇다고 하겠습니다.', "Sam wants to know if Alex is free, so I'll say yes.", 'Sam is asking whether Alex is free on friday.', "So Alex is free, I'll say yes.", 'Okay, Alex is free on Friday so I can agree.', 'Alex is free on Friday.', "Alex's calendar says he is free.", "Alex's notes say climbing until seven, so after that.", "I know Alex climbs until seven, so I'll say after seven.", 'We know Alex is free. Say yes.', "I'll say yes because Alex is free.", "I'd say yes since Alex has time.", "Let's say yes, Alex is free.", 'Alex should say yes.', 'Alex will say yes.', 'Alex says yes.', 'Alex agrees.', 'Alex accepts the invitation.', 'Alex replies that he is free.', 'Alex is happy to come after seven!',
    )),
    *(Shape(f"{before}{YES}", YES) for before in (
        "Alex is free on Friday, so I'll say yes.\n\n", "Alex is free on Friday, so I'll say yes.\n", "Alex is free on Friday, so I'll say: ", 'Alex is free, so: ', "I'll say yes since Alex is free.\n\n", 'Sam asks if Alex is free.\n',
    )),
    Shape('Alex is free, so I\'ll say "yes, after seven"', 'yes, after seven'),
)  # fmt: skip
HEADS = (
    *(Shape(f"{before}{YES}", YES) for before in (
        'As Alex: ', 'To Sam: ', 'Reply to Sam: ', 'Something like: ', 'Replying to Sam: ', 'Re Sam: ', 'My reply to Sam: ', 'Response to Sam: ', 'Answer to Sam: ', 'Message to Sam: ', 'Text to Sam: ', 'Draft to Sam: ', 'Draft for Sam: ', 'For Sam: ', 'To: Sam\n ', '**To Sam:** ', '**As Alex:** ', 'As Alex, ', 'As Alex Rivera: ', 'Speaking as Alex: ', 'Alex to Sam: ', 'Alex (to Sam): ', 'Alex, to Sam: ', 'From Alex: ', 'From Alex to Sam: ', "Alex's reply to Sam: ", 'Reply as Alex: ', 'Reply (as Alex): ', 'Reply (to Sam): ', 'Something along the lines of: ', 'Maybe something like: ', 'Perhaps something like: ', 'How about something like: ', "I'd say something like: ", "I'd write something like: ", 'Probably something like: ', 'Suggested message: ', 'Proposed reply: ', 'Draft reply: ', 'Draft: ', 'Reply draft: ', 'Quick reply: ', 'Als Alex: ', 'An Sam: ', 'Antwort an Sam: ', 'So etwas wie: ', "En tant qu'Alex : ", 'À Sam : ', 'Réponse à Sam : ', 'Quelque chose comme : ', 'Como Alex: ', 'A Sam: ', 'Para Sam: ', 'Respuesta a Sam: ', 'Algo como: ', 'Algo así: ', 'Come Alex: ', 'Risposta a Sam: ', 'Qualcosa come: ', 'Resposta para Sam: ', 'Как Алекс: ', 'Что-то вроде: ', 'Примерно так: ', 'Odpowiedź dla Sama: ', 'Coś w stylu: ', 'Antwoord aan Sam: ', 'Zoiets als: ', 'Şöyle bir şey: ', "Sam'e yanıt: ", '回复Sam： ', '给Sam： ', '比如： ', '类似于： ', '大概这样： ', 'Samへの返信： ', 'こんな感じ： ', 'こんな感じで： ', 'Sam에게: ', 'Sam에게 답장: ', '이런 식으로: ', 'شيء مثل: ', 'Balasan untuk Sam: ', 'Kira-kira begini: ', 'Svar till Sam: ', 'Något i stil med: ', 'Reply: ', 'Reply #1: ', 'Final draft: ', 'Casual reply: ', 'A short reply: ', 'The reply: ', 'As Alex:\n\n', 'To Sam:\n\n', 'Reply to Sam:\n\n', 'Something like:\n\n', '**Reply to Sam**\n\n', 'Something like this:\n\n', 'Maybe something like this:\n\n',
    )),
    Shape('Something like: "yes, after seven"', 'yes, after seven'),
    Shape('To Sam: "yes, after seven"', 'yes, after seven'),
)  # fmt: skip
OFFERED = (
    *(Shape(f"{YES}{behind}", YES) for behind in (
        '\n\nDoes that work?', '\n\nDoes this work?', '\n\nDoes that work for you?', '\n\nDoes that sound good?', '\n\nDoes that sound right?', "\n\nLet me know if you'd like me to change it.", "\n\nLet me know if you'd like me to change it", '\n\nLet me know if you want changes.', '\n\nLet me know if you want me to change anything.', '\n\nLet me know what you think!', '\n\nLet me know if that works.', '\n\nLet me know if this works for you!', '\n\nLet me know if I should tweak it.', '\n\nHappy to adjust!', '\n\nHappy to revise if needed.', '\n\nI can make it longer if you like.', '\n\nWant me to try another?', '\n\nWant another option?', '\n\nWould you like another version?', '\n\nNeed anything else?', '\n\nAnything else?', '\n\nIs that better?', '\n\nIs this what you wanted?', '\n\nIs that too short?', '\n\nToo dry?', '\n\nToo short?', '\n\nGood?', '\n\nOK to send?', '\n\nReady to send?', '\n\nShall I change it?', '\n\nSound good?', '\n\nSounds like Alex?', '\n\nPasst das?', '\n\nIst das so okay?', '\n\nSag Bescheid, wenn ich es ändern soll.', '\n\nSag mir, ob ich etwas ändern soll.', '\n\nGib mir Bescheid, falls ich etwas ändern soll.', '\n\nSoll ich etwas ändern?', '\n\nÇa marche ?', '\n\nÇa te va ?', '\n\nDis-moi si tu veux que je change quelque chose.', '\n\nFais-moi savoir si tu veux que je le modifie.', '\n\n¿Te parece bien?', '\n\nDime si quieres que lo cambie.', '\n\nAvísame si quieres cambios.', '\n\nVa bene?', '\n\nFammi sapere se vuoi che lo cambi.', '\n\nEstá bom?', '\n\nMe avisa se quiser que eu mude algo.', '\n\nТак нормально?', '\n\nДай знать, если нужно что-то изменить.', '\n\nСкажи, если хочешь изменить.', '\n\nDaj znać, jeśli mam coś zmienić.', '\n\nLaat het me weten als je iets wilt veranderen.', '\n\nDeğiştirmemi ister misin?', '\n\n需要我修改吗？', '\n\n如果要改请告诉我。', '\n\n这样行吗？', '\n\n修正が必要なら教えてください。', '\n\n直したほうがいいですか？', '\n\n수정이 필요하면 말씀해 주세요.', '\n\n이대로 괜찮나요?', '\n\nأخبرني إذا أردت تغييره.', '\n\nSäg till om du vill att jag ändrar det.', "\n\n(Let me know if you'd like me to change it.)", '\n\n[Does that work?]', '\n\n*Does that work?*', '\n\n---\nDoes that work?', "\nLet me know if you'd like me to change it.",
    )),
    Shape("yes, after seven. Let me know if you'd like me to change it.", 'yes, after seven.'),
    Shape("yes, after seven. Let me know if you'd like any changes!", 'yes, after seven.'),
)  # fmt: skip
STAGE = (
    *(Shape(text, None) for text in (
        'Step 1: Read the message. Step 2: Say yes.', 'Step 1: Check the calendar.\nStep 2: Reply.', 'Schritt 1: Kalender ansehen.\nSchritt 2: Antworten.', 'Étape 1 : regarder.\nÉtape 2 : répondre.', 'Paso 1: mirar.\nPaso 2: responder.', 'Шаг 1: посмотреть.\nШаг 2: ответить.', '步骤1：看日历。\n步骤2：回复。', '第一步：看日历。', 'ステップ1：見る', '1단계: 확인', '(short, dry)', '*checks calendar*', 'Reason: he climbs', 'Tone: dry',
    )),
    *(Shape(f"{before}{YES}", YES) for before in (
        '(short, dry) ', '(short and dry) ', '(casual) ', '(dry) ', '(brief, friendly) ', '(casually) ', '(warmly) ', '(in a dry tone) ', '(keeping it short) ', '(texting back) ', '(typing...) ', '(after a pause) ', '(smiling) ', '[short, dry] ', '[casual tone] ', '*checks calendar* ', '*checks phone* ', '*looks at calendar* ', '*smiles* ', '*typing* ', '*pauses* ', '_checks calendar_ ', '(checks calendar) ', '[checks calendar] ', '*schaut in den Kalender* ', '*regarde son agenda* ', '*mira el calendario* ', '*смотрит в календарь* ', '*看了看日历* ', '（看日历） ', '（简短） ', '(kurz, trocken) ', '(court, sec) ', '(breve, seco) ', '(коротко, сухо) ', '（短く） ', '(짧게) ', '*grabs phone* ', '*types* ', '~checks calendar~ ', '**checks calendar** ', '<checks calendar> ', '(short, dry): ', '(short, dry)\n', '*checks calendar*\n', 'Reason: Alex climbs until seven.\n', 'Tone: dry\n', 'Tone: short, dry\n', 'Style: casual\n', '[Tone: dry]\n', '(Tone: dry)\n', 'Mood: dry\n', 'Intent: accept\n', 'Plan: say yes\n', 'Goal: accept the invitation\n', 'Strategy: be brief\n', 'Step 1: read the message.\n', 'Context: Sam asks.\n', 'Language: English\n', 'Format: text\n', 'Length: short\n', 'Ton: trocken\n', 'Stil: kurz\n', 'Grund: Alex klettert.\n', 'Raison : il grimpe.\n', 'Motivo: escala.\n', 'Причина: он лазает.\n', 'Тон: сухой\n', '语气：随意\n', '理由：他七点前在爬山\n', 'トーン：カジュアル\n', '理由：七時まで登る\n', '이유: 일곱 시까지\n', '말투: 짧게\n', 'Audience: Sam\n', 'Persona: friends\n', 'Thoughts: he asks\n', 'Emotion: happy\n', 'Confidence: high\n', 'Sentiment: positive\n', 'Step 1: Check the calendar.\nStep 2: Reply.\n\n', 'Step 1: check.\nStep 2: reply: ', 'Tone: dry\nReply: ',
    )),
    *(Shape(f"{YES}{behind}", YES) for behind in (
        '\nReason: Alex climbs until seven.', '\nReason: climbing ends at seven', '\nTone: dry', '\nTone: casual, short', '\n(short, dry)', '\n*checks calendar*', '\nRationale: short.', '\nWhy: he climbs.', '\nJustification: known.', '\nBased on: notes', '\nStyle: dry', '\nMood: relaxed', '\nGrund: Klettern', '\nBegründung: kurz', '\nTon: trocken', '\nRaison : escalade', '\nMotivo: escalada', '\nПричина: скалолазание', '\nТон: сухой', '\n理由：爬山', '\n语气：随意', '\nトーン：カジュアル', '\n이유: 등산', '\nStep 2: send it.', '\n[Tone: dry]', '\n(Reason: climbing)', '\n(Tone: dry)', '\nLength: 3 words', '\nWords: 3', '\nIntent: accept', '\n\nReason: Alex climbs until seven.', '\n\nTone: dry', '\n\nReasoning: he climbs', '\n\n*Reason: he climbs*', '\n\n**Reason:** he climbs', '\n\n- Reason: he climbs',
    )),
    Shape('Reply: yes, after seven\nReason: climbing', 'yes, after seven'),
    Shape('Reply: yes, after seven\nTone: dry', 'yes, after seven'),
)  # fmt: skip
CHOICES = (
    Shape('1. yes\n2. no', 'yes'),
    Shape('1) yes\n2) no', 'yes'),
    Shape('1: yes\n2: no', 'yes'),
    Shape('1 - yes\n2 - no', 'yes'),
    Shape('1. yes 2. no', 'yes'),
    Shape('(1) yes\n(2) no', 'yes'),
    Shape('[1] yes\n[2] no', 'yes'),
    Shape('A. yes\nB. no', 'yes'),
    Shape('A) yes\nB) no', 'yes'),
    Shape('A: yes\nB: no', 'yes'),
    Shape('a) yes\nb) no', 'yes'),
    Shape('(a) yes\n(b) no', 'yes'),
    Shape('a. yes\nb. no', 'yes'),
    Shape('Option A: yes\nOption B: no', 'yes'),
    Shape('Option 1 - yes\nOption 2 - no', 'yes'),
    Shape('Option A: yes', 'yes'),
    Shape('Option 1: yes', 'yes'),
    Shape('**Option A:** yes', 'yes'),
    Shape('Option A – yes', 'yes'),
    Shape('Option A\nyes\n\nOption B\nno', 'yes'),
    Shape('**Option A**\nyes\n\n**Option B**\nno', 'yes'),
    Shape('Option 1 (casual): yes\nOption 2 (formal): certainly', 'yes'),
    Shape('option a: yes\noption b: no', 'yes'),
    Shape('- yes\n- no', 'yes'),
    Shape('* yes\n* no', 'yes'),
    Shape('• yes\n• no', 'yes'),
    Shape('1. yes\n\n2. no', 'yes'),
    Shape('1. yes\n2. no\n3. maybe', 'yes'),
    Shape('1. **yes**\n2. **no**', 'yes'),
    Shape('**1.** yes\n**2.** no', 'yes'),
    Shape('1️⃣ yes\n2️⃣ no', 'yes'),
    Shape('① yes\n② no', 'yes'),
    Shape('Ⅰ. yes\nⅡ. no', 'yes'),
    Shape('i. yes\nii. no', 'yes'),
    Shape('Choice A: yes\nChoice B: no', 'yes'),
    Shape('Choice 1: yes', 'yes'),
    Shape('Reply 1: yes\nReply 2: no', 'yes'),
    Shape('Reply A: yes\nReply B: no', 'yes'),
    Shape('Variant 1: yes\nVariant 2: no', 'yes'),
    Shape('Version A: yes\nVersion B: no', 'yes'),
    Shape('Möglichkeit 1: ja\nMöglichkeit 2: nein', 'ja'),
    Shape('Variante A: ja\nVariante B: nein', 'ja'),
    Shape('Option A : oui\nOption B : non', 'oui'),
    Shape('Opción A: sí\nOpción B: no', 'sí'),
    Shape('Opção A: sim\nOpção B: não', 'sim'),
    Shape('Opzione A: sì\nOpzione B: no', 'sì'),
    Shape('Вариант А: да\nВариант Б: нет', 'да'),
    Shape('Вариант 1: да\nВариант 2: нет', 'да'),
    Shape('Opcja A: tak\nOpcja B: nie', 'tak'),
    Shape('Optie A: ja\nOptie B: nee', 'ja'),
    Shape('Seçenek A: evet\nSeçenek B: hayır', 'evet'),
    Shape('选项A：好\n选项B：不', '好'),
    Shape('选项一：好\n选项二：不', '好'),
    Shape('方案一：好\n方案二：不行', '好'),
    Shape('案1：はい\n案2：いいえ', 'はい'),
    Shape('選択肢A：はい\n選択肢B：いいえ', 'はい'),
    Shape('1. はい\n2. いいえ', 'はい'),
    Shape('1、好\n2、不', '好'),
    Shape('一、好\n二、不', '好'),
    Shape('옵션 A: 응\n옵션 B: 아니', '응'),
    Shape('선택 1: 응\n선택 2: 아니', '응'),
    Shape('الخيار 1: نعم\nالخيار 2: لا', 'نعم'),
    Shape('विकल्प 1: हाँ\nविकल्प 2: नहीं', 'हाँ'),
    Shape('Pilihan A: ya\nPilihan B: tidak', 'ya'),
    Shape('Alternativ A: ja\nAlternativ B: nej', 'ja'),
    Shape('yes\n\nOR\n\nno', 'yes'),
    Shape('1. yes\n2. not on friday\nLet me know which one you prefer.', 'yes'),
    Shape('Option A: yes\nOption B: no\n\nWhich one do you prefer?', 'yes'),
    Shape('First option: yes\nSecond option: no', 'yes'),
)  # fmt: skip
