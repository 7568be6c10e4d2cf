# ruff: noqa: E501 (what is not Latin counts double)
"""What a model thinks before it speaks, and what only machines read, in all forms that are known. Pure."""

import re

# A name that speaks of thinking, whatever else it says: <thought_process>, <my-analysis>.
_THOUGHT = (
    r"(?:[\w:.-]{0,24}?(?:think|thought|reason|reflect|scratch_?pad|monologue|rationale|contemplat|critique|deliberat|ponder|brainstorm|"
    r"chain[_ -]of[_ -]thought|思考|réflexion|reflexi[oó]n|pensée|pensamiento|pensamento|pensier|denken|gedank|überlegung|raisonnement|razonamiento|raciocínio|ragionamento|мысл|думк|размышлени|рассуждени|myśl|rozumowanie|düşün|推理|想法|考え|생각|추론|تفكير|विचार|suy_?nghĩ|pemikiran|tankar)[\w:.-]{0,16}|inner[_ -]?(?:monologue|thoughts?)|"
    r"details|cot|(?:\w{1,12}[_-])?(?:plan(?:ning)?|internal|analysis)(?:[_-]\w{1,12})?)"
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
# A tag as HTML, JSON, Markdown or a typeface writes it so that it is none: &lt;think&gt;, \u003cthink\u003e, ＜think＞.
_ESCAPED = re.compile(
    r"(?:&(?:amp;)?(?:lt|\#0{0,4}60|\#x0{0,4}3c);|\\u003c|\\<|[＜‹])(?P<inside>[^&<>＜＞‹›\\\n]{1,60}?)"
    r"(?:&(?:amp;)?(?:gt|\#0{0,4}62|\#x0{0,4}3e);|\\u003e|\\?>|[＞›])",
    re.IGNORECASE,
)
_FRAMED = re.compile(r"(?:【|\[\[|<<|〈|《)(?P<inside>/?[\w-]{1,30})(?:】|\]\]|>>|〉|》)")
"""Other brackets, which are a tag where a thought's name is within."""
# What lays a page out. Between blanks it is spoken of.
_BR = r"<br\s?/?>(?:\s{0,4}<br\s?/?>)*+"
_BREAK = re.compile(rf"(?<=\S){_BR}|{_BR}(?=\S)|\A\s*{_BR}|{_BR}\s*\Z", re.IGNORECASE)
_LAID_OUT = re.compile(
    r"\A<(?P<name>b|i|u|em|strong|span|div|p|font|center)(?:\s[^<>]{0,80})?>(?P<text>[^<]*)</(?P=name)>\Z",
    re.IGNORECASE,
)
# Of a kind that is not known: what it holds may be anything.
_UNKNOWN = re.compile(
    r"\A\s*<(?P<name>[^\W\d_][\w-]{0,30})(?:\s[^<>]{0,80})?>[\s\S]*?</(?P=name)>|\A[^<]*</[^\W\d_][\w-]{0,30}>\Z",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\A\s*<!--(?:(?!-->)[\s\S]){0,2000}-->")
_WAITING = re.compile(r"\A\s*Thinking\.\.\.[\s\S]*?\.\.\.done thinking\.")
"""As one program shows a thought at a terminal."""
# Gemma's, where its tokens have no names: <unused94>thought … <unused95>
_NUMBERED = re.compile(
    r"<(?P<kind>unused|ctrl|reserved|special)_?(?:token_?)?\d{1,6}>\s{0,3}(?:thought|think(?:ing)?|reasoning|analysis)\b[\s\S]*?(?:<(?P=kind)_?(?:token_?)?\d{1,6}>|\Z)",
    re.IGNORECASE,
)
_HARMONY = re.compile(
    r"(?:<\|start\|>\s?assistant\s?)?<\|channel\|>\s?(?P<channel>\w{1,20}+)[^<]*+(?:<\|constrain\|>\s?\w{1,20}\s?)?"
    r"<\|message\|>",
    re.IGNORECASE,
)
# The same where the server has dropped the tokens: "analysisThe user … assistantfinalSure".
_BARE_HARMONY = re.compile(
    r"^\s*(?:assistant)?(?:analysis|commentary)(?=[^a-z\s:,.!?]|[\s\S]*assistant\s*final)"
)
_BARE_FINAL = re.compile(r"assistant\s*final\b|assistant\s*final(?=\S)", re.IGNORECASE)
_NAMES = "answer|response|reply|output|final(?:_answer)?|message|solution|result|say|text|assistant|output_text|body|chat|p"
_ANSWER = re.compile(
    rf"\A<\|?(?:start_)?(?P<name>{_NAMES})(?:\s[^<>]{{0,80}})?\|?>"
    r"(?P<text>[\s\S]*?)(?:</?\|?(?:end_)?(?P=name)\|?>(?=\s*+\n|\s*+\Z)|\Z)"
    r"|\A<\|begin_of_solution\|>(?P<solution>[\s\S]*?)(?:<\|end_of_solution\|>|\Z)"
    r"|\A\W{0,4}\\(?:boxed|text)\{(?:\\text\{)?(?P<boxed>[^{}]*)\}",
    re.IGNORECASE,
)
_ANSWER_TAG = re.compile(rf"</?(?:{_NAMES})>", re.IGNORECASE)
# Behind words that are none of it, a tag says what is the answer where it is closed at the end.
_ANSWER_LAST = re.compile(rf"</\|?(?:end_)?(?P<name>{_NAMES})\|?>\Z", re.IGNORECASE)
_LONGEST_TAG = 40
_A_TAG = re.compile(
    r"[- ](?:tags?|tokens?|blocks?|mode|elements?|sections?|markers?|Tags?|Blöcke|balises?|etiquetas?|теги?|тегов)\b|(?: )?(?:标签|タグ|태그)"
)
_A_WORD_BEFORE = re.compile(
    r"(?:^|\s)(?:the|a|an|use|using|type|typed|add|put|with|without|no|this|that|its|between|inside|strip|remove|in|and|or|of|called|das|den|ein|kein|le|la|les|un|el|los|il|o|тег|тега) \Z",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"<\|?/?(?:tool_?calls?|function_?calls?|function|invoke|tool_code|tool|parameter|python_tag|call)\b[^<>]*"
    r"[>|]|<\|?tool[_▁]|<｜tool|<\|action|\[TOOL_CALLS?\]|\[/?TOOL|<tool_call|<function=|<\|python_tag\|>|"
    r"<call:|```(?:tool_code|tool_call|tool_outputs?)|^\W{0,12}?Action(?: Input)?:\s?\w[\s\S]*\bAction Input:|"
    r"\bto=functions\.|^\s*(?:functions\.|default_api\.|print\(default_api)?"
    r"(?:send|reply|respond|say|post|write|message|search|get|find|lookup|call|check|create|set|add)_?\w*"
    r"\((?:\s*\w+\s*=|\s*[\"'{])[\s\S]*\)\s*$",
)


def unescaped(text: str) -> str:
    """The text with the tags in it that only machines write as such, however they were escaped."""
    return _FRAMED.sub(_as_thought, _ESCAPED.sub(_as_tag, text))


def _as_thought(match: re.Match[str]) -> str:
    tag = _TAG.fullmatch(f"<{match['inside']}>")
    return tag.group() if tag else match.group()


def without_layout(text: str) -> str:
    """Without the tags that only lay a reply out; empty where others are left around it."""
    whole = _LAID_OUT.match(text.strip())
    text = _BREAK.sub("\n", whole["text"] if whole else text).strip()
    return "" if _UNKNOWN.match(text) else text


def _as_tag(match: re.Match[str]) -> str:
    tag = f"<{match['inside']}>"
    machine = _TAG.fullmatch(tag) or _ANSWER_TAG.fullmatch(tag) or _TOOL.match(tag)
    return tag if machine or tag[1] in "|｜" else match.group()


def outside_thought(text: str) -> str:
    """What is said outside of reasoning. An end without a beginning ends one that began in the prompt; a
    beginning without an end has no end."""
    text = _final_channel(_NUMBERED.sub("", text))
    text = _WAITING.sub("", _COMMENT.sub("", text))
    spoken, depth, position, last = "", 0, 0, ""
    closes = max((tag.end() for tag in _TAG.finditer(text) if tag["in_square"] and tag["end2"]), default=0)
    for tag in _TAG.finditer(text):
        if tag["in_square"] and tag.end() > closes and tag["in_square"] != tag["in_square"].upper():
            continue
        if not depth and _is_spoken_of(tag):
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


def _is_spoken_of(tag: re.Match[str]) -> bool:
    """Whether a tag is one of a sentence's own words ("use <think> tags")."""
    before, after = tag.string[max(0, tag.start() - _LONGEST_TAG) : tag.start()], tag.string[tag.end() :]
    if before[-1:] in ("`", '"', "“", "'") and after[:1] in ("`", '"', "”", "'"):
        return True
    return bool(before.strip() and _A_TAG.match(after)) or bool(
        _A_WORD_BEFORE.search(before) and not after[:1].isalnum()
    )


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


def calls_tool(text: str) -> bool:
    """Whether it asks a program for something, which nothing here offers it."""
    return bool(_TOOL.search(text))
