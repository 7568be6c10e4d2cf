# ruff: noqa: E501 (what is not Latin counts double)
"""Words before a colon that name a thing and nobody. Pure.

A closed set: of a capitalised word that is not here it is taken that somebody speaks, and the reply is asked for anew.
"""

_ENGLISH = """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january february march april may june july
    august september october november december jan feb mar apr jun jul aug sep sept oct nov dec today tomorrow tonight yesterday morning noon
    afternoon evening night midnight weekend week weekly daily month year now later soon before after then first second third next last finally
    breakfast lunch dinner brunch drinks snack snacks dessert starter main menu drink food coffee tea
    address location place where when who what why how which time date day start end duration deadline eta departure arrival train bus flight
    gate platform seat room floor door hotel airport station parking directions meeting appointment venue phone tel telephone mobile cell email mail fax web
    website site url link links wifi password pass pin code login user username id number account iban bank amount price cost costs total sum
    budget size colour color weight height name names title subject author page version release model brand song album artist film movie book
    recipe ingredients serves pros cons pro con plus minus note notes nb ps pps update updates edit reminder warning caution attention careful
    important urgent info information details detail description summary overview conclusion result results score final status progress done
    todo todos task tasks tip tips hint hints advice idea ideas thought thoughts opinion question questions answer answers problem problems
    issue issues solution fix bug error reason reasons example examples source sources reference ref context background plan plans agenda
    topic topics theme goal goals rule rules fact facts news spoiler disclaimer correction clarification translation meaning quote quotes
    option options choice choices alternative alternatives bonus extra extras remember spoilers ad disclosure verdict winner loser weather forecast temperature mood
    current currently playing listening watching reading bring missing needed need shopping groceries list items left right top bottom
    front back north south east west home work school here there yes no yeah yep nope ok okay maybe sure sorry thanks thank hi hello hey
    btw fyi tldr imo imho aka re fw fwd cc bcc ot nsfw wip faq dm qa it tv pc us uk eu hq ip am pm od rsvp tbd tba tbc psa asap diy vs
    also and but or so because if except including meaning basically honestly seriously literally obviously actually translation spelled
    solved closed open opened fixed confirmed sold cancelled canceled postponed official video photo photos picture pictures audio attached attachment draft
    type press click add found try usage all both neither either everyone everybody anyone everything nothing something anything someone somebody nobody
    """
_ELSEWHERE = """
    montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so heute morgen übermorgen gestern abend mittag früh nachmittag nacht
    wochenende woche januar februar märz mai juni juli oktober dezember uhrzeit zeit ort adresse datum tag treffpunkt wo wann wer was warum wie welche
    telefon handy nummer passwort kennwort preis kosten summe name titel thema hinweis achtung wichtig wichtige info infos erinnerung nachtrag
    ergänzung korrektur frage antwort problem lösung grund beispiel quelle idee vorschlag plan regel tipp fazit ergebnis stand ja nein vielleicht danke
    sorry übrigens also aber oder und wetter anfahrt abfahrt ankunft zug einkauf liste zutaten rezept essen frühstück mittagessen abendessen getränke
    einlass beginn ende dauer hotel zimmer parken update link betreff einzige nur alle beide
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    aujourd'hui demain hier soir matin midi adresse lieu heure date jour rendez-vous où quand qui quoi pourquoi comment téléphone numéro prix total
    nom titre sujet attention important rappel note remarque question réponse problème solution raison exemple idée résultat météo oui non peut-être
    merci liste courses recette départ arrivée train gare code correction conclusion
    lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    hoy mañana ayer tarde noche dirección lugar hora fecha día dónde donde cuándo cuando quién qué por cómo como teléfono número precio total nombre título
    tema ojo atención importante recordatorio nota pregunta respuesta problema solución razón ejemplo idea resultado tiempo sí no quizás gracias lista
    receta salida llegada tren contraseña clave pd
    lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo aprile maggio giugno luglio settembre ottobre dicembre
    oggi domani ieri stasera mattina pomeriggio sera indirizzo luogo posto ora orario data giorno dove chi cosa perché telefono
    numero prezzo totale nome titolo oggetto attenzione nota domanda risposta soluzione motivo esempio risultato sì forse grazie partenza arrivo treno
    segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro dezembro hoje amanhã ontem manhã noite
    endereço local horário data dia onde quem quê telefone preço nome assunto atenção aviso lembrete pergunta resposta problema solução motivo
    exemplo ideia sim não talvez obrigado obrigada senha chegada obs
    понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс сегодня завтра послезавтра вчера утром днём вечером ночью утро день вечер
    адрес место время дата где когда кто что почему как телефон номер цена сумма итого имя название тема важно внимание напоминание примечание
    вопрос ответ проблема решение причина пример идея итог результат погода да нет может спасибо список рецепт пароль код ссылка поезд отправление прибытие зы кстати
    poniedziałek wtorek środa czwartek piątek sobota niedziela dziś dzisiaj jutro wczoraj rano wieczór wieczorem adres miejsce czas godzina data gdzie kiedy kto co
    dlaczego jak telefon numer cena suma temat uwaga ważne przypomnienie pytanie odpowiedź problem rozwiązanie powód przykład pomysł tak nie może dzięki hasło
    pazartesi salı çarşamba perşembe cuma cumartesi pazar bugün yarın dün sabah akşam adres yer saat tarih nerede ne kim neden nasıl telefon numara fiyat toplam
    konu not dikkat önemli soru cevap sorun çözüm örnek fikir sonuç evet hayır belki teşekkürler şifre
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag morgen gisteren vanavond ochtend middag avond adres plaats plek tijd datum waar wanneer wie
    wat waarom hoe telefoon nummer prijs totaal naam onderwerp let belangrijk herinnering vraag antwoord probleem oplossing reden voorbeeld idee ja nee misschien bedankt wachtwoord
    måndag tisdag onsdag torsdag fredag lördag söndag idag imorgon igår kväll adress plats tid datum var när vem vad varför hur telefon nummer pris ämne obs viktigt fråga svar problem ja nej kanske tack
    senin selasa rabu kamis jumat sabtu minggu besok kemarin pagi siang malam alamat tempat waktu jam tanggal dimana kapan siapa apa kenapa telepon nomor harga catatan penting ya tidak mungkin
    """
