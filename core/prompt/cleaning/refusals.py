# ruff: noqa: E501 (what is not Latin counts double)
"""What a model says in place of a reply: that it refuses, that it is one, that it does not know; and what it left
to be filled in. Pure."""

import re
from functools import lru_cache

# What a model says of itself, in place of a reply. "sorry, can't help with that" people say too.
_MODEL = r"(?:AI|A\.I\.|artificial intelligence|(?:large )?language model)(?: (?:language )?(?:model|assistant|chatbot|bot|program|system))?"
_REFUSES = re.compile(
    rf"\b(?:[Aa]s|(?:I['’]m|I am)(?: just| only)?) an? {_MODEL}(?:[,.;!]|\s+(?:I\b|and\b|so\b|created|developed|trained|designed|without|model\b)|\Z)|"
    r"\A\W{0,3}(?:(?:I['’]m|I am) (?:very |so |really )?sorry|I apologi[sz]e|Sorry|Unfortunately|Apologies)?[,.;]?(?: but)? ?(?:I['’]m|I am|I)(?: (?:can['’]?t|cannot|can not|won['’]t|(?:am |['’]m )?(?:not able|unable) to|not able to|unable to|must decline to|have to decline to|will not|won['’]t be able to))"
    r" (?:be able to )?(?:assist(?: you)?(?: with (?:that|this|your|such|creating|writing)\b|[.,]|\Z)|help you with (?:that|this) request|fulfil|comply|provide (?:that|this|any|assistance|a (?:reply|response|draft|message))|(?:help )?(?:impersonate|role-?play|pretend to be)\b|generate (?:that kind|this kind|such|content|text|responses?|a (?:reply|response))|(?:engage|participate) in (?:this|that|such) (?:kind|type|conversation|content|discussion)|continue (?:with )?this conversation|"
    r"(?:help|answer|respond|discuss|process|complete|create|do|draft|write|reply)[^\n.]{0,30}? (?:request|content)\b)|"
    r"\A\W{0,3}(?:I['’]m sorry, but I|I apologi[sz]e, but I) (?:can['’]t|cannot|am unable to) (?:help|do|answer|discuss|respond to) (?:with )?(?:that|this|you with (?:that|this))\.?\Z|"
    r"\bAls (?:eine )?(?:KI|künstliche Intelligenz|Sprachmodell)\b|\bIch bin (?:nur )?(?:eine KI|ein (?:KI|Sprachmodell))\b|"
    r"\b[Ee]n tant qu(?:['’](?:IA|intelligence artificielle|assistant)|e (?:modèle de langage|grand modèle))|\bJe suis une (?:IA|intelligence artificielle)\b|"
    r"\bComo (?:una? |uma? )?(?:IA|inteligencia artificial|modelo de lenguaje|asistente de IA|inteligência artificial|modelo de linguagem|assistente de IA)\b|"
    r"\b(?:In quanto|Come) (?:IA|AI|intelligenza artificiale|modello linguistico)\b|\bКак (?:ИИ|языковая модель|искусственный интеллект)\b|"
    r"\bJako (?:AI|SI|sztuczna inteligencja|model językowy)\b|\bAls (?:AI|taalmodel)\b|\b[Bb]ir yapay zek[aâ]|\bSebagai (?:AI|model bahasa|asisten AI)\b|\bLà một (?:AI|mô hình|trí tuệ)|"
    r"(?:作为|身为|我(?:只)?是)(?:一个|一名)?(?:AI|人工智能|大?语言模型)|(?:私は)?AI(?:アシスタント|言語モデル)?(?:として|なので|ですので)|言語モデルとして|"
    r"(?:AI|인공지능|언어 ?모델)(?: ?(?:언어 ?모델|어시스턴트))?(?:로서|이기 때문에|으로서)|(?:بصفتي|كوني|باعتباري) (?:نموذج|ذكاء|مساعد)|एक (?:AI|एआई|भाषा मॉडल)|ในฐานะ(?:ที่เป็น)? ?(?:AI|ปัญญาประดิษฐ์|โมเดล)|"
    r"\A\W{0,3}Es tut mir leid, aber [^\n.]{0,40}(?:Anfrage|Inhalte?)\b|\A\W{0,3}(?:Je suis désolée?|Désolée?), mais je ne peux pas [^\n.]{0,40}(?:demande|contenu|requête)\b|"
    r"\A\W{0,3}(?:Lo siento|Desculpe|Sinto muito|Mi dispiace|Przykro mi|Sorry), (?:pero|mas|ma|ale|maar)\b[^\n.]{0,40}(?:solicitud|petición|solicitação|pedido|richiesta|żądani|prośb|verzoek)|"
    r"\A\W{0,3}(?:Извините|К сожалению|Простите), (?:но )?я не могу [^\n.]{0,30}(?:запрос|просьб)|"
    r"\A\W{0,3}(?:很)?(?:抱歉|对不起)[，,]?我(?:无法|不能)[^\n。]{0,10}(?:请求|要求|内容|协助|满足)|\A\W{0,3}申し訳(?:ありません|ございません)が、[^\n。]{0,20}(?:リクエスト|ご要望|ご依頼|お手伝い)|"
    r"\A\W{0,3}죄송하지만[,]? [^\n.]{0,20}(?:요청|도와드릴 수)|"
    r"\A\W{0,3}(?:I['’]m sorry, (?:but )?)?[Tt]h(?:is|at|e) (?:request|conversation|content) (?:goes against|violates|is against|conflicts with) my (?:guidelines|policies|programming|principles)|"
    r"\A\W{0,3}My apologies, (?:but )?(?:I (?:can['’]?t|cannot|am (?:not able|unable) to)|I['’]m (?:not able|unable) to) (?:generate|help|assist|answer|respond|provide|fulfil|comply|do that)"
)
# What a template leaves to be filled in. Glued to other signs, or in quotes, it is a piece of code that is spoken of.
_NAME = r"(?:(?:first|last|full|company|event|friend|person|contact)(?:['’]s)?[ _])?name"
_THING = r"(?:name|time|date|place|location|address|number|phone(?: number)?|email|day|link|reply|response|answer|message)"
_FOR_ONE = (
    rf"(?:your|my|his|her|their|the|\w{{2,20}}['’]s)[ _](?:\w{{1,12}}[ _])?{_THING}|(?:insert|enter|add|specify)[ _](?:\w{{1,12}}[ _]){{0,2}}{_THING}|"
    r"(?:dein|ihr)(?:en?)? name|(?:votre|ton) (?:nom|prénom)|(?:tu|su) nombre|(?:o )?seu nome|(?:il )?tuo nome|ваше имя|тво[её] имя|имя|"
    r"twoje imię|adınız|jouw naam|uw naam|nama anda|tên của bạn|اسمك|आपका नाम|ชื่อของคุณ|(?:你的|您的)?(?:名字|姓名)|あなたの名前|お名前|이름"
)
_IN_SQUARES = (
    r"(?:insert|enter|fill in|specify)[ _][^\[\]\n]{1,40}|time|date|place|location|(?-i:Owner|Recipient|Sender|User|Email|Address|Phone Number|Reply|Response|Day|City|Restaurant|Company)|"
    r"(?-i:[A-Z][a-z]{1,14}(?: [A-Z][a-z]{1,14}){0,2} (?:Name|Time|Date|Place|Location|Address|Number|Email|Day))"
)
_IN_CURLIES = r"owner|recipient|sender|user(?:_?name)?|persona|char|bot|time|date|place"
_CODE = re.compile(r"```[\s\S]*?(?:```|\Z)|`[^`\n]*`|[\"“][^\n\"”]{1,60}[\"”]|['‘][^\s'’]{1,40}['’]")
_UNFILLED = re.compile(
    rf"(?<![\w/=.$%:@&-])(?:\[ ?(?:{_NAME}|{_FOR_ONE}|{_IN_SQUARES}) ?\]|\{{{{? ?(?:{_NAME}|{_FOR_ONE}|{_IN_CURLIES}) ?\}}}}?|"
    rf"< ?(?:{_NAME}|{_FOR_ONE}) ?>)(?![\w/=(]|\.\w)",
    re.IGNORECASE,
)
# A whole answer that says no more than "I cannot help with that", as programs write: each part of a closed set.
_HELPLESS = re.compile(
    r"\A\W{0,3}(?:(?:(?:I am|I['’]m) (?:very |so )?sorry|Sorry|I apologi[sz]e|Unfortunately)[,.;]? (?:but )?)?"
    r"(?:I (?:can['’]t|cannot|can not|won['’]t|will not)|(?:I am|I['’]m) (?:not able|unable) to) (?:help(?: you)? with|assist(?: you)? with|answer|respond to|reply to|comment on|discuss) (?:that|this|it)(?: question| request| message)?(?: right now| at the moment)?[.!]?\W{0,2}\Z"
)
_HELPLESS_ELSEWHERE = re.compile(
    r"\A\W{0,3}(?:(?:es )?tut mir (?:sehr )?leid,? (?:aber )?|entschuldigung,? (?:aber )?|leider )?(?:(?:dabei|damit|das|hierbei|dazu|darauf) kann ich (?:dir |ihnen )?(?:leider )?(?:nicht (?:helfen|weiterhelfen|beantworten|antworten)|nichts sagen)|(?:ich kann|kann ich) (?:dir |ihnen )?(?:dabei|damit|das|darauf) (?:leider )?nicht (?:helfen|beantworten|antworten))\W{0,3}\Z|"
    r"\A\W{0,3}(?:(?:je suis )?désolée?,? (?:mais )?)?je ne (?:peux|puis) pas (?:(?:vous |t['’])?aider|répondre)(?: (?:avec|à|sur|pour) (?:ça|cela|ceci|cette (?:question|demande)))?\W{0,3}\Z|"
    r"\A\W{0,3}(?:(?:lo siento|perdón|desculpe|sinto muito|mi dispiace|scusa)[,.]? (?:pero |mas |ma )?)?(?:no puedo|não posso|non posso) (?:ayudar(?:te|le)?|responder|ajudar|ajudá-lo|te ajudar|aiutar(?:ti|la|vi)?|rispondere)(?: (?:con|a|com|in) (?:eso|esto|isso|isto|questo|ciò))?\W{0,3}\Z|"
    r"\A\W{0,3}(?:(?:извините|простите|к сожалению)[,.]? (?:но )?)?я не (?:могу|смогу) (?:вам |тебе |с этим |на это |в этом )?(?:помочь|ответить)(?: (?:с этим|на это|в этом|вам|тебе))?\W{0,3}\Z|"
    r"\A\W{0,3}(?:(?:przykro mi|przepraszam|niestety),? (?:ale )?)?(?:nie mogę|nie jestem w stanie) (?:ci |panu |pani |w tym |na to |z tym ){0,2}(?:pomóc|odpowiedzieć)(?: (?:w tym|na to|z tym|ci)){0,2}\W{0,3}\Z|\A\W{0,3}(?:(?:het spijt me|sorry),? (?:maar )?)?(?:ik kan|kan ik|(?:daar|hier)(?:mee|bij|op)? kan ik) (?:je |u )?(?:(?:daar|hier|daarbij|hierbij)(?:mee)? ?)?(?:helaas )?(?:niet )?(?:mee |bij |op )?(?:verder )?(?:helpen|antwoorden)\W{0,3}\Z|"
    r"\A\W{0,3}(?:(?:üzgünüm|maalesef),? (?:ama )?)?(?:bu|bunun?) (?:konuda|hakkında) (?:sana |size )?yardımcı olamam\W{0,3}\Z|\A\W{0,3}(?:(?:tyvärr|ledsen|beklager|undskyld),? (?:men )?)?(?:jag|jeg) kan (?:inte|ikke) hj[äæe]l[pa]+e? (?:till |dig |deg )?(?:med|til med) (?:det|detta|dette)\W{0,3}\Z|"
    r"\A\W{0,3}(?:很?(?:抱歉|对不起|不好意思)[，,。]?)?我?(?:无法|不能|没办法)(?:帮助?你?(?:这个|做这个)?|协助你?|回答(?:这个|该)?(?:问题)?|回复这个|提供帮助)\W{0,3}\Z|"
    r"\A\W{0,3}(?:申し訳(?:ありません|ございません)(?:が)?[、,。]?|すみません(?:が)?[、,。]?)?(?:それは|その件は|そのことは)?(?:お手伝い|お答え|お役に立つこと|対応)(?:は|が)?(?:でき(?:ません|かねます))\W{0,3}\Z|\A\W{0,3}(?:죄송(?:합니다|하지만)[,.]? ?)?(?:그건 |그것은 |이 질문에는 )?(?:도와드릴|답변드릴|답변할|도울) 수 없(?:습니다|어요)\W{0,3}\Z|"
    r"\A\W{0,3}(?:عذر[اً]{1,2}،? )?(?:لا (?:أستطيع|يمكنني)) (?:المساعدة|مساعدتك|الإجابة)(?: (?:في|على) (?:ذلك|هذا))?\W{0,3}\Z|\A\W{0,3}(?:माफ़? कीजिए,? )?मैं (?:इसमें|इस में|आपकी) मदद नहीं कर सकत[ाी](?: हूँ)?\W{0,3}\Z|\A\W{0,3}(?:maaf,? )?saya (?:tidak (?:bisa|dapat)) (?:membantu|menjawab)(?: (?:dengan )?(?:itu|hal itu|ini))?\W{0,3}\Z|\A\W{0,3}(?:(?:rất tiếc|xin lỗi),? (?:nhưng )?)?tôi không thể (?:giúp(?: bạn| đỡ)?|hỗ trợ(?: bạn)?|trả lời|thực hiện)(?: (?:với |về )?(?:việc|điều|câu(?: hỏi)?|yêu cầu) (?:đó|này))?\W{0,3}\Z|"
    r"\A\W{0,3}(?:(?:ต้อง)?ขอ(?:อภัย|โทษ)(?:ด้วย)?(?:ครับ|ค่ะ)? ?(?:แต่ ?)?)?(?:ฉัน|ผม|ดิฉัน|เรา)?ไม่สามารถ(?:ช่วย(?:เหลือ)?(?:คุณ)?(?:ใน|กับ)?(?:เรื่อง|คำขอ)?(?:นี้|นั้น)?(?:ได้)?|ตอบ(?:คำถาม)?(?:นี้|นั้น)?(?:ได้)?)(?:ครับ|ค่ะ)?\W{0,3}\Z",
    re.IGNORECASE,
)
# Nothing was said, or the one who asked is asked back.
_NOTHING = re.compile(
    r"\A\W{0,3}(?i:no (?:reply|response|answer) (?:is )?(?:needed|required|necessary)|n/a)\W{0,3}\Z|\A[(\[*](?i:no (?:reply|response|answer))[)\]*]\Z|"
    r"\A\W{0,3}(?:(?:Please|Could you(?: please)?|Can you(?: please)?) (?:provide|share|give)(?: me)? (?:more (?:context|information|details)|the (?:message|conversation|text))[^\n]{0,60}|I need more (?:information|context|details) (?:to|before|in order)[^\n]{0,60}|I['’]d be (?:happy|glad) to help[^\n]{0,20}(?:[Ww]hat|which|please|could)[^\n]{0,80})\W{0,3}\Z"
)
# Who it is, where it says so as a model does: by name, and whose it is.
_MAKERS = r"(?:created|made|developed|trained|built|designed|powered) by"
_IS_ONE = re.compile(
    rf"\A\W{{0,3}}(?:(?:Hi|Hello|Hey)\b[^\n.!,]{{0,12}}[.!,] )?(?:I['’]m|I am|My name is|This is) [A-Z][\w.-]{{1,20}}(?: [\w.-]{{1,12}})?, (?:an? (?:[\w-]{{1,14}} ){{0,2}}?(?:AI\b|(?:language )?model|chatbot|(?:virtual|digital) assistant)|{_MAKERS} )|"
    rf"\A\W{{0,3}}I(?: was|['’]m| am) {_MAKERS} (?:OpenAI|Anthropic|Google|Meta|Mistral|Alibaba|DeepSeek|Microsoft|xAI|Moonshot|Zhipu|Cohere|IBM|NVIDIA)\b|"
    r"\b(?:[Jj]e suis|[Ee]n tant qu['’]) ?(?:\w{1,14}, )?(?:un |une )?(?:simple )?(?:assistant(?:e)? (?:IA|virtuel|numérique|conversationnel)|modèle de langage|chatbot)|\A\W{0,3}Je suis [A-Z]\w{1,14}, (?:créé|développé|conçu|entraîné)e? par |"
    r"\b[Ii]ch bin (?:\w{1,14}, )?(?:nur )?(?:ein(?:e)? )?(?:KI\b|KI-|künstliche|virtueller Assistent|digitaler Assistent|Sprachmodell|Chatbot)|\A\W{0,3}Ich bin [A-Z]\w{1,14}, (?:entwickelt|erstellt|trainiert) von |"
    r"\b[Ss]oy (?:\w{1,14}, )?(?:solo )?(?:una? )?(?:IA\b|asistente (?:de IA|virtual|digital)|inteligencia artificial|modelo de lenguaje|chatbot)|\A\W{0,3}Soy [A-Z]\w{1,14}, (?:creado|desarrollado|entrenado)a? por |"
    r"\b[Ss]ou (?:o |a )?(?:\w{1,14}, )?(?:apenas )?(?:uma? )?(?:IA\b|assistente (?:de IA|virtual|digital)|inteligência artificial|modelo de linguagem|chatbot)|\A\W{0,3}(?:Eu )?[Ss]ou (?:o |a )?[A-Z]\w{1,14}, (?:criado|desenvolvido|treinado)a? (?:por|pela) |"
    r"\b[Ss]ono (?:\w{1,14}, )?(?:solo )?(?:un['’ ]?|una )?(?:IA\b|assistente (?:IA|AI|virtuale|digitale)|intelligenza artificiale|modello linguistico|chatbot)|\A\W{0,3}Sono [A-Z]\w{1,14}, (?:creato|sviluppato|addestrato)a? da |"
    r"\b[Яя](?: [—–-])? ?(?:\w{1,14}, )?(?:всего лишь |просто )?(?:ИИ\b|ИИ-|языковая модель|искусственный интеллект|виртуальный (?:ассистент|помощник)|чат-бот)|\A\W{0,3}Я(?: [—–-])? ?\w{1,14}, (?:созданн|разработанн|обученн)|"
    r"\b[Jj]estem (?:\w{1,14}, )?(?:tylko )?(?:AI\b|asystentem (?:AI|wirtualnym)|sztuczną inteligencją|modelem językowym|chatbotem)|\bIk ben (?:\w{1,14}, )?(?:maar )?een (?:AI|taalmodel|virtuele assistent|chatbot)|\b[Bb]en (?:bir )?(?:yapay zek[aâ]|dil modeli)|"
    r"我(?:是|叫)[^\n，。]{0,12}(?:[，,](?:一个)?由[^\n，。]{1,16}(?:开发|训练|创建|打造|研发)|[，,]?(?:一个|一款|一名)?(?:AI|人工智能|智能)(?:助手|助理|模型))|我是由[^\n，。]{1,16}(?:开发|训练|创建|研发)的|"
    r"(?:私|わたし)?は?[^\n、。]{0,12}(?:によって)(?:開発|作成|訓練)された|(?:私|僕)は(?:[^\n、。]{1,12}、)?(?:AI|人工知能)(?:アシスタント|モデル|です)|저는 (?:[^\n,.]{1,14}(?:에서|가|이) (?:개발|만든|만들)|(?:[^\n,.]{1,12}, )?(?:AI|인공지능|언어 ?모델))|أنا (?:\w{1,14}، )?(?:نموذج لغ|مساعد ذك|ذكاء اصطناعي)|मैं (?:एक )?(?:AI|एआई|भाषा मॉडल)|"
    r"\bSaya (?:adalah )?(?:\w{1,14}, )?(?:sebuah )?(?:AI\b|asisten (?:AI|virtual)|model bahasa)|\bTôi là (?:\w{1,14}, )?(?:một )?(?:AI\b|trợ lý (?:AI|ảo)|mô hình ngôn ngữ)|(?:ฉัน|ผม|ดิฉัน)(?:เป็น|คือ)(?: ?\w{0,12} )?(?:AI|เอไอ|ปัญญาประดิษฐ์|โมเดลภาษา|ผู้ช่วย ?(?:AI|เสมือน))"
)
# Asked what to do, it asks what to do. All of it is that.
_GREETING = r"(?:(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|bonjour|salut|hola|buenos días|buenas tardes|ciao|salve|olá|oi|привет|здравствуйте|cześć|dzień dobry|merhaba|hoi|hej|halo|hai|xin chào|chào bạn|你好|您好|こんにちは|안녕하세요|안녕|مرحب[اًا]{1,2}|أهلا|नमस्ते|สวัสดี(?:ครับ|ค่ะ)?)(?: there| \w{1,14})?\s?[!,.،。！，、~]{0,2}\s{0,2})?"
_HELPS = re.compile(
    rf"\A\W{{0,3}}{_GREETING}(?:"
    r"(?:I['’]m (?:here to help|ready)[.!] )?(?:how|what) (?:can|may|could) I (?:help|assist|do for)(?: you)?(?: with)?(?: today| with (?:that|this)| right now)?|wie kann ich (?:dir|ihnen|euch) (?:heute )?(?:helfen|weiterhelfen|behilflich sein)|womit kann ich (?:dir|ihnen) (?:heute )?helfen|"
    r"(?:comment|en quoi) (?:puis-je|je peux) (?:vous |t['’])aider(?: aujourd['’]hui)?|¿?(?:en qué|cómo) (?:te |le )?puedo ayudar(?:te|le|los)?(?: hoy)?|come posso (?:aiutarti|aiutarla|aiutare|esserti utile)(?: oggi)?|(?:como|em que) posso (?:te )?ajudar(?: você|-lo|-te)?(?: hoje)?|"
    r"(?:чем|как) я? ?могу (?:вам |тебе )?(?:сегодня )?помочь(?: вам| тебе)?(?: сегодня)?|(?:w czym|jak) mogę (?:ci |panu |pani )?(?:dzisiaj |dziś )?pomóc(?: dzisiaj| dziś)?|(?:waarmee|hoe) kan ik (?:je|u) (?:vandaag )?helpen|(?:size|sana) (?:bugün )?nasıl yardımcı olabilirim|(?:hur|vad) kan jag hjälpa (?:dig|till)(?: med)?(?: idag)?|"
    r"(?:请问)?(?:今天)?(?:有什么|我)(?:我)?(?:可以|能)(?:帮|帮助|为)(?:到|助)?(?:你|您)?(?:的|什么|做什么|做些什么|服务的)?(?:吗|呢)?|(?:今日は)?(?:何か|どのような?)(?:お手伝い|ご用件)[^\n。]{0,14}(?:か|しょうか)|(?:오늘 )?(?:무엇을|어떻게|뭘) (?:도와드릴까요|도와 드릴까요)|كيف (?:يمكنني|أستطيع) (?:مساعدتك|أن أساعدك)(?: اليوم)?|"
    r"(?:आज )?मैं आपकी (?:कैसे|क्या|किस प्रकार) (?:मदद|सहायता) कर सकत[ाी] हूँ|(?:apa yang|ada yang) (?:bisa|dapat) saya bantu(?: hari ini)?|tôi có thể giúp (?:gì|bạn)(?: (?:gì|được gì))?(?: cho bạn)?(?: hôm nay)?|(?:วันนี้)?(?:มี)?(?:อะไร)?ให้(?:ฉัน|ผม)?ช่วย(?:อะไร)?(?:ได้บ้าง|ไหม)?(?:ครับ|คะ)?|"
    r"what would you like (?:me to (?:write|say|reply|draft|respond|do|help)|help|to (?:say|write|reply|send))(?: (?:with|to|you with|about))?(?: \w{1,12}){0,2}|what (?:do you want|should I|shall I) (?:me to )?(?:draft|respond with|reply with|help (?:you )?with|write for you)|what (?:tone|style) (?:would you like|do you prefer|should I use)(?: \w{1,8}){0,3}|"
    r"was (?:soll ich (?:für (?:dich|sie) |ihr |ihm )?(?:antworten|schreiben|formulieren)|möchtest du,? dass ich (?:schreibe|antworte|sage))|(?:que|qu['’]) ?(?:veux-tu|voulez-vous|souhaites-tu|souhaitez-vous|aimerais-tu|aimeriez-vous) que j['’ ]?e? ?(?:écrive|réponde|dise)|¿?qué (?:te gustaría|quieres|le gustaría|quiere) que (?:escriba|responda|diga|redacte)|cosa (?:vuoi|vorresti) che (?:scriva|risponda|dica)|o que (?:você )?(?:quer|gostaria) que eu (?:escreva|responda|diga)|"
    r"что (?:вы хотите|ты хочешь|мне),? (?:чтобы я )?(?:написал|ответил|написать|ответить)[аи]?|co (?:mam|chcesz, żebym|chciałbyś, żebym) (?:napisać|odpowiedzieć|napisał|odpowiedział)a?|wat (?:wil je|moet ik|zal ik)(?: dat ik)? (?:schrijf|schrijven|antwoord|antwoorden)|ne (?:yazmamı|cevap vermemi) ister(?:sin|siniz|din|diniz)(?: iz)?|(?:你|您)(?:想|希望|要)(?:让|要)?我(?:写|回复|说|回)(?:些|点)?什么(?:呢)?|何(?:を|と)(?:書け|返信すれ|返せ|言え)ば(?:いい|よろしい)(?:です|でしょう)か|(?:무엇을|뭐라고|뭘) (?:써|작성해|답장해)(?: ?드릴까요| ?줄까요)|ماذا تريد(?:ني)? أن (?:أكتب|أرد)|आप (?:मुझसे )?क्या (?:लिखवाना|कहलवाना) चाहते हैं|apa yang (?:ingin|mau) (?:kamu|anda) (?:saya )?(?:tulis|balas)|bạn muốn tôi (?:viết|trả lời|nói) (?:gì|thế nào)"
    r")\W{0,3}\Z",
    re.IGNORECASE,
)
# What a program says for nothing. In small letters "none" is an answer.
_NIL = re.compile(
    r"None|NONE|null|NULL|Null|nil|undefined|NaN|nan|<?(?i:no[_-](?:reply|response|answer))>?|[\[(*<](?:silence|no response|no message|empty|blank|nothing)[\])*>]"
)
_NOT_GIVEN = re.compile(
    r"\A\W{0,3}(?:(?:It (?:looks|seems|appears) (?:like |that |as if |as though )?|I (?:see|notice) (?:that )?)(?:you (?:haven['’]t|have not|didn['’]t|did not|forgot to)|there(?:['’]s| is) no) (?:provided?|shared?|included?|given?|sent|message|text|conversation|context)[^\n]{0,120}|"
    r"There (?:is|was)(?: no|n['’]t (?:a|any)) (?:message|question|text|conversation)[^\n]{0,20} to (?:reply|respond|answer)(?: to)?|I can help you (?:draft|write|craft|with) (?:a|an|the|your) (?:\w{1,12} )?(?:reply|response|message|answer)[^\n]{0,120})\W{0,3}\Z"
)
# To the owner that is an answer.
_UNKNOWN = re.compile(
    r"\A\W{0,3}(?:"
    r"(?:The|There is no|There['’]s no)[^\n.]{0,30}\b(?:notes|context|records?|information)\b[^\n.]{0,20}\b(?:don['’]t say|do not say|doesn['’]t say|does not say|don['’]t mention|do not mention|about|provided|available)\b[^\n]{0,80}|"
    r"I (?:do not|don['’]t) have (?:(?:enough|any|that|this|the) )?(?:information|details|context|access to)\b[^\n]{0,80}|I have no (?:information|access|data)\b[^\n]{0,60}|I (?:do not|don['’]t) have (?:personal|a (?:body|calendar|schedule|physical))\b[^\n]{0,60})\W{0,3}\Z"
)
_ASSISTANT = r"(?:assistant|understudy|chatbot|AI|bot|representative|Assistent(?:in)?|Stellvertreter|assistante?|asistente|assistente|помощник|ассистент|asystent(?:ka)?|assistente|asistan[ıi])"
_OF_OWNER = (
    rf"\b(?:As|I am(?: just)?|I['’]m(?: just)?) (?:(?:OWNER)['’]s?|your|an) {_ASSISTANT}\b(?:[,.;!]|\s+(?:I\b|and\b|so\b)|\Z)|"
    rf"\b(?:Als|Ich bin(?: nur)?|[Ee]n tant qu(?:e |['’])|Je suis|Como|Soy|Sou|Come|In quanto|Sono|Как|Я|Jako|Ik ben) (?:(?:der|die|de|l['’]|el|la|o|a|il|jouw|dein|Ihr|ton|votre|tu|su|seu|tuo|твой|ваш) ?)?{_ASSISTANT} (?:von |de |d['’]|do |da |di |van )(?:OWNER)|"
    rf"\b(?:Als|Как|Jako) (?:(?:OWNER)\w{{0,2}}['’]? )?{_ASSISTANT}\b(?: \w{{3,12}})?[, ]|\b(?:I am|I['’]m) (?:just |only )?a (?:chatbot|bot|(?:large )?language model)\b|"
    r"(?:作为|身为)(?:OWNER)的?助(?:手|理)|(?:OWNER)の(?:アシスタント|代理)(?:として|です)|(?:OWNER)의 (?:어시스턴트|비서|조수)(?:로서|입니다)"
)


@lru_cache(maxsize=16)
def _of_owner(owner: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    return re.compile(_OF_OWNER.replace("OWNER", names))


def is_no_reply(text: str, owner: str, *, from_notes: bool = False) -> bool:
    """Whether a model refuses, speaks of itself as one, has nothing to say, or left something to be filled in:
    what it would have said instead nobody knows. `from_notes`: that they do not say is an answer."""
    refuses = (
        _REFUSES.search(text)
        or _HELPLESS.match(text)
        or _HELPLESS_ELSEWHERE.match(text)
        or _IS_ONE.search(text)
    )
    # "how can i help?" people ask too.
    helps = not text[:1].islower() and _HELPS.match(text)
    if helps or _NIL.fullmatch(text) or _NOT_GIVEN.match(text):
        return True
    unknown = not from_notes and _UNKNOWN.match(text)
    if refuses or unknown or _NOTHING.match(text) or _of_owner(owner).search(text):
        return True
    return bool(_UNFILLED.search(_CODE.sub(" ", text)))
