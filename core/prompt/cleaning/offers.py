# ruff: noqa: E501 (what is not Latin counts double)
"""What a model says behind a reply to the one who asked for it: whether to send it, how it was meant. Pure.

People ask "should i send it?" of a photo too: here it is a last line of its own, behind a blank one, and in
English begins as a program writes.
"""

import re
from functools import lru_cache

from core.prompt.cleaning.untagged import of_owner

_CHANGE = (
    r"(?:send|post|change|adjust|edit|revise|rewrite|rephrase|reword|shorten|tweak|make|keep|add|try|use)"
)
_IT = r"(?:it|this|that|the (?:reply|message|response|draft|tone|wording)|anything|something)"
_MANNER = r"(?:shorter|longer|short|dry|drier|casual|formal|brief|warm(?:er)?|friendly|friendlier|light|lighter|simple|neutral|polite|vague|honest|concise|playful|blunt|terse|low-key|natural|softer|firm(?:er)?|funny|funnier|different)"
_ENGLISH = (
    rf"(?:Should|Shall|Can|May) I (?:go ahead and |just )?{_CHANGE} {_IT}(?: [^\n?]{{1,40}})?\?",
    rf"(?:Do you want|Would you like|Want|Need) me to {_CHANGE}(?: {_IT})?(?: [^\n?]{{1,40}})?\?",
    rf"(?:Do you want|Would you like|Want|Should) (?:{_IT}|another|a)(?: (?:be|to be|sound|more|less|a bit|a little)){{0,3}} (?:{_MANNER}|version|option|reply)(?: [^\n?]{{1,30}})?\?",
    rf"I can(?: also)? {_CHANGE} {_IT} [^\n]{{1,40}}",
    r"Send(?: (?:it|this))?\?|Does (?:this|that|it) sound like you\?",
    r"(?:Ready|Okay|OK|Good) to send(?: it| this)?\?",
    r"(?:Is|Are) (?:this|that|these) (?:ok|okay|alright|all right|better|good enough|what you (?:wanted|had in mind))\?",
    r"(?:Is|Are|Does|Do) (?:this|that|the|these) (?:reply|response|draft|message|version|replies|drafts|tone)(?: \w{1,12}){1,5}\?",
    r"(?:Does|Would|Do) (?:this|that|it) (?:sound|read|feel|look) (?:like|right for) [A-Z]\w{1,20}\?|Would [A-Z]\w{1,20} (?:say|write|put) (?:this|that|it)(?: like (?:this|that))?\?",
    r"(?:What do you think|Any thoughts|Thoughts|How do you feel) (?:of|about|on) (?:this|that|the) (?:reply|response|draft|message|version|one)\?",
    r"(?:Anything|Something) (?:to|you(?:['’]d| would)? (?:like|want)(?: me)? to) (?:change|adjust|tweak|add|edit|fix)\?|Any (?:changes|edits|tweaks|adjustments|feedback)(?: needed)?\?",
    r"(?:In )?(?:[Ww]hich|[Ww]hat) (?:language|tone|style|version|option) (?:should I|do you|would you) [^\n?]{1,30}\?",
)
_ELSEWHERE = (
    r"(?:soll|kann) ich (?:das|es|die (?:antwort|nachricht)|sie|noch)(?: \w{1,10}){0,3} (?:senden|schicken|abschicken|absenden|ändern|kürzen|anpassen|umformulieren)\?",
    r"(?:passt|gefällt|geht|ist) (?:das|dir das|es)(?: dir)? (?:so okay|so gut|so|gut so)\?",
    r"(?:這樣|这样|这个|這個)(?:回复|回覆|说|說)?(?:可以|行|好)(?:吗|嗎|么|吧)[?？]|(?:要|需要|是否)(?:我)?(?:现在)?(?:发送|發送|修改|调整|改)[^\n?？]{0,8}(?:吗|嗎|它)?[?？]",
    r"(?:これ|この(?:返信|内容|感じ))で(?:いい|よろしい|大丈夫)(?:です|でしょう)か[?？。]|(?:送信|送り|修正|変更)(?:し)?(?:ます|ましょう)か[?？。]",
    r"(?:이렇게|이대로|그대로)? ?(?:보낼까요|보내드릴까요|수정할까요|바꿀까요|고칠까요|괜찮을까요|괜찮나요|어때요)\?",
    r"(?:отправ(?:ить|ляю|ляем)|изменить|сократить|поменять)(?: так| это| его| ответ| сообщение| что-нибудь)?\?|(?:хотите|хочешь) (?:изменить|поменять|отправить)[^\n?]{0,20}\?|подойд[её]т\?|так (?:пойд[её]т|подойд[её]т|нормально|хорошо|годится)\?",
    r"¿?(?:quieres|quiere|te gustaría|prefieres) que (?:lo|la|le) (?:cambie|envíe|mande|ajuste|acorte|modifique|haga)[^\n?]{0,40}\?|¿?(?:lo|la) (?:envío|mando|cambio)(?: así)?\?|¿?(?:así )?(?:está|te parece|te va) bien(?: así)?\?",
    r"c['’]est (?:bon|bien) comme ça\s?\?|(?:ça|cela) (?:te|vous) (?:va|convient)(?: comme (?:ça|réponse|cela))?\s?\?|je (?:l['’]envoie|le change|la change|la modifie|l['’]envoie comme ça)(?: comme ça| ainsi)?\s?\?|(?:tu veux|veux-tu|voulez-vous) que je (?:l['’]envoie|le (?:change|modifie)|la (?:change|modifie))[^\n?]{0,30}\?",
    r"(?:lo|la) (?:mando|invio|cambio|modifico)(?: così)?\?|(?:ti )?va bene così\?|vuoi che (?:lo|la) (?:cambi|mandi|invii|modifichi)[^\n?]{0,30}\?",
    r"(?:quer|você quer|queres) que eu (?:o |a )?(?:envie|mude|altere|ajuste|encurte)[^\n?]{0,30}\?|(?:posso|devo) enviar(?: assim)?\?|(?:está|fica) bom assim\?",
    r"(?:wysłać|zmienić|skrócić|mam wysłać|mam to wysłać)(?: to| tak)?\?|(?:może|tak) być\?|göndereyim mi\?|(?:böyle )?(?:olur|uygun|iyi) mu\?|(?:zal|moet) ik (?:het|dit) (?:zo )?(?:sturen|versturen|aanpassen)\?|(?:ska|skall) jag (?:skicka|ändra) (?:det|den)\?|(?:mau|perlu|boleh) (?:saya )?(?:kirim|ubah)\?",
)
_OTHER_VERSION = (
    r"(?:möchtest du|möchten sie|willst du|wollen sie|brauchst du|hättest du gern|soll ich)(?: \w{2,8}){0,3} (?:andere|weitere|kürzere|längere|formellere|lockerere|neue|höflichere)\w{0,2}(?: (?:version|variante|antwort|fassung|formulierung|vorschlag|nachricht)\w{0,2})?(?: \w{2,14})?\?|soll ich (?:es|das|sie)(?: \w{2,10}){0,2} (?:förmlicher|formeller|lockerer|kürzer|länger|höflicher)(?: \w{2,14})?\?",
    r"(?:(?:voulez|souhaitez|préférez|désirez)-vous|(?:veux|souhaites|préfères)-tu|tu veux|vous voulez|tu préfères) (?:une? |d['’])?(?:(?:autre|nouvelle) )?(?:version|réponse|formulation|proposition|option)[^\n?]{0,30}\?|(?:une )?autre version\s?\?|ton adapté\s?\?",
    r"¿?(?:quieres|quiere|prefieres|prefiere|te gustaría|le gustaría|necesitas)(?: ver)? (?:otra|una|alguna otra) (?:versión|respuesta|opción|propuesta)[^\n?]{0,30}\?|¿?(?:lo|la) (?:hago|quieres) más \w{3,12}\?|¿?quieres que (?:lo|la|sea) (?:haga |ponga )?más \w{3,12}\?",
    r"(?:vuoi|vorresti|preferisci|desideri) (?:un['’ ]?|una )?(?:altra |diversa )?(?:versione|risposta|opzione|alternativa)[^\n?]{0,30}\?|(?:lo|la) (?:faccio|vuoi) più \w{3,12}\?|(?:(?:você )?quer|gostaria de|prefere)(?: ver)? (?:uma |outra )(?:outra )?(?:versão|resposta|opção)[^\n?]{0,30}\?",
    r"(?:хотите|хочешь|нужен|нужна|нужно|предложить|сделать|показать|написать) (?:\w{2,12} ){0,2}?(?:другой|другую|другая|иной|ещё|еще|более|короче|длиннее|формальнее|вежливее)(?: \w{2,14}){0,3}\?",
    r"(?:chcesz|chciałbyś|chciałabyś|wolisz|potrzebujesz) (?:\w{2,10} )?(?:inną|innej|krótszą|dłuższą|bardziej \w{3,12})(?: (?:wersję|wersji|odpowiedź|odpowiedzi|propozycję))?\?|(?:wil je|wilt u|wil u|liever) (?:een |nog een )?(?:andere|kortere|langere|formelere|nieuwe) (?:versie|reactie|antwoord|variant|optie)\?|(?:başka|farklı|daha \w{3,10}) (?:bir )?(?:versiyon|sürüm|seçenek|yanıt|cevap)[^\n?]{0,24}\?|vill du (?:ha|se) en (?:annan|kortare|längre|mer \w{3,12}) (?:version|variant)\?",
    r"(?:mau|ingin|perlu|apakah (?:anda|kamu|mau)(?: ingin| mau)?)(?: \w{2,10})? (?:versi|jawaban|balasan) (?:lain|yang)[^\n?]{0,20}\?|(?:bạn )?(?:có )?(?:muốn|cần) (?:một )?(?:phiên bản|câu trả lời|bản) (?:khác|ngắn|dài|trang trọng)[^\n?]{0,20}\?|(?:ต้องการ|อยากได้)(?:แบบ|เวอร์ชัน|คำตอบ)(?:อื่น|ใหม่|ที่)[^\n]{0,20}",
    r"(?:要不要|需不需要|是否需要|需要|想要)(?:我)?(?:更|再|换|改|写得|调|另|其他|别的|来)[^\n?？]{0,14}(?:吗|么|呢)?[?？]|要不要[^\n?？]{0,10}一(?:点|些)[?？]|(?:もっと|もう少し|より|更に|さらに|別の|他の)[^\n?？]{0,18}(?:しますか|しましょうか|ましょうか|いかがですか|必要ですか|よろしいですか|いいですか|欲しいですか|ほしいですか)[?？。]|(?:더|다른|좀 더|조금 더)[^\n?]{0,18}(?:할까요|드릴까요|까요|원하세요|필요하세요|원하시나요|필요하신가요)\?",
    r"هل (?:تريد|تفضل|ترغب في) [^\n؟?]{0,16}(?:أخرى|آخر|مختلف|أقصر|أطول|رسمي)[^\n؟?]{0,12}[؟?]|क्या (?:आप|आपको|मैं) [^\n?]{0,16}(?:दूसरा|और|अलग|छोटा|औपचारिक)[^\n?]{0,30}\?",
)
_LAST = re.compile(
    rf"\n[ \t]*\n\W{{0,4}}(?:{'|'.join(_ENGLISH)}|(?i:{'|'.join((*_ELSEWHERE, *_OTHER_VERSION))}))[*_)\]]{{0,3}}\s*\Z"
)
_OWN_LINE = re.compile(
    rf"\n\W{{0,4}}(?:How(?:['’]s| is) (?:that|this)\?|(?:This|It)(?:['’]s| is| stays| keeps it| sounds) (?:\w{{1,12}}[, ]{{1,2}}){{0,3}}?{_MANNER}\b[^\n]{{0,60}})\W{{0,4}}\Z"
)
# Of a change to the draft: nobody offers that of a reply of their own, set off behind it.
_CHANGES = r"(?:chang|adjust|tweak|revis|edit|modif|rephras|reword|rewrit|shorten|änder|anpass|kürz|umformulier|modifi|ajust|raccourc|cambi|acort|modific|accorci|alter|mud|encurt|измен|поправ|переписа|сократ|zmieni|popraw|skróci|wijzig|verander|aanpass|değiştir|düzelt|ändr|juster|ubah|ganti|sửa|đổi)"
_TELL = r"(?:(?:please )?let me know|just (?:say|tell me)|tell me|say so|happy to|glad to|i can|sag(?:en sie)? (?:mir )?(?:gern )?|gib mir|lass mich|soll ich|(?:dis|dites)[- ]moi|fais[- ]moi|faites[- ]moi|je peux|dime|avísame|puedo|fammi|dimmi|posso|me avis[ae]|avise|diga|дай(?:те)? знать|скажи(?:те)?|могу|daj(?:cie)? znać|mogę|laat (?:het )?me|zeg het|söyle|säg till|hör av|beri tahu|kabari|hãy cho|cho tôi)"
_TO_CHANGE = re.compile(
    rf"(?:(?:\n[ \t]{{0,4}}){{1,3}}[*_(\[]{{0,3}}|(?<=[.!?…]) ){_TELL}\b[^\n]{{0,60}}?\b{_CHANGES}\w*[^\n]{{0,40}}\Z|"
    r"(?:\n[ \t]{0,4}){1,3}[^\n]{0,30}(?:(?:需要|如果|要)[^\n]{0,12}(?:修改|更改|调整|改)[^\n]{0,12}|(?:修正|変更|直し)[^\n]{0,20}(?:ください|ですか)|(?:수정|변경)[^\n]{0,20}(?:주세요|까요)|(?:تغيير|تعديل)[^\n]{0,20}|बदल[^\n]{0,30})[。.!！?？)）]{0,2}\Z|(?:\n[ \t]{0,4}){1,3}değiştirme\w* ister misin\?\Z",
    re.IGNORECASE,
)
# What people ask of what they proposed, too: it goes where it is set off in another register than the reply.
_APPROVAL = re.compile(
    r"\n(?P<set_off>[ \t]{0,4}\n(?:-{3,9}\n)?)[ \t]{0,4}(?P<bracket>[*_(\[]{0,2})(?:Does (?:this|that|it) (?:work|sound (?:good|right|ok(?:ay)?|fine))(?: for you)?\?|(?:Is|Was) (?:this|that|it) (?:too \w{3,9})\?|Too (?:short|long|dry|formal|casual|blunt)\?|(?:Sounds?|Looks?) (?:good|right|ok(?:ay)?|fine|like \w{2,20})\?|Good\?|"
    r"(?:Need )?[Aa]nything else\?|Let me know (?:what you think|if (?:that|this|it) (?:works|is (?:ok(?:ay)?|fine|good|better))(?: for you)?)[.!]?|Passt das(?: so)?\?|Gut so\?|Ça marche\s?\?|Ça (?:te|vous) va\s?\?|¿Te parece bien\?|¿Está bien\?|Va bene\?|Ti va\?|Está bom\?|Tudo bem assim\?|Так нормально\?|Подойдёт\?|Może być\?|Is dat goed\?|How does (?:that|this|it) (?:sound|look|read)\?|What do you think\?|Wie klingt das\?|Was (?:meinst|denkst) du\?|Qu['’]en penses-tu\s?\?|¿Qué te parece\?|¿Algo más\?|Che (?:ne pensi|te ne pare)\?|O que (?:você )?acha\?|Как (?:тебе|вам)\?|Co (?:o tym )?myślisz\?|Wat vind je ervan\?|Nasıl olmuş\?|Vad tycker du\?|Uygun mu\?|Blir det bra\?)[*_)\]]{0,2}\Z"
)
_LANGUAGES = (
    "English|German|French|Spanish|Italian|Portuguese|Russian|Polish|Turkish|Dutch|Chinese|Japanese|Korean|Arabic|Hindi|Englisch|Deutsch|"
    "anglais|inglés|inglese|inglês|английский|по-английски|英文|英语|英語|中文|日本語|영어|EN|in English|Translation|translated|Übersetzung|traduction|traducción|traduzione|перевод|翻译|翻譯|번역"
)
_LONGEST = 300


