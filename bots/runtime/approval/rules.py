"""What a policy rule's stable name means to its owner. Pure."""

RULES = {
    "redraft": "you asked for this draft, so you decide",
    "unknown-person": "somebody here is new to you, so you decide",
    "paused": "sending is paused",
    "mode-draft": "drafts here wait for you",
    "no-delegation": "you have delegated nothing here",
    "rate-limit": "enough was sent here on its own for now",
    "beyond-small-talk": "the draft says more than small talk, so you decide",
    "draft-unknown": "I don’t know what to say: write it",
    "long-burst": "more was said than can be read at once, so you decide",
    "not-small-talk": "what was said is more than small talk, so you decide",
    "kind-not-delegated": "you have not delegated this kind of small talk here",
    "after-question": "it may answer what was asked before, so you decide",
    "not-own-reply": "the draft is none of your own replies, so you decide",
    "delegated": "you delegated this",
    "restored": "it comes from a backup, and may have been sent since",
    "restored-confirm": "it comes from a backup, and may have been sent since: approve it again to send it",
    "no-replies": "the delegation names no reply of yours: delegate anew",
    "persona-mode": "the persona may do less on its own than when you delegated",
    "other-persona": "another persona speaks there now",
    "not-delegated": "it is none of the replies that you delegated",
    "others-listen": "somebody came here for whom it was not written",
    "newer-message": "a newer message came after these words of yours",
    "late-message": "an earlier message came late, after these words of yours",
    "message-edited": "what these words of yours answer was edited",
    "message-deleted": "what these words of yours answer was taken back",
    "record-forgotten": "you had something forgotten that it rested on",
    "record-gone": "something that it rested on was taken back or forgotten",
    "record-changed": "something that it rested on was changed",
    "record-withheld": "something that it rested on may not be heard here any more",
    "not-authorized": "your approval of it is gone",
    "somebody-joined": "somebody joined, so it is drafted anew",
    "another-name": "it would have gone out from another account than its card said",
    "readers-unknown": "who can read it now could not be found out, so it was not sent",
    "heard-unknown": "whether all that it rests on still stands could not be found out, so it was not sent",
    "digest": "it is a digest that you declared for this place",
}
"""What a policy rule's stable name means to its owner."""
LOOK_FIRST = ("restored", "restored-confirm")
"""What is to be known before a draft is approved, whatever else its card says."""
FAMILIES = {
    "heard-": "you decide, because the message is about ",
    "says-": "you decide, because the draft is about ",
    "draft-": "you decide, because the draft itself needs a look: ",
}
"""What the rules that end in a topic or a finding mean, by how they begin."""
ENDINGS = {
    "identity": "who or what the twin is",
    "injection": "the twin’s own instructions",
    "secret": "a password or a code",
    "commitment": "a promise",
    "date": "a day or a time",
    "number": "numbers",
    "link": "a link",
    "legal": "the law",
    "intimate": "something intimate",
    "unreadable": "something unreadable",
    "empty": "it is empty",
}
"""Endings whose plain word would not read well."""


def rule_words(rule: str) -> str:
    """A policy rule's name in words; a name that is not known here is shown as it is."""
    plain = rule.replace("_", " ").replace("-", " ")
    if rule in RULES:
        return RULES[rule]
    for start, words in FAMILIES.items():
        if rule.startswith(start):
            return words + ENDINGS.get(rule.removeprefix(start), plain[len(start) :])
    return plain
