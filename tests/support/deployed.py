"""
An agent that is no program: it says what a test wants it to.
"""

from tests.support.factories import new_agent, new_target

CHECKED_AT = "2026-11-24T12:00:00Z"


class Agent:
    """
    Active, and it has just been heard of.
    """

    def __init__(self, http, **fields):
        self._http = http
        self._made = new_agent(http, **fields)
        http.put(f"/agents/{self.id}", pak=http.admin, json={"status": "ACTIVE"})
        self._say("POST", "heartbeat", {})

    @property
    def id(self):
        return self._made.id

    def serve(self, stack_id):
        new_target(self._http, self._made, stack_id)

    def applied(self, object_id, error=None):
        event = {"agent_id": self.id, "deployment_object_id": object_id, "event_type": "DEPLOY"}
        outcome = {"status": "FAILURE", "message": error} if error else {"status": "SUCCESS"}
        self._say("POST", "events", event | outcome)

    def found(self, object_id, status, **summary):
        summary = {"pods_ready": 2, "pods_total": 2, "conditions": []} | summary
        health = {"id": object_id, "status": status, "checked_at": CHECKED_AT, "summary": summary}
        self._say("PATCH", "health-status", {"deployment_objects": [health]})

    def _say(self, method, what, body):
        answer = self._http.ask(method, f"/agents/{self.id}/{what}", pak=self._made.pak, json=body)
        assert answer.is_success, answer.text