def without_offers(text: str, owner: str) -> str:
    """Without the last lines that speak of the reply to the one who asked for it, or of the owner."""
    text = _OWN_LINE.sub("", _LAST.sub("", text)).strip()
    text = _without_approval(_TO_CHANGE.sub(_unless_proposed, text)).strip()
    bracketed, of_the_owner = _patterns(owner)
    text = bracketed.sub("", text).strip()
    match = of_the_owner.search(text)
    # Behind a question or a colon it is what was asked for.
    before = text[: match.start()].rstrip() if match else ""
    return text if not before or before.endswith(("?", ":", "：", "？")) else before


def _without_approval(text: str) -> str:
    """Without a question whether that is right, where the reply is written in small letters and it is not,
    or in brackets. Behind another question it is one of the reply's."""
    match = _APPROVAL.search(text)
    before = text[: match.start()].rstrip() if match else ""
    if match is None or before.endswith(("?", "？")):
        return text
    return before if match["bracket"] or before[:1].islower() or "---" in match["set_off"] else text


def _unless_proposed(match: re.Match[str]) -> str:
    """Nothing, or all of it where the reply is written as it is: "I moved it. Let me know if I should change it"."""
    set_off = match.group().startswith("\n\n") or match.group().lstrip()[0] in "*_(["
    small = match.string[:1].islower() and not match.group().lstrip()[0].islower()
    return "" if set_off or small or not match.string[0].isascii() else match.group()


