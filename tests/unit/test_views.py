import json
from datetime import UTC, datetime

from bots.api.plain import to_json
from bots.api.views import HearAnswer, HeardDraft, ModelView, RecordView, StatusView


def test_a_hear_answer_has_exactly_the_agreed_fields() -> None:
    record = RecordView("message:console:sam/1", "climbing on fridays", ("owner", "person:sam"), 0.5)
    draft = HeardDraft("3", 1, "after climbing", "friends", "console:sam", (record,))
    answer = to_json(HearAnswer("console:sam/2", "ask", "mode-draft", draft, {"total": 12.5}))
    assert answer == {
        "message_id": "console:sam/2",
        "decision": "ask",
        "rule": "mode-draft",
        "draft": {
            "id": "3",
            "revision": 1,
            "text": "after climbing",
            "persona": "friends",
            "recipient": "console:sam",
            "records": [
                {
                    "id": "message:console:sam/1",
                    "text": "climbing on fridays",
                    "audience": ["owner", "person:sam"],
                    "score": 0.5,
                }
            ],
        },
        "timings_ms": {"total": 12.5},
    }


def test_silence_has_no_draft() -> None:
    assert to_json(HearAnswer("m", "silent", "owner-present", None))["draft"] is None


def test_whatever_a_view_holds_becomes_plain_json() -> None:
    noon = datetime(2026, 3, 12, 12, tzinfo=UTC)
    status = StatusView(
        "h", "Alex", False, True, ModelView("m", "d", "l", True), (), {"messages": 1}, ("fix",)
    )
    answer = to_json({"at": noon, "who": frozenset({"b", "a"}), "status": (status,)})
    assert json.loads(json.dumps(answer)) == answer
    assert answer["at"] == "2026-03-12T12:00:00+00:00"
    assert answer["who"] == ["a", "b"]
    assert answer["status"][0]["model"]["ready"] is True
