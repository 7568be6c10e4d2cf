# ruff: noqa: E501 (what is not Latin counts double)
"""What a model thinks before it speaks, and what only machines read, in all forms that are known. Pure."""

import re
from functools import lru_cache

_THOUGHT = (
    r"(?:seed|antml|\w{1,12})?:?(?:think\w{0,4}|thoughts?|reason(?:ing)?|reflect(?:ion|ing)?|scratch_?pad|"
    r"thought_(?:begin|end)|details|思考|inner[_ ]?(?:monologue|thoughts?)|monologue|cot|chain[_ ]of[_ ]thought|"
    r"deliberation|plan(?:ning)?|internal|analysis)"
)
_TAG = re.compile(
    # <think>, </think>, <|begin_of_thought|>, <|END_THINKING|>, ◁/think▷, <｜think｜>, <seed:think>
    rf"[<◁]\s{{0,3}}(?P<end0>/)?[|｜]?\s{{0,3}}(?P<end>/|end_of_|end_|end)?(?:begin_of_|begin_|start_of_|start_)?{_THOUGHT}"
    r"(?:\s[^<>]{0,80}?)?(?P<closed>/)?[|｜]?\s{0,3}[>▷]"
    # [THINK]; in small letters only where a tag of its kind closes it: "[thinking]" is a way to talk.
    r"|\[(?P<end2>/)?(?P<in_square>think(?:ing)?|reasoning|thoughts?)\]"
    # Gemma 4: <|channel>thought … <channel|>
    r"|<\|channel>\s*(?:thought|analysis)?|(?P<end4><channel\|>)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\A\s*<!--(?:(?!-->)[\s\S]){0,2000}-->")