_UNCASED = """
    今天 明天 后天 昨天 今晚 明晚 早上 上午 中午 下午 晚上 周一 周二 周三 周四 周五 周六 周日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 周末 下周 地址 地点 位置 时间 日期 电话 手机 号码 邮箱 微信 密码 价格 费用 总计 总共 名字 标题 主题
    公告 通知 注意 注 备注 提醒 重要 更新 补充 问题 答案 回答 原因 例如 比如 例子 方案 方法 想法 建议 结论 结果 总结 天气 计划 链接 网址 目的 目的地 出发 到达 集合 菜单 材料 清单 另外 还有 其实 但是 因为 所以 首先 其次 最后 优点 缺点 状态 来源 翻译
    今日 明日 昨日 今夜 朝 昼 夜 月曜 火曜 水曜 木曜 金曜 土曜 日曜 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 住所 場所 時間 日時 電話 番号 値段 料金 合計 名前 件名 追記 追伸 補足 重要 質問 回答 理由 例 例えば 結論 結果 天気 予定 リンク 集合 持ち物 メモ パスワード
    오늘 내일 어제 모레 아침 점심 저녁 월요일 화요일 수요일 목요일 금요일 토요일 일요일 주소 장소 위치 시간 날짜 전화 번호 가격 합계 이름 제목 주의 참고 추신 중요 질문 답 답변 이유 예 예시 결론 결과 날씨 계획 링크 비밀번호 준비물 메모
    العنوان المكان الوقت التاريخ الهاتف الرقم السعر المجموع الاسم الموضوع ملاحظة تنبيه مهم سؤال جواب السبب مثال النتيجة غدا غداً اليوم أمس الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت نعم لا
    पता जगह समय तारीख फोन नंबर कीमत नाम विषय नोट ध्यान सवाल जवाब कारण उदाहरण कल आज परसों सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार हाँ नहीं
    כתובת מקום שעה תאריך טלפון מספר מחיר שם נושא הערה חשוב שאלה תשובה סיבה היום מחר אתמול כן לא ที่อยู่ สถานที่ เวลา วันที่ โทร เบอร์ ราคา ชื่อ หมายเหตุ สำคัญ คำถาม คำตอบ วันนี้ พรุ่งนี้ ใช่ ไม่
    """
PLAIN_LABELS = frozenset(f"{_ENGLISH} {_ELSEWHERE} {_UNCASED}".split())
_ACTED = """
    sigh sighs grin grins smile smiles shrug shrugs cough yawn hug hugs facepalm rant sarcasm irony joke wink nod nods gasp laugh laughs lol sob giggle
    blush bow waves wave whisper br div span code pre em strong html body head img table name user username placeholder
    """
ACTED = frozenset(_ACTED.split())
"""What stands in angle brackets and is nobody: what one does, and what pages are written with."""
