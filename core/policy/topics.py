"""What a text is about, as far as policy must know: what only the owner may answer. Pure.

Word lists, not a model: the same text always gets the same topics. They lean towards finding too much,
because a topic only ever costs the owner a click.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from core.prompt.signs import visible


class SensitiveTopic(StrEnum):
    """Why a text is not for the twin to answer alone."""

    IDENTITY = "identity"
    """Asks whether a person is writing."""
    INJECTION = "injection"
    SECRET = "secret"  # noqa: S105 (a topic)
    MONEY = "money"
    HEALTH = "health"
    GRIEF = "grief"
    ANGER = "anger"
    LEGAL = "legal"
    INTIMATE = "intimate"
    LINK = "link"
    COMMITMENT = "commitment"
    """Promises, accepts, invites or asks for something to be done."""
    DATE = "date"
    NUMBER = "number"
    UNREADABLE = "unreadable"
    """Too long, or in no language that these lists know."""


def _words(pattern: str) -> re.Pattern[str]:
    """Any of these, as whole words: ` | ` stands between them, a line's end within one means nothing."""
    each = (re.sub(r"\n\s*", "", part).strip() for part in re.split(r"\s\|\s", pattern))
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)")


_PATTERNS: tuple[tuple[SensitiveTopic, re.Pattern[str]], ...] = (
    (
        SensitiveTopic.IDENTITY,
        _words(
            r"""
            (?:are|r) (?:you|u|ya)[ ]
            (?:really |actually |even |just |still |a |an |the |some |kind of )*
            (?:bot|robot|chatbot|ai|a\.i\.|machine|program|llm|gpt|chatgpt|human|real|person|
            automated|computer|assistant|twin) |
            (?:you're|you are|ur|youre) (?:really |just |actually |not )*(?:a |an )
            (?:bot|robot|chatbot|ai|machine|human|real person) |
            (?:is|was) (?:this|that|it|there) (?:really |actually |even |just |still |a |an |the |some )*
            (?:you|bot|robot|chatbot|ai|machine|human|real person|automated|auto-?reply|chatgpt|gpt) |
            (?:am i|are we) (?:really |actually |just )*
            (?:talking|speaking|chatting|writing|texting) (?:to|with) .{1,40} |
            who (?:am i|are we) (?:really |actually )?
            (?:talking|speaking|chatting|writing|texting) (?:to|with) |
            (?:talking|speaking|chatting|texting) (?:to|with) (?:a |an )?
            (?:bot|robot|ai|machine|human|real person) |
            did (?:you|an? \w+) (?:really |actually )?write (?:this|that|it) |
            (?:prove|proof) (?:that )?(?:you're|you are|ur|youre) .{0,20}(?:human|real|you) |
            bist du .{0,15}(?:bot|ki|roboter|mensch|maschine|echt) |
            es-tu .{0,15}(?:bot|robot|ia|humain|machine) | (?:t'es|tu es|vous êtes) un (?:bot|robot) |
            eres .{0,15}(?:bot|robot|ia|humano|humana|máquina)
            """
        ),
    ),
    (
        SensitiveTopic.INJECTION,
        _words(
            r"""
            (?:ignore|disregard|forget) .{0,30}(?:instruction|instructions|prompt|rules|above|previous|
            everything) | system prompt | your (?:instructions|prompt|rules|guidelines) | developer mode |
            jailbreak | (?:act|pretend|roleplay|behave) as | pretend (?:to be|you are|you're) |
            you are now | new instructions | repeat (?:after me|everything|the words|the text) |
            what (?:do|did) (?:you|they) (?:remember|know) about
            | approv\w+ | drafts? | ignore (?:previous|all) |
            (?:say|write|reply|answer|respond) (?:with|exactly|only) | translate | summari[sz]e |
            forward (?:this|it|that|them) | print
            """
        ),
    ),
    (
        SensitiveTopic.SECRET,
        _words(
            r"""
            password\w* | passwort\w* | passcode\w* | pass ?phrase\w* | pin | pins | otp | 2fa |
            one-?time code | verification code | security code | code | codes | login\w* | log ?in |
            credential\w* | api key\w* | token | tokens | secret\w* | confidential\w* | private key\w* |
            seed phrase | nda | classified | (?:don't|dont|do not|never) tell |
            between (?:us|you and me) | keep (?:this|it|that) (?:quiet|private|secret) | surprise\w* |
            social security | ssn | passport\w* | iban | account number | sort code | cvv | address |
            phone number | gossip | rumou?r\w* | leak\w* | keys? | maiden name | alarm |
            where (?:are|r|is|was|were|do|does|did|will) \w+ | where's \w+ | who (?:is|are|was) with |
            who's with | (?:at |is |are |you |she |he |house |home )(?:home|alone|empty) |
            your (?:mother|first|pet|dog|cat)\w* | how old (?:is|are) |
            (?:what did|did|does|do) (?!you|u|i)\w+ (?:say|tell|know|think|ask|leave|mean)
            """
        ),
    ),
    (
        SensitiveTopic.MONEY,
        _words(
            r"""
            money | cash | pay | pays | paid | paying | payment\w* | payroll | salar\w+ | wage\w* |
            bonus\w* | raise | price\w* | cost | costs | fee | fees | rent | loan\w* | lend\w* | lent |
            borrow\w* | owe | owes | owed | owing | debt\w* | invoice\w* | refund\w* | transfer\w* |
            venmo | paypal | zelle | revolut | wire | bank\w* | invest\w* | crypto\w* | bitcoin | btc |
            mortgage\w* | budget\w* | tax | taxes | dollar\w* | euro\w* | bucks? | quid | grand | pounds |
            buy | buying | bought | sell\w* | sold | gift ?card\w* | deposit\w* | donat\w+ | tip |
            how much | discount\w* | contract\w* | deal | geld | argent | dinero
            """
        ),
    ),
    (
        SensitiveTopic.HEALTH,
        _words(
            r"""
            doctor\w* | hospital\w* | clinic\w* | diagnos\w+ | cancer\w* | tumou?r\w* | sick\w* | ill |
            illness\w* | disease\w* | symptom\w* | medic\w+ | meds | pill | pills | dose\w* | surgery |
            surgeon\w* | therap\w+ | depress\w+ | anxi\w+ | panic\w* | suicid\w+ | self-?harm\w* |
            kill myself | hurt myself | end it all | die | dying | overdos\w+ | drunk | addict\w* |
            rehab | pregnan\w+ | miscarriage | blood | scan | biopsy | test results? | covid | fever |
            pain | pains | injur\w+ | accident\w* | emergency | ambulance | disab\w+ | mental\w* |
            burn(?:ed|t)? ?out |
            is expecting | feel(?:ing|s)? (?:low|bad|awful|terrible|down) | not well |
            vaccin\w+ | allerg\w+ | hiv | std | krank\w* | malade | enferm\w+
            """
        ),
    ),
    (
        SensitiveTopic.GRIEF,
        _words(
            r"""
            died | dead | death\w* | passed away | passed on | funeral\w* | condolence\w* | grie\w+ |
            mourn\w* | loss | lost (?:my|her|his|our|their) | rip | rest in peace | wake | obituary |
            crying | cried | cry | heartbroken | devastated | terrible news | bad news | sad news |
            so sorry to hear
            """
        ),
    ),
    (
        SensitiveTopic.ANGER,
        _words(
            r"""
            angry | furious | pissed | mad at | hate | hates | hated | disgust\w* | fuck\w* | shit\w* |
            bullshit | asshole\w* | bitch\w* | idiot\w* | stupid | liar | lying | lied | betray\w* |
            unacceptable | ridiculous | disappoint\w* | sick of | fed up | shut up | screw you |
            go to hell | how dare | apologi[sz]e | sorry | upset | fight | fighting | argu\w+ | unfair |
            blame\w* | your fault | complain\w* | threat\w* | hurt | insult\w* | racist | sexist |
            never speak
            """
        ),
    ),
    (
        SensitiveTopic.LEGAL,
        _words(
            r"""
            lawyer\w* | attorney\w* | legal\w* | law | lawsuit\w* | sue | suing | sued | court\w* |
            police | arrest\w* | crime\w* | criminal\w* | illegal\w* | fraud\w* | custody | divorc\w+ |
            testif\w+ | witness\w* | subpoena\w* | visa | immigra\w+ | warrant\w* | liab\w+ |
            copyright\w* | sign | signed | signature\w* | agreement\w* | terms | fired | quit | quitting |
            resign\w* | laid off | let go | the sack | hired |
            layoff\w* | promotion | hr | harass\w* | complaint\w* | drug | drugs |
            weed | gun | guns | weapon\w* | bomb\w*
            """
        ),
    ),
    (
        SensitiveTopic.INTIMATE,
        _words(
            r"""
            sex\w* | nude\w* | naked | porn\w* | kiss\w* | love you | in love | break(?:ing)? up |
            broke up | split up | dumped | (?:leaving|left) (?:him|her|me|them) |
            cheat\w* | affair\w* | dating | crush on | boyfriend | girlfriend | my ex |
            your ex | marry | married | marriage | wedding | engaged | propos(?:e|ed|al) | miss you |
            pregnant | gay | religio\w+ | politic\w+ | vote\w*
            """
        ),
    ),
    (
        SensitiveTopic.LINK,
        re.compile(
            r"\w+://|(?<!\w)www\.|(?<!\w)click(?!\w)|[\w.+-]+@[\w-]+\.\w|"
            r"(?<![\w.])[a-z0-9-]+\.(?:com|net|org|io|co|me|ly|app|dev|info|biz|xyz|ru|cn|de|uk|fr|eu|gg|link)(?!\w)|"
            r"(?<!\w)(?:download|install|attachment|attached|qr)(?!\w)"
        ),
    ),
    (
        SensitiveTopic.COMMITMENT,
        _words(
            r"""
            i'?ll | i will | we'?ll | we will | i'm going to | i am going to | im going to | gonna |
            going to | i shall | promise\w* | swear | guarantee\w* | commit\w* | count (?:me in|on me) |
            (?:i'm|im|i am|we're) (?:in|down|game|on it|free|available|coming|there) | i can | we can |
            i could | we could | let me | let's | lets | will do | on it | sure thing | agreed? |
            accept\w* | confirm\w* | book\w* | reserv\w+ | schedul\w+ | cancel\w* | postpone\w* |
            resched\w+ | appointment\w* | meeting\w* | meet | meets | meetup | see you | call me |
            call you | calling | join\w* | come over | coming | come to | come with |
            pick (?:you|me|it|them|up) | are you free | (?:you|u) free | free (?:for|on|to) | available |
            availability | are you (?:coming|around|in|up for|able) | can (?:you|u|we|i) |
            could (?:you|u|we) | would (?:you|u) | will (?:you|u) | want to | wanna | would love to |
            up for | how about | what about | shall we | should we | should i | do you mind | need you |
            i need | please | dinner | lunch | brunch | breakfast | coffee | drinks | beers? | party |
            trip | holiday | visit\w* | invit\w+ | rsvp | deadline\w* | due | deliver\w* |
            send (?:me|you|it|them|over|him|her) | give (?:me|you) | bring | help me | yes | yep | yeah |
            yup | ok(?:ay)? then | sounds (?:good|great) | works for me | that works | i'd love |
            may i | is it ok | ok if | mind if | (?:got|have) (?:a minute|time) |
            (?:still|we|you) (?:on|in|good) | up to it | my place | come (?:a)?round |
            drop by | swing by | crash at | dm me
            """
        ),
    ),
    (
        SensitiveTopic.DATE,
        _words(
            r"""
            (?:mon|tues|wednes|thurs|fri|satur|sun)day\w* | mon | tue | tues | wed | thu | thur | thurs |
            fri | sat | sun | january | february | march | april | may \d.* | june | july | august |
            september | october | november | december | jan | feb | mar | apr | jun | jul | aug | sept? |
            oct | nov | dec | today | tonight | tomorrow | tmrw | tmr | yesterday | weekend\w* |
            (?:this|next|last|every) (?:week|month|year|morning|afternoon|evening|time|term|quarter) |
            in an? (?:bit|hour|minute|sec|second|week|month|while|day) | morning | afternoon | evening |
            midnight | noon | o'?clock | later | soon |
            when (?:are|is|was|do|does|did|will|can|could|should|shall|would|'s) | what time |
            calendar | date | dates |
            birthday\w* | anniversary | christmas | easter | thanksgiving | new year\w* | [ap]\.?m\.? |
            by then | eod | asap | mañana | demain | morgen | heute
            """
        ),
    ),
    (
        SensitiveTopic.NUMBER,
        re.compile(
            r"(?<!<)\d|[€£$¥₹₿%]|(?<!\w)(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|"
            r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half past|"
            r"quarter|dozen)(?!\w)"
        ),
    ),
)