_WAITING = re.compile(r"\A\s*Thinking\.\.\.[\s\S]*?\.\.\.done thinking\.")
"""As one program shows a thought at a terminal."""
_HARMONY = re.compile(
    r"(?:<\|start\|>\s?assistant\s?)?<\|channel\|>\s?(?P<channel>\w{1,20}+)[^<]*+(?:<\|constrain\|>\s?\w{1,20}\s?)?"
    r"<\|message\|>",
    re.IGNORECASE,
)
# The same where the server has dropped the tokens: "analysisThe user … assistantfinalSure".
_BARE_HARMONY = re.compile(
    r"^\s*(?:assistant)?(?:analysis|commentary)(?=[^a-z\s:,.!?]|[\s\S]*assistant\s*final)"
)
_BARE_FINAL = re.compile(r"assistant\s*final(?=\S|\s*\n)", re.IGNORECASE)
_NAMES = "answer|response|reply|output|final(?:_answer)?|message|solution|result|say|text|assistant|output_text|body|chat|p"
_ANSWER = re.compile(
    rf"\A<\|?(?:start_)?(?P<name>{_NAMES})(?:\s[^<>]{{0,80}})?\|?>"
    r"(?P<text>[\s\S]*?)(?:</?\|?(?:end_)?(?P=name)\|?>(?=\s*+\n|\s*+\Z)|\Z)"
    r"|\A<\|begin_of_solution\|>(?P<solution>[\s\S]*?)(?:<\|end_of_solution\|>|\Z)"
    r"|\A\W{0,4}\\(?:boxed|text)\{(?:\\text\{)?(?P<boxed>[^{}]*)\}",
    re.IGNORECASE,
)
# Behind words that are none of it, a tag says what is the answer where it is closed at the end.
_ANSWER_LAST = re.compile(rf"</\|?(?:end_)?(?P<name>{_NAMES})\|?>\Z", re.IGNORECASE)
# A thought that no tag marks, by how the known models begin one.
_ALOUD = re.compile(
    r"^\W{0,12}?(?=(?:ok(?:ay)?|alright|all right|hmm+|right|so|well|first|let me|let's|we|i)\b)[^\n]{0,100}?"
    r"(?:\bthe user(?:'s| is| has| wants?| asks?| asked| said| says| sent| just| might| seems?| greeted)\b|"
    r"\bi(?:'m| am) (?:supposed|asked|meant|told) to (?:respond|reply|answer|write|be|act|play)\b|"
    r"\bi (?:should|need to|must|have to) (?:respond|reply|answer|write)\b[^\n]{0,30}\b(?:as|in|with)\b|"
    r"\bwe (?:need to|should|must|have to) (?:produce|output|(?:respond|reply|answer|write)\b[^\n]{0,30}\b"
    r"(?:as [A-Z]|in (?:character|at most|one|two|a)|with (?:a|one|only))))"
    r"|^\W{0,12}?(?:the user(?:'s| is| wants| asks| asked| said) (?:message|asking|to know|me|whether|if|for))"
    r"|^\W{0,12}?(?:好的|嗯|首先|那么|现在)?[,，。\s]{0,4}(?:用户|使用者)(?:在|问|说|想|发|的|询问|希望|要求)"
    r"|^\W{0,12}?(?:好的|嗯)?[,，]?我(?:现在)?(?:需要|应该|要)[^\n]{0,10}用户"
    r"|^\W{0,12}?(?:okay|also|gut|bon|bien|хорошо)[,.]?\s*(?:der nutzer|l'utilisateur|el usuario|пользователь)\b"
    r"|^\W{0,12}?(?:thought|thinking|reasoning|analysis|internal monologue|here(?:['’]s| is) my (?:thought|thinking))\s?(?:process)?\s*:\**\s",
    re.IGNORECASE,
)
_ALOUD_END = re.compile(
    r"(?:^|\n)\W{0,3}(?:final (?:answer|reply|response|draft|version)|answer|reply|response|output|my reply|(?:and )?here(?:['’]s| is) my (?:reply|response|answer)|"
    r"draft)\W{0,3}[:：]\W{0,3}\s*(?P<text>[\s\S]+)$",
    re.IGNORECASE,
)
# Of the owner by name, or of the reply as of a thing to be made: nobody says so in a chat.
_ABOUT_ANSWERING = (
    r"\A\W{0,12}?as OWNER,? i\b|\b(?:respond|reply|answer|write|act|speak)\b[^\n.]{0,30}? as OWNER\b|"
    r"\bhow OWNER (?:would|might|should)\b(?! (?:say|reply|respond|answer)\w*:)|"
    r"\bOWNER (?:would|might|could|should) (?:probably |likely )?(?:say|reply|respond|answer|agree|want)\b(?![^\n]{0,30}?[:：])|"
    r"\A\W{0,12}?the (?:last |latest )?message (?:from [^\n]{1,30} )?(?:is asking|asks)\b|\bconsider the context\b|"
    r"\b(?:therefore,? the|so,? (?:a )?short) (?:answer|reply|response)\b|"
    r"\bbased on the notes\b|\baccording to the notes,? OWNER\b|"
    r"\b(?:let me|let['’]s|i(?:['’]ll| will| should| need to| must)) (?:now )?(?:craft|compose|formulate|draft) (?:a|an|the|my)\b|"
    r"\b(?:short|brief|casual|friendly) (?:reply|response|answer) (?:is|would be) (?:appropriate|fine|best|enough|good)\b|"
    r"\b(?:the|my) (?:reply|response|answer) (?:should|must|needs to|has to) be\b|"
    r"\b(?:i (?:should|need to|must)|need to) (?:respond|reply|answer)[^\n.]{0,20}? (?:briefly|casually|in character)\b|"
    r"\bich (?:sollte|muss|soll) (?:kurz|knapp)\b[^\n.]{0,20}? antworten|\bje dois répondre brièvement|"
    r"\bdebo responder brevemente|\bнужно ответить (?:коротко|кратко)|以.{1,20}的身份.{0,6}(?:回复|回答)"
)
_LONGEST_PARAGRAPH = 1000
_LONGEST_TAG = 40
_TOOL = re.compile(
    r"<\|?/?(?:tool_?calls?|function_?calls?|function|invoke|tool_code|tool|parameter|python_tag|call)\b[^<>]*"
    r"[>|]|<\|?tool[_▁]|<｜tool|<\|action|\[TOOL_CALLS?\]|\[/?TOOL|<tool_call|<function=|<\|python_tag\|>|"
    r"<call:|```(?:tool_code|tool_call|tool_outputs?)|^\W{0,12}?Action(?: Input)?:\s?\w[\s\S]*\bAction Input:|"
    r"\bto=functions\.|^\s*(?:functions\.|default_api\.|print\(default_api)?"
    r"(?:send|reply|respond|say|post|write|message|search|get|find|lookup|call|check|create|set|add)_?\w*"
    r"\((?:\s*\w+\s*=|\s*[\"'{])[\s\S]*\)\s*$",
)


