"""
A rollout as the broker tells it.
"""


def agent_row(state, name="edge-1", **rest):
    row = {
        "name": name,
        "cluster_name": "edge",
        "matched_by": ["target"],
        "state": state,
        "since": "2026-11-24T12:00:00Z",
        "applied_at": None,
        "errors": [],
        "conditions": [],
        "pods_ready": None,
        "pods_total": None,
        "resources": [],
    }
    return row | rest


def rollout_row(verdict, *agents, **rest):
    row = {
        "stack_id": "stack-1",
        "deployment_object_id": "object-7",
        "sequence_id": 7,
        "is_newest": verdict != "superseded",
        "is_deletion_marker": False,
        "verdict": verdict,
        "message": f"it is {verdict}",
        "matched": {"total": len(agents), "by_target": len(agents), "by_label": 0, "by_annotation": 0},
        "agents": list(agents),
    }
    return row | rest
