import pytest

from cli.idempotency import key_for

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "shop/web",
    "GITHUB_RUN_ID": "1",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_JOB": "deploy",
}
GITLAB = {"GITLAB_CI": "true", "CI_PROJECT_ID": "1", "CI_PIPELINE_ID": "2", "CI_JOB_ID": "3"}
WHAT = ("stack-1", "a" * 64, 4)


@pytest.mark.parametrize("env", [GITHUB, GITLAB])
def test_in_a_pipeline_the_same_step_makes_the_same_key(env):
    assert key_for(env, *WHAT) == key_for(env, *WHAT)


@pytest.mark.parametrize(
    ("env", "name"), [(env, name) for env in (GITHUB, GITLAB) for name in env if name[-2:] != "CI"]
)
def test_another_run_attempt_or_job_makes_another(env, name):
    if name != "GITHUB_ACTIONS":
        assert key_for(env | {name: "9"}, *WHAT) != key_for(env, *WHAT)


@pytest.mark.parametrize("what", [("stack-2", "a" * 64, 4), ("stack-1", "b" * 64, 4), ("stack-1", "a" * 64, 5)])
def test_another_stack_text_or_predecessor_makes_another(what):
    """
    A job that pushes A, B and A again would else get its first answer, and B would stay.
    """
    assert key_for(GITHUB, *what) != key_for(GITHUB, *WHAT)


def test_elsewhere_each_push_has_its_own():
    assert key_for({}, *WHAT) != key_for({}, *WHAT)


def test_a_key_is_one_that_the_broker_takes():
    for env in (GITHUB, GITLAB, {}):
        key = key_for(env, *WHAT)
        assert key.isprintable()
        assert len(key) <= 255