@lru_cache(maxsize=16)
def _patterns(owner: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names, of = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0])))), of_owner(owner)
    inner = rf"[^()\[\]（）\n]{{0,{_LONGEST}}}"
    return (
        re.compile(
            rf"\s?[*_]{{0,2}}[(\[（]\s?(?:(?i:in|with|using) (?:{names})['’]s? \w{inner}|(?i:as|like) (?:{names})|"
            rf"I(?:['’]ve| have)? (?:kept|made|wrote|left) (?:it|this|the \w{{1,12}}) (?:\w{{1,12}},? ){{0,3}}?{_MANNER}\b{inner}|"
            rf"(?i:{_LANGUAGES})\s?[:：]{inner})[)\]）][*_]{{0,2}}\s*\Z"
        ),
        re.compile(
            rf"(?:\n[ \t]*\n[*_(\[]{{0,3}}(?:(?i:note|nb|context|because|since|as)\W{{1,3}})?|\n[*_(\[]{{0,3}}(?:(?i:because|since)\s|(?i:note)[:：]\s?)){of}[^\n]{{0,{_LONGEST}}}\Z|"
            rf"\n[ \t]*\n[^\n]{{0,60}}?\b(?:{names})(?: would (?:say|put|write|reply|answer)\b|['’]s (?:voice|style|tone)\b)[^\n]{{0,{_LONGEST}}}\Z"
        ),
    )
