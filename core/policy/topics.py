"""What a draft commits its owner to, as far as review must know. Pure.

Word lists, not a model: the same text always gets the same topics. They lean towards finding too much: what
they name is shown to the owner, who decides on every draft.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from core.prompt.signs import visible


class SensitiveTopic(StrEnum):
    """What a draft is looked through for."""

    MONEY = "money"
    COMMITMENT = "commitment"
    """Promises, accepts, invites or asks for something to be done."""
    DATE = "date"


def _words(pattern: str) -> re.Pattern[str]:
    """Any of these, as whole words: ` | ` stands between them, a line's end within one means nothing."""
    each = (re.sub(r"\n\s*", "", part).strip() for part in re.split(r"\s\|\s", pattern))
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)")


_PATTERNS: tuple[tuple[SensitiveTopic, re.Pattern[str]], ...] = (
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
)


def plain(text: str) -> str:
    """Folded for comparison: compatibility forms, case, quotes and blanks made alike, nothing invisible."""
    folded = unicodedata.normalize("NFKC", visible(text)).casefold()
    return " ".join(folded.replace("’", "'").replace("‘", "'").replace("`", "'").split())


@lru_cache(maxsize=64)  # review asks about the same few texts within a turn
def topics(text: str) -> tuple[SensitiveTopic, ...]:
    """Every topic of a text."""
    folded = plain(text)
    return tuple(topic for topic, pattern in _PATTERNS if pattern.search(folded))
