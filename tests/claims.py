"""Drafts that are true of a made-up owner, and drafts that are not: our own, in several languages."""

from dataclasses import dataclass

KNOWN = (
    "Alex climbs at the Quarry on Fridays from 5 until 7. Dinner on Friday is fine after half past seven.",
    "Alex works from home on Mondays and keeps the afternoon for maps.",
    "Alex lends the small tent and the blue mat to any friend who asks.",
    "Alex has a sourdough named Gerald and drinks black tea.",
    "Am Montag arbeitet Alex zu Hause. Das Zelt steht im Keller.",
    "Alex grimpe le vendredi jusqu'à sept heures, et aime les nouilles.",
    "Alex trabaja en casa los lunes y tiene una tienda azul.",
    "По пятницам Алекс лазает до семи, потом ужин.",
    "周五七点以前爬山，七点半以后可以吃面。",
)
RULES = (
    "Alex never lends the car, but will drive a friend.",
    "does not talk about money or salaries",
    "Alex verleiht nie das Auto",
    "ne prête jamais sa voiture",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A draft and what it answers."""

    heard: str
    draft: str


FALSE = (
    Said("how are you?", "i went to the doctor"),
    Said("did you go to the doctor?", "i went to the doctor yesterday"),
    Said("how was your weekend?", "i was in Lisbon with my sister"),
    Said("what are you up to?", "i'm at the airport, flying to Spain"),
    Said("did you like the film?", "i watched the film with Marcus, the ending was sad"),
    Said("can you drive us?", "sure, i'll drive the car"),
    Said("can i have the car on sunday?", "of course, take the car"),
    Said("can i borrow your car?", "yes, the car is yours"),
    Said("are you coming?", "i have a meeting with the lawyer"),
    Said("where are you?", "i'm at the hospital"),
    Said("is jonas there?", "he's in the garage fixing the van"),
    Said("what did marcus say?", "he signed the contract"),
    Said("when?", "at 18:45"),
    Said("how much?", "it costs 220"),
    Said("who comes?", "me and Barbara"),
    Said("which day?", "wednesday"),
    Said("do you have a cat?", "i have two cats and a parrot"),
    Said("why were you late?", "my train broke down near the station"),
    Said("how is work?", "i quit my job at the bank"),
    Said("and your health?", "i broke my arm skiing"),
    Said("wie gehts?", "ich war gestern beim Zahnarzt in der Stadt"),
    Said("kann ich das auto haben?", "klar, du kannst das Auto haben"),
    Said("was machst du?", "ich fliege morgen nach Spanien mit meiner Schwester"),
    Said("ça va?", "je suis allé chez le médecin avec ma soeur"),
    Said("je peux prendre la voiture?", "oui, tu peux prendre la voiture"),
    Said("¿qué tal?", "ayer fui al médico con mi hermana"),
    Said("¿dónde estás?", "estoy en el aeropuerto con mi familia"),
    Said("как дела?", "я вчера ходил к врачу с сестрой"),
    Said("你好吗？", "我昨天去医院看医生了"),
    Said("元気？", "昨日は病院に行って注射を打った"),
    Said("can i borrow the car tomorrow?", "yes. tomorrow it is"),
    Said("kann ich dein auto haben?", "klar!"),
    Said("how much do you earn?", "i'll tell you, my salary is fine"),
)
TRUE = (
    Said("are you free for dinner on friday?", "after half seven, then yes. dinner?"),
    Said("are you free for dinner on friday?", "i climb until 7, dinner after that"),
    Said("friday?", "i'm at the quarry from 5"),
    Said("can i borrow the tent?", "sure, i lend the small tent gladly"),
    Said("can i borrow the car?", "no, i never lend the car. i can drive you though"),
    Said("can i borrow the car?", "sorry, not the car"),
    Said("can i borrow the car?", "ha. what for?"),
    Said("monday?", "i work from home on monday"),
    Said("who is gerald?", "my sourdough, gerald"),
    Said("thanks!", "any time"),
    Said("i got the job!!", "wow, i'm so happy for you!"),
    Said("happy birthday!", "thank you, that made my day"),
    Said("i'm ill", "oh no, i'm sorry. anything you need?"),
    Said("how are you?", "alive. you?"),
    Said("haha", "i know, i know"),
    Said("do you know a plumber?", "i don't know, let me think"),
    Said("what do you think?", "i don't know yet, i'll have a look"),
    Said("coming?", "will you be there?"),
    Said("did you see the doctor?", "not yet"),
    Said("wann hast du zeit?", "am Montag arbeite ich zu Hause"),
    Said("wo ist das zelt?", "das Zelt steht im Keller"),
    Said("danke!", "gern geschehen"),
    Said("kann ich das auto haben?", "nein, das Auto verleihe ich nicht"),
    Said("vendredi?", "je grimpe jusqu'à sept heures, puis nouilles"),
    Said("merci", "de rien"),
    Said("¿el lunes?", "los lunes trabajo en casa"),
    Said("в пятницу?", "лазает до семи, потом ужин"),
    Said("周五有空吗？", "七点半以后可以吃面"),
    Said("谢谢", "不客气"),
)
