"""
What becomes of a revision in one agent, and what that makes of its rollout.
"""

from datetime import timedelta

from chalicelib.domain.deployment_health import HealthSummary
from chalicelib.settings import settings
from tests.support.place import NOON, SECOND, Place
from tests.support.world import an_agent

SILENCE = settings.agent_silence


def test_a_push_is_pending_until_the_agent_has_spoken(place):
    place.push()

    assert place.told() == ("pending", NOON)
    assert place.verdict() == "pending"


def test_a_rollout_goes_from_applied_to_healthy(place):
    revision = place.push()
    place.poll()
    applied = place.later()
    place.event(revision)
    at_first, first_verdict = place.told(), place.verdict()
    place.later()
    place.health(revision, "unknown")
    coming = place.told()
    healthy = place.later()
    place.health(revision, "healthy")

    assert (at_first, first_verdict) == (("applied", applied), "progressing")
    assert coming == ("applied", applied)
    assert place.told() == ("healthy", healthy)
    assert place.verdict() == "live"
    [one] = place.rollout().agents
    assert one.part.said.applied_at == applied


def test_a_failure_is_told_in_the_agent_s_words(place):
    revision = place.push()
    place.poll()
    place.event(revision, "FAILURE", "ConfigMap/default/a: refused\nSecret/default/b: refused too")

    [one] = place.rollout().agents
    assert (one.state.value, one.since) == ("failed", NOON)
    assert one.errors == ["ConfigMap/default/a: refused", "Secret/default/b: refused too"]
    assert place.verdict() == "failed"


def test_a_failure_lasts_from_the_first_and_is_told_in_the_last_words(place):
    revision = place.push()
    place.poll()
    place.event(revision, "FAILURE", "first")
    place.later()
    place.event(revision, "FAILURE", "second")

    [one] = place.rollout().agents
    assert (one.since, list(one.errors)) == (NOON, ["second"])


def test_a_success_ends_a_failure(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.later()
    place.event(revision, "FAILURE", "no")
    applied = place.later()

    place.event(revision)

    [one] = place.rollout().agents
    assert (one.state.value, one.since) == ("applied", applied)
    assert one.part.said.applied_at == NOON


def test_a_revision_that_can_no_longer_be_applied_has_failed_however_well_it_was(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.health(revision, "healthy")
    failed = place.later()

    place.event(revision, "FAILURE", "no")

    assert place.told() == ("failed", failed)


def test_a_long_list_of_errors_is_cut_and_says_so(place):
    revision = place.push()
    place.poll()
    place.event(revision, "FAILURE", "\n".join(["x" * 600] * 60))

    [one] = place.rollout().agents
    assert len(one.errors) == 51
    assert len(one.errors[0]) == 501
    assert "10 more" in one.errors[-1]


def test_a_fault_of_health_is_a_failure_after_a_grace(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    summary = HealthSummary(pods_ready=0, pods_total=1, conditions=["ImagePullBackOff"])
    place.health(revision, "degraded", summary)

    at_once = place.verdict()
    place.later(timedelta(seconds=30))
    [one] = place.rollout().agents

    assert at_once == "progressing"
    assert (one.state.value, one.since, one.summary) == ("degraded", NOON, summary)
    assert place.verdict() == "failed"


def test_what_fails_by_its_health_says_why(place):
    revision = place.push()
    place.event(revision)
    place.health(
        revision, "failing", HealthSummary(pods_ready=0, pods_total=1, conditions=["ProgressDeadlineExceeded"])
    )

    [one] = place.rollout().agents
    assert (one.state.value, list(one.errors)) == ("failed", ["ProgressDeadlineExceeded"])
    assert place.verdict() == "failed"


def test_an_agent_that_is_not_heard_of_is_silent(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.health(revision, "healthy")

    place.later(SILENCE)
    still = place.told()
    place.later()
    silent, message = place.told(), place.rollout().message
    place.beat()

    assert still == ("healthy", NOON)
    assert silent == ("silent", NOON)
    assert "heard of" in message
    assert place.told() == ("applied", NOON)


def test_an_agent_that_never_spoke_is_silent_since_nobody_knows(installation):
    place = Place(agents=0)
    place.target(an_agent())
    place.push()

    assert place.told() == ("silent", None)
    assert place.verdict() == "pending"


def test_a_silent_agent_is_not_waited_for(installation):
    place = Place(agents=2)
    place.later(SILENCE + SECOND)
    revision = place.push()
    place.beat(place.agent)
    place.event(revision)

    place.health(revision, "healthy")

    assert place.states() == {"healthy", "silent"}
    assert place.verdict() == "live"
    assert "Silent" in place.rollout().message