def outside_thought(text: str) -> str:
    """What is said outside of reasoning. An end without a beginning ends one that began in the prompt; a
    beginning without an end has no end."""
    text = _final_channel(text)
    text = _WAITING.sub("", _COMMENT.sub("", text))
    spoken, depth, position, last = "", 0, 0, ""
    closes = max((tag.end() for tag in _TAG.finditer(text) if tag["in_square"] and tag["end2"]), default=0)
    for tag in _TAG.finditer(text):
        if tag["in_square"] and tag.end() > closes and tag["in_square"] != tag["in_square"].upper():
            continue
        between = text[position : tag.start()]
        position = tag.end()
        if depth == 0:
            spoken += between
        if tag["closed"]:
            continue
        if any(tag[name] for name in ("end0", "end", "end2", "end4")) or tag.group().endswith("_end|>"):
            spoken, depth = ("", 0) if depth == 0 else (spoken, depth - 1)
            last = "end"
        else:
            # "<think>\n<think>" is a beginning that was said twice: in the prompt, and by the model.
            depth += not (depth and last == "begin" and not between.strip())
            last = "begin"
    if depth == 0:
        spoken += text[position:]
    return _answered(spoken.strip().removeprefix("****"))


def _final_channel(text: str) -> str:
    headers = list(_HARMONY.finditer(text))
    if headers:
        final = [header for header in headers if header["channel"].lower() == "final"]
        return (
            re.split(r"<\|(?:end|return|start|channel|call)\|>", text[final[-1].end() :])[0] if final else ""
        )
    if _BARE_HARMONY.match(text):
        parts = _BARE_FINAL.split(text)
        return parts[-1] if len(parts) > 1 else ""
    return text


def _answered(text: str) -> str:
    """What stands in a tag that says it is the answer; the whole text where there is none."""
    answer = _ANSWER.search(text)
    if answer is None:
        last = _ANSWER_LAST.search(text[-_LONGEST_TAG:])
        if last is None:
            return text
        text = text[: len(text) - len(last.group())]
        return text[text.casefold().rfind(f"<{last['name'].casefold()}>") :].partition(">")[2] or text
    return next((part for part in (answer["text"], answer["solution"], answer["boxed"]) if part), "")


def thinks_aloud(text: str, owner: str) -> bool:
    """Whether a text without a tag is reasoning about what to answer: its first paragraph says so."""
    paragraph = text.strip().partition("\n\n")[0][:_LONGEST_PARAGRAPH]
    return bool(_ALOUD.match(text)) or bool(_about_answering(owner).search(paragraph))


@lru_cache(maxsize=16)
def _about_answering(owner: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    return re.compile(_ABOUT_ANSWERING.replace("OWNER", f"(?:{names})"), re.IGNORECASE)


def after_thinking_aloud(text: str) -> str:
    """The answer that such a text names as one; empty where it names none."""
    answer = _ALOUD_END.search(text)
    return answer["text"] if answer else ""


def calls_tool(text: str) -> bool:
    """Whether it asks a program for something, which nothing here offers it."""
    return bool(_TOOL.search(text))