_COMMON = frozenset(
    """
    a about after again ah all also always am an and any are as at aw back be because been before
    best better but by cool did do does doing don't done down ever every fine for from fun get glad
    go good got great ha haha had happy has have he hello her here hey hi him his how i i'm if in is
    it it's its just kind know lol look love made make man maybe me mine more morning most much my
    never nice night no not nothing now of off oh ok okay on one only or other our out over pretty
    quite really right same say see she should so some something still stuff such super than thank
    thanks that that's the them then there these they thing things think this those though time to
    too true try very was way we well went were what which who why wow you you're your yours
    """.split()  # noqa: SIM905 (a list of words reads better)
)
_LONG = 2000
_LATIN_WORD = re.compile(r"[a-z']+")
_ANY_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def plain(text: str) -> str:
    """Folded for comparison: compatibility forms, case, quotes and blanks made alike, nothing invisible."""
    folded = unicodedata.normalize("NFKC", visible(text)).casefold()
    return " ".join(folded.replace("’", "'").replace("‘", "'").replace("`", "'").split())


@lru_cache(maxsize=64)  # review and policy ask about the same few texts within a turn
def topics(text: str) -> tuple[SensitiveTopic, ...]:
    """Every topic of a text, the weightiest first."""
    if len(text) > _LONG:
        return (SensitiveTopic.UNREADABLE,)
    folded = plain(text)
    found = [topic for topic, pattern in _PATTERNS if pattern.search(folded)]
    if _unreadable(folded):
        found.append(SensitiveTopic.UNREADABLE)
    return tuple(found)


def asks_if_bot(text: str) -> bool:
    """Whether a text asks if a person is writing."""
    return any(SensitiveTopic.IDENTITY in topics(part) for part in {text[:_LONG], text[-_LONG:]})


def _unreadable(folded: str) -> bool:
    """Whether the lists cannot judge it: another script, or hardly a common English word in it."""
    words = _ANY_WORD.findall(folded)
    if any(not _LATIN_WORD.fullmatch(word) for word in words):
        return True
    return len(words) >= 4 and 5 * sum(word in _COMMON for word in words) < len(words)
