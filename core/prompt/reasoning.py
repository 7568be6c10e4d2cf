"""What a model thinks before it speaks, and what only machines read, in all forms that are known. Pure."""

import re

_THOUGHT = (
    r"(?:seed|antml|\w{1,12})?:?(?:think\w{0,4}|thoughts?|reason(?:ing)?|reflect(?:ion|ing)?|scratch_?pad|"
    r"inner[_ ]?(?:monologue|thoughts?)|monologue|cot|chain[_ ]of[_ ]thought|deliberation|plan(?:ning)?|"
    r"internal|analysis)"
)
_TAG = re.compile(
    # <think>, </think>, <|begin_of_thought|>, <|END_THINKING|>, ◁/think▷, <｜think｜>, <seed:think>
    rf"[<◁]\s*(?P<end0>/)?[|｜]?\s*(?P<end>/|end_of_|end_|end)?(?:begin_of_|begin_|start_of_|start_)?{_THOUGHT}"
    r"(?:\s[^<>]{0,80})?\s*(?P<closed>/)?[|｜]?\s*[>▷]"
    # [THINK]; in small letters only where a tag of its kind closes it: "[thinking]" is a way to talk.
    r"|\[(?P<end2>/)?(?:(?-i:THINK(?:ING)?|REASONING|THOUGHTS?)|(?:think(?:ing)?|reasoning|thoughts?)"
    r"(?=\][\s\S]*\[/(?:think|reason|thought)))\]"
    r"|\[(?P<end3>/)(?:think(?:ing)?|reasoning|thoughts?)\]"
    # Gemma 4: <|channel>thought … <channel|>
    r"|<\|channel>\s*(?:thought|analysis)?|(?P<end4><channel\|>)",
    re.IGNORECASE,
)
_HARMONY = re.compile(
    r"(?:<\|start\|>\s*assistant\s*)?<\|channel\|>\s*(?P<channel>\w+)[^<]*(?:<\|constrain\|>\s*\w+\s*)?"
    r"<\|message\|>",
    re.IGNORECASE,
)
# The same where the server has dropped the tokens: "analysisThe user … assistantfinalSure".
_BARE_HARMONY = re.compile(
    r"^\s*(?:assistant)?(?:analysis|commentary)(?=[^a-z\s:,.!?]|[\s\S]*assistant\s*final)"
)
_BARE_FINAL = re.compile(r"assistant\s*final(?=\S|\s*\n)", re.IGNORECASE)
_ANSWER = re.compile(
    r"<\|?(?:start_)?(?P<name>answer|response|reply|output|final(?:_answer)?|message|solution|result|say)\|?>"
    r"(?P<text>[\s\S]*?)(?:</?\|?(?:end_)?(?P=name)\|?>|\Z)"
    r"|<\|begin_of_solution\|>(?P<solution>[\s\S]*?)(?:<\|end_of_solution\|>|\Z)"
    r"|\\boxed\{(?:\\text\{)?(?P<boxed>[^{}]*)\}+",
    re.IGNORECASE,
)
# A thought that no tag marks, by how the known models begin one.
_ALOUD = re.compile(
    r"^\W*(?=(?:ok(?:ay)?|alright|all right|hmm+|right|so|well|first|let me|let's|we|i)\b)[^\n]{0,100}?"
    r"(?:\bthe user(?:'s| is| has| wants?| asks?| asked| said| says| sent| just| might| seems?| greeted)\b|"
    r"\bi(?:'m| am) (?:supposed|asked|meant|told) to (?:respond|reply|answer|write|be|act|play)\b|"
    r"\bi (?:should|need to|must|have to) (?:respond|reply|answer|write)\b[^\n]{0,30}\b(?:as|in|with)\b|"
    r"\bwe (?:need to|should|must|have to) (?:produce|output|(?:respond|reply|answer|write)\b[^\n]{0,30}\b"
    r"(?:as [A-Z]|in (?:character|at most|one|two|a)|with (?:a|one|only))))"
    r"|^\W*(?:the user(?:'s| is| wants| asks| asked| said) (?:message|asking|to know|me|whether|if|for))"
    r"|^\W*(?:好的|嗯|首先|那么|现在)?[,，。\s]*(?:用户|使用者)(?:在|问|说|想|发|的|询问|希望|要求)"
    r"|^\W*(?:okay|also|gut|bon|bien|хорошо)[,.]?\s*(?:der nutzer|l'utilisateur|el usuario|пользователь)\b"
    r"|^\W*(?:thought|thinking|reasoning|analysis|internal monologue)\s*(?:process)?\s*:\**\s",
    re.IGNORECASE,
)
_ALOUD_END = re.compile(
    r"(?:^|\n)\W{0,3}(?:final (?:answer|reply|response|draft|version)|answer|reply|response|output|my reply|"
    r"draft)\W{0,3}[:：]\W{0,3}\s*(?P<text>[\s\S]+)$",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"<\|?/?(?:tool_?calls?|function_?calls?|function|invoke|tool_code|tool|parameter|python_tag|call)\b[^<>]*"
    r"[>|]|<\|?tool[_▁]|<｜tool|<\|action|\[TOOL_CALLS?\]|\[/?TOOL|<tool_call|<function=|<\|python_tag\|>|"
    r"<call:|```(?:tool_code|tool_call|tool_outputs?)|^\W*Action(?: Input)?:\s*\w+[\s\S]*\bAction Input:|"
    r"\bto=functions\.|^\s*(?:functions\.|default_api\.|print\(default_api)?"
    r"(?:send|reply|respond|say|post|write|message|search|get|find|lookup|call|check|create|set|add)_?\w*"
    r"\((?:\s*\w+\s*=|\s*[\"'{])[\s\S]*\)\s*$",
)


def outside_thought(text: str) -> str:
    """What is said outside of reasoning. An end without a beginning ends one that began in the prompt; a
    beginning without an end has no end."""
    text = _final_channel(text)
    spoken, depth, position, last = "", 0, 0, ""
    for tag in _TAG.finditer(text):
        between = text[position : tag.start()]
        position = tag.end()
        if depth == 0:
            spoken += between
        if tag["closed"]:
            continue
        if any(tag[name] for name in ("end0", "end", "end2", "end3", "end4")):
            spoken, depth = ("", 0) if depth == 0 else (spoken, depth - 1)
            last = "end"
        else:
            # "<think>\n<think>" is a beginning that was said twice: in the prompt, and by the model.
            depth += not (depth and last == "begin" and not between.strip())
            last = "begin"
    if depth == 0:
        spoken += text[position:]
    return _answered(spoken)


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
        return text
    return next((part for part in (answer["text"], answer["solution"], answer["boxed"]) if part), "")


def thinks_aloud(text: str) -> bool:
    """Whether a text without a tag is reasoning about what to answer."""
    return bool(_ALOUD.match(text))


def after_thinking_aloud(text: str) -> str:
    """The answer that such a text names as one; empty where it names none."""
    answer = _ALOUD_END.search(text)
    return answer["text"] if answer else ""


def calls_tool(text: str) -> bool:
    """Whether it asks a program for something, which nothing here offers it."""
    return bool(_TOOL.search(text))
