"""What is read of an Ollama server without asking it: durations, names, templates, its own words."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OwnerMustFix
from core.models.keep_alive import keep_alive
from core.models.ollama_sites import full_name
from core.models.ollama_templates import in_first_turn, takes_system
from core.models.ollama_words import own_words
from core.prompt.chat import ChatMessage

TAKEN = {
    **{
        text: text
        for text in ("10m", "24h", "1h30m", "90s", "1.5h", "-1m", "500ms", "+5m", "0s", ".5h", "2562047h")
    },
    "-1": -1,
    "0": 0,
    "300": 300,
    "1.5": 1.5,
    "+60": 60,
}
NOT_TAKEN = [
    *("", " ", "forever", "1d", "10 m", "10m ", "m", "10M", "ten", "1h30", "--1", "1e3", "inf", "nan", "∞"),
    *("99999999999999h", "999999999999", "9000000h", "10m\n", "１０m"),
]


@pytest.mark.parametrize("written", TAKEN)
def test_a_duration_is_sent_as_it_is_and_a_number_as_one(written: str) -> None:
    assert keep_alive(written) == TAKEN[written]
    assert type(keep_alive(written)) is type(TAKEN[written])


@pytest.mark.parametrize("written", NOT_TAKEN)
def test_what_ollama_does_not_take_is_refused_with_what_it_takes(written: str) -> None:
    with pytest.raises(OwnerMustFix, match="10m or 1h30m, or -1 for ever"):
        keep_alive(written)


@given(
    st.one_of(st.text(max_size=12), st.text("0123456789.hms-+µn", max_size=12), st.integers(), st.floats())
)
def test_it_is_taken_or_refused(written: str | int | float) -> None:
    with contextlib.suppress(OwnerMustFix):
        sent = keep_alive(written)
        assert not isinstance(sent, str) or sent[-1] in "smh"


def test_names_have_one_form() -> None:
    same = (
        "SMOL",
        "smol:latest",
        "library/smol",
        "registry.ollama.ai/library/Smol:latest",
        "https://registry.ollama.ai/library/smol",
    )
    assert {full_name(name) for name in same} == {"smol:latest"}
    others = (
        "smol:7b",
        "me/smol",
        "hf.co/me/smol",
        "localhost:5000/me/smol",
        "hf.co/library/smol",
        "library/me/smol",
    )
    assert len({full_name(name) for name in others}) == len(others)
    assert full_name("localhost:5000/me/smol") == "localhost:5000/me/smol:latest"


WITH = [
    "{{ .System }}\n{{ .Prompt }}",
    "{{- if .System }}<sys>{{ .System }}</sys>{{ end }}{{ .Prompt }}",
    "{{if or .System .Tools}}{{.System}}{{end}}",
    "{{- range .Messages }}<|{{ .Role }}|>{{ .Content }}{{ end }}",
    "{{- range $i, $m := .Messages }}<|{{- $m.Role -}}|>{{ end }}",
    '{{- if or (eq .Role "user") (eq .Role "system") }}<u>{{ .Content }}{{ end }}',
    "{{ if eq .Role `system` }}{{ .Content }}{{ end }}",
    '{{ printf "<%s>" .Role }}{{ .Content }}',
]
WITHOUT = [
    "{{ .Prompt }}",
    "",
    "no action at all .System",
    "<system>{{ .Prompt }}</system>",
    (
        '{{- range .Messages }}{{ if eq .Role "user" }}<u>{{ .Content }}'
        '{{ else if eq .Role "assistant" }}<a>{{ .Content }}{{ end }}{{ end }}'
    ),
    '{{- range .Messages }}{{ if ne .Role "system" }}{{ .Content }}{{ end }}{{ end }}',
    "{{/* .System is not supported */}}{{ .Prompt }}",
    "{{ .SystemTime }}{{ .Prompt }}",
]


@pytest.mark.parametrize("template", WITH)
def test_a_template_that_writes_the_system_role_has_one(template: str) -> None:
    assert takes_system(template, None)


@pytest.mark.parametrize("template", WITHOUT)
def test_a_template_that_does_not_has_none(template: str) -> None:
    assert not takes_system(template, None)
    assert takes_system(template, "qwen3-vl")


def test_the_first_turn_keeps_what_others_wrote_apart_and_turns_alternate() -> None:
    system, user, own = (ChatMessage("system", "S"), ChatMessage("user", "U"), ChatMessage("assistant", "A"))
    assert [(one.role, one.content) for one in in_first_turn((system, user, own))] == [
        ("user", "S"),
        ("assistant", "ok"),
        ("user", "U"),
        ("assistant", "A"),
    ]
    assert [one.role for one in in_first_turn((system, own, user))] == ["user", "assistant", "user"]
    assert in_first_turn((user, own)) == (user, own)
    assert [one.role for one in in_first_turn((system,))] == ["user"]


OWN = [
    "model requires more system memory (5.6 GiB) than is available (3.2 GiB)",
    "llama runner process has terminated: exit status 2",
    "llama runner process has terminated: CUDA error",
    "server busy, please try again.  maximum pending requests exceeded",
    "unable to load model",
    "model failed to load, this may be due to resource limitations or an internal error",
    '"gemma3:4b" does not support chat',
    "timed out waiting for llama runner to start",
    "unexpected EOF",
    "error loading model: invalid file",
]
PROMPT = [
    "You are Alex.",
    "Is there more memory available than a model has? Please try again: the server died.",
]


@pytest.mark.parametrize("said", OWN)
def test_ollamas_own_sentences_are_told_also_where_a_prompt_has_their_words(said: str) -> None:
    assert own_words(said, PROMPT) == " ".join(said.split())


@given(st.text(min_size=3, max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_no_telling_word_of_a_prompt_is_told(prompt: str, before: str, after: str) -> None:
    told = own_words(f"{before} {prompt} {after}", [prompt])
    words = [word for word in prompt.casefold().split() if word.isalpha() and len(word) > 2]
    assert all(word not in told.casefold().split() or word == own_words(word, [prompt]) for word in words)


@pytest.mark.parametrize("said", [None, 3, [], {}, {"message": 3}, "<html>", "{broken", "a\\nb", "%41bc", ""])
def test_what_is_no_sentence_is_not_told(said: object) -> None:
    assert own_words(said) == ""


def test_what_is_told_is_one_printable_line() -> None:
    assert own_words("it\nbroke \x1b[2J\u202edown") == "it broke [2Jdown"
    assert len(own_words("long " * 500)) < 300
