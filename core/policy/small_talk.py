"""Whether a reply says no more than small talk: what a delegation may send unread. Pure.

The topics of `core/policy/topics.py` name what must not go out; this names all that may. Every word has to
be one of these, or one that the other has just said; a name, a place, a day or an amount is none of them, and
neither is "she", because news of others is not small talk. To what was asked, a yes, a no or an echo is an
answer: there, those are none of them either.
"""

import re

from core.policy.topics import plain
from core.types import SmallTalk

WORDS = frozenset(
    """
    a about after again ah aha ahh all almost alright also although am amazing amused amusing an and
    another any anything anyway appreciate appreciated are as at aw awesome awkward aww back bad be
    beautiful because been being believe best better big bit bless boring both brave bravo brilliant but
    by bye care careful cheeky cheer cheers chill classic clever close comfy compliment congrats
    congratulations cool could crazy crossed cry curious cute day days dear delicious delight delighted
    delightful did different do does doing doubt dream dreams each easy either else enjoy enjoyed
    enjoying enjoys enough enthusiasm envious envy epic even ever every everything excellent excited
    exciting fair fancy fantastic favorite favourite feel feeling feels felt few find fine fingers first
    flattered for found friend from fun funny genius gentle glad gladly glorious go goes going good
    goodness gorgeous got grand grateful great grin grinning guess ha had haha happen happened happens
    happy hard has have having hear heard hehe hello helps here hey hi hilarious hiya hm hmm honest
    honestly hooray hope hopefully hoping how howdy hug huge hugs hurrah i i'd i'm i've idea if imagine
    impressed impressive in incredible inspiring interesting into is it it'd it's its jealous joke jokes
    joking joy just keep kidding kind kinda kindly know kudos last laugh laughed laughing laughs least
    legend less let life like liked likes little lol long look looked looking looks lot lots love loved
    lovely loves loving luck lucky made magic magical make makes making many mate matter matters may me
    mean means meant mind mine moment mood more most much must my myself need new next nice nicely nicer
    nicest night now odd of oh on once one only onwards ooh oops or other our ours out outstanding over
    own part perfect perfectly person phew pity pleased pleasure plenty point pretty priceless proper
    properly proud pun question quick quiet quite rather read real really relate relax relaxed relief
    remarkable sad safe said saw say saying says see seem seems seen sense shame should shout shy sigh
    silly simple simply sing sleepy slow small smile smiled smiles smiling smooth so solid some
    something sometimes soon sort sound sounded sounds special speechless splendid star stay still
    strange strong stuff stunning such suits super superb surprised sweet take taste tasty terrific than
    thank thankful thanks that that's the then there there's these thing things think thinking this
    those though thought thoughts thrilled through thumbs thx till time times tiny tired to together too
    top total totally touched try trying ugh understand understandable understood until up us useful
    very want wanted was way we we're we've weird welcome well were what what's whatever when where
    which while who whole why wise wish with without woah wonder wonderful wondering wonders woo woohoo
    word words world worries worry worth worthy would wow xo xoxo yay yet you you'd you're you've your
    yours yourself yum yummy
    """.split()  # noqa: SIM905 (a list of words reads better)
)
ANSWERS = frozenset(
    """
    absolutely actually always certainly correct couldn't course definitely didn't doesn't don't done
    exactly hadn't hasn't haven't indeed isn't maybe never no nobody nope not noted nothing perhaps
    possibly probably right same seriously sure surely true truly unfortunately usual usually wasn't
    won't wouldn't wrong
    """.split()  # noqa: SIM905 (a list of words reads better)
)
"""Small talk too, but where something was asked."""
_SOUND = re.compile(r"a*(?:ha|he|ho)+h*|lo+l|lmf?ao+|a+w+|o+h+|a+h+|h?m+|u+gh+|wo+w|ya+y|xo+|x+")
_RUN = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def is_small_talk(text: str, heard: str, name: str = "") -> bool:
    """Whether `text`, an answer to what was `heard`, has no word but those of small talk, of the other's
    `name`, and of what they said without asking."""
    asked = "?" in heard
    theirs = set(_WORD.findall(plain(name if asked else f"{name} {heard}")))
    small = WORDS if asked else WORDS | ANSWERS
    return all(word in theirs or _is_one_of(small, word) for word in _WORD.findall(plain(text)))


def _is_one_of(small: frozenset[str], word: str) -> bool:
    shorter = (word, _RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word))  # "soooo", "goooood"
    return any(one in small for one in shorter) or _SOUND.fullmatch(word) is not None


_WHOLE = {
    SmallTalk.GREETING: "hi|hey|hello|yo|morning|good morning|good evening|hey there",
    SmallTalk.THANKS: "thanks|thank you|thx|thanks a lot|thanks so much|thank you so much",
    SmallTalk.BYE: "bye|see you|see you soon|good night|night night|take care|cheers",
    SmallTalk.WISHES: "happy birthday|merry christmas|happy new year|have a nice weekend",
    SmallTalk.ACKNOWLEDGEMENT: "ok|okay|no worries|any ?time|you're welcome|my pleasure|sure thing|haha",
    SmallTalk.HOW_ARE_YOU: "how are you|how's it going",
}


def small_talk(text: str) -> SmallTalk | None:
    """The kind of small talk that a text is as a whole; None where it is, or may be, anything else."""
    words = plain(text).strip().strip("!.?~ ").lower()
    return next((kind for kind, whole in _WHOLE.items() if re.fullmatch(whole, words)), None)
