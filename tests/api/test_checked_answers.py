"""
What the transports of these tests refuse: an answer that the document does not promise.
"""

import json

import pytest

from tests.support.document import check

LABEL = {
    "id": "01234567-89ab-4def-8123-456789abcdef",
    "stack_id": "01234567-89ab-4def-8123-456789abcdef",
    "label": "a",
}
REFUSAL = {"code": "stack_not_found", "message": "there is none"}
JSON = {"content-type": "application/json"}
LABELS = f"/api/v1/stacks/{LABEL['id']}/labels"


def answered(status, body, *, method="GET", target=LABELS, headers=JSON, sent=b""):
    check(method, target, (JSON, sent), (status, headers, body if isinstance(body, str) else json.dumps(body)))


def test_what_is_promised_passes():
    answered(200, [LABEL])
    answered(404, REFUSAL)
    answered(200, "", method="HEAD")
    answered(201, LABEL, method="POST", sent=b'"a"')
    answered(204, "", method="DELETE", target=f"{LABELS}/a")
    answered(404, REFUSAL, target="/nothing")
    answered(200, "", method="OPTIONS")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("answered 409, which its @Operation does not promise", {"status": 409, "body": REFUSAL}),
        ("stack_lost; its @Operation promises", {"status": 404, "body": REFUSAL | {"code": "stack_lost"}}),
        ("colour", {"status": 200, "body": [LABEL | {"colour": "green"}]}),
        ("'label' is a required property", {"status": 200, "body": [{"id": LABEL["id"], "stack_id": LABEL["id"]}]}),
        ("is not a 'uuid'", {"status": 200, "body": [LABEL | {"id": "5"}]}),
        ("as text/plain", {"status": 200, "body": "a", "headers": {"content-type": "text/plain"}}),
        ("with a body", {"status": 204, "body": "a", "method": "DELETE", "target": f"{LABELS}/a"}),
        ("accepted a body off its schema", {"status": 201, "body": LABEL, "method": "POST", "sent": b'"a b"'}),
        ("content=maybe", {"status": 200, "body": [], "target": f"{LABELS[:-7]}/deployment-objects?content=maybe"}),
        ("is in no document", {"status": 200, "body": [], "target": "/nothing"}),
        ("'message' is a required property", {"status": 404, "body": {"code": "a"}, "target": "/nothing"}),
    ],
)
def test_what_is_not_promised_fails(said, answer):
    with pytest.raises(AssertionError, match=said):
        answered(**answer)
