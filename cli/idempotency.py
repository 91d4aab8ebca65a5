"""
The key that makes a retried push the same push.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping

RUNS = (
    ("GITHUB_ACTIONS", ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB")),
    ("GITLAB_CI", ("CI_PROJECT_ID", "CI_PIPELINE_ID", "CI_JOB_ID")),
)


def key_for(
    env: Mapping[str, str],
    stack_id: str,
    checksum: str,
    after: int,
    new_token: Callable[[int], str] = secrets.token_hex,
) -> str:
    """
    In a pipeline that of its run and attempt, so that a step that is started once more repeats its push; elsewhere a
    new one. `after` is the newest sequence id: a job that pushes A, B and A again means three pushes.
    """
    for sign, names in RUNS:
        if env.get(sign):
            parts = [sign, *(env.get(name, "") for name in names), stack_id, checksum, after]
            return f"brokkr-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"
    return f"brokkr-{new_token(16)}"
