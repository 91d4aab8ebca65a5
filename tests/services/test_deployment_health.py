from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentTarget
from chalicelib.domain.deployment_health import (
    DeploymentObjectHealthUpdate,
    HealthStatusUpdate,
    HealthSummary,
    ResourceHealth,
)
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import AdminRequired, AgentNotAssociated, AgentPakMismatch
from chalicelib.services import agents, deployment_health, stacks, targets
from chalicelib.settings import settings
from tests.support.world import Served, a_stack, an_agent, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SILENCE = settings.agent_silence


def record(object, status="healthy", checked_at=NOON, summary=None):
    return DeploymentObjectHealthUpdate(id=object.revision.id, status=status, checked_at=checked_at, summary=summary)


def pods(ready, total=2, conditions=()):
    return HealthSummary(pods_ready=ready, pods_total=total, conditions=list(conditions))


def report(served, *records, at=NOON, caller=None):
    said = HealthStatusUpdate(deployment_objects=list(records))
    deployment_health.report(caller or served.agent, served.agent.id, said, now=lambda: at)


def of_object(object, at=NOON):
    return deployment_health.of_object(ADMIN, object.revision.id, now=lambda: at)


def of_stack(served, at=NOON):
    return deployment_health.of_stack(ADMIN, served.stack.id, now=lambda: at)


def with_another_agent(served):
    other = Served(served.ci, an_agent(), served.stack)
    targets.add_target(ADMIN, other.agent.id, NewAgentTarget(stack_id=served.stack.id))
    return other


def counts(table, agent):
    """
    How many stacks the fleet's record of an agent calls failing and degraded.
    """
    [row] = [row for row in rows(table) if row["sk"]["S"] == f"HEALTH#{agent.id}"]
    words = [word["S"] for word in row["unwell"]["M"].values()]
    return words.count("failing"), words.count("degraded")


@pytest.mark.parametrize(
    ("words", "worst"),
    [
        (["healthy", "degraded", "failing"], "failing"),
        (["healthy", "degraded", "unknown"], "degraded"),
        (["healthy", "unknown"], "healthy"),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_an_object_is_as_well_as_the_worst_of_its_agents(served, words, worst):
    pushed = served.push()
    places = [served, *(with_another_agent(served) for _ in words[1:])]

    for place, word in zip(places, words, strict=True):
        report(place, record(pushed, word))

    assert of_object(pushed).status == of_stack(served).status == worst
    [summary] = of_stack(served).objects
    assert [summary.count(word) for word in ("healthy", "degraded", "failing")] == [
        words.count(word) for word in ("healthy", "degraded", "failing")
    ]


def test_the_last_checked_is_the_first_listed(served):
    pushed, other = served.push(), with_another_agent(served)

    report(served, record(pushed, checked_at=NOON))
    report(other, record(pushed, checked_at=NOON - SECOND))

    assert [one.agent_id for one in of_object(pushed).records] == [served.agent.id, other.agent.id]


def test_a_verdict_on_an_old_revision_says_nothing_of_the_new_one(served):
    old, new = served.push("old"), served.push("new")

    report(served, record(old, "healthy"))

    assert of_object(new).status == "unknown"
    assert [one.object_id for one in of_stack(served).objects] == [old.revision.id]


def test_a_stack_is_well_as_soon_as_what_mends_it_is(served):
    """
    The word on the broken revision, minutes old and nobody's any more, kept the stack degraded after the mended one
    was live.
    """
    other = with_another_agent(served)
    broken, mended = served.push("broken"), served.push("mended")
    report(served, record(broken, "degraded"))
    report(other, record(broken, "healthy"))

    report(served, record(mended, "healthy", NOON + SECOND), at=NOON + SECOND)

    stack = of_stack(served, NOON + SECOND)
    assert (stack.status, [one.status for one in stack.objects]) == ("healthy", ["healthy", "healthy"])
    assert [one.count("healthy") for one in stack.objects] == [1, 1]


def test_what_a_marker_took_away_fails_no_more(served, table):
    """
    The stack was served as failing until that word grew old, and counted as failing by the fleet for good.
    """
    broken = served.push()
    served.poll()
    served.report(broken)
    report(served, record(broken, "failing"))
    marker = served.push(is_deletion_marker=True)
    served.poll()

    served.report(marker)

    assert of_stack(served).status == "unknown"
    assert counts(table, served.agent) == (0, 0)


def test_a_look_at_a_stack_costs_no_more_for_its_history(served):
    """
    Each revision of thirty days was read, and told, though nobody had spoken of it since.
    """
    pushed = [served.push(str(number)) for number in range(3)]
    for place, one in enumerate(pushed):
        report(served, record(one, checked_at=NOON + place * SECOND), at=NOON + place * SECOND)

    found = deployment_health.of_stack(ADMIN, served.stack.id, 2, now=lambda: NOON + 3 * SECOND)

    assert [one.object_id for one in found.objects] == [one.revision.id for one in pushed[1:]]


def test_a_late_report_changes_nothing(served, table):
    pushed = served.push()
    report(served, record(pushed, "degraded", NOON))

    report(served, record(pushed, "failing", NOON - SECOND), at=NOON + SECOND)

    assert of_object(pushed).status == "degraded"
    assert counts(table, served.agent) == (0, 1)


def test_of_one_object_twice_in_a_report_the_later_counts(served):
    pushed = served.push()

    report(served, record(pushed, "failing", NOON), record(pushed, "healthy", NOON - SECOND))

    assert of_object(pushed).status == "failing"


def test_what_is_said_too_long_ago_is_served_as_unknown(served):
    pushed = served.push()
    report(served, record(pushed, "healthy"))

    assert of_object(pushed, NOON + SILENCE).status == "healthy"
    assert of_object(pushed, NOON + SILENCE + SECOND).status == "unknown"
    assert of_stack(served, NOON + SILENCE + SECOND).status == "unknown"


def test_a_clock_that_is_ahead_keeps_no_record_fresh_and_no_later_report_out(served):
    pushed = served.push()
    report(served, record(pushed, "healthy", NOON + timedelta(days=1)))

    stale = of_object(pushed, NOON + SILENCE + SECOND).status
    report(served, record(pushed, "failing", NOON + SECOND), at=NOON + SECOND)

    assert stale == "unknown"
    assert of_object(pushed, NOON + SECOND).status == "failing"


def test_the_same_word_again_is_written_only_to_keep_it_fresh(served, table):
    pushed = served.push()
    report(served, record(pushed, "healthy", summary=pods(2)))
    before = rows(table)

    soon, later = NOON + SILENCE / 3 - SECOND, NOON + SILENCE / 3
    report(served, record(pushed, "healthy", soon, pods(2)), at=soon)
    unchanged = rows(table) == before
    report(served, record(pushed, "healthy", later, pods(2)), at=later)

    [kept] = of_object(pushed, later).records
    assert unchanged
    assert (kept.health.reported_at, kept.health.since, kept.health.created_at) == (later, NOON, NOON)


def test_another_word_or_another_summary_is_written_at_once(served):
    pushed = served.push()
    report(served, record(pushed, "degraded", summary=pods(0)))

    report(served, record(pushed, "degraded", NOON + SECOND, pods(1)), at=NOON + SECOND)
    [counted] = of_object(pushed).records
    report(served, record(pushed, "healthy", NOON + 2 * SECOND), at=NOON + 2 * SECOND)
    [healed] = of_object(pushed).records

    assert HealthSummary.read(counted.health.summary) == pods(1)
    assert counted.health.since == NOON
    assert (healed.health.since, healed.health.summary) == (NOON + 2 * SECOND, None)


def test_one_unknown_object_refuses_the_whole_report(served, table):
    pushed = served.push()
    stranger = DeploymentObjectHealthUpdate(id=uuid4(), status="healthy", checked_at=NOON)
    before = rows(table)

    with pytest.raises(ForeignKeyViolation) as refused:
        report(served, record(pushed), stranger)

    assert refused.value.details == {"constraint": "deployment_health_deployment_object_id_fkey"}
    assert rows(table) == before


def test_an_agent_that_is_not_there_has_no_health(served):
    with pytest.raises(ForeignKeyViolation) as refused:
        deployment_health.report(ADMIN, uuid4(), HealthStatusUpdate(deployment_objects=[record(served.push())]))

    assert refused.value.details == {"constraint": "deployment_health_agent_id_fkey"}


def test_an_agent_says_nothing_of_a_stack_that_it_was_never_given(served, table):
    pushed, stranger = served.push(), an_agent()
    foreign = Served(served.ci, stranger, served.stack)
    before = rows(table)

    for caller in (stranger, ADMIN):
        with pytest.raises(AgentNotAssociated):
            report(foreign, record(pushed), caller=caller)

    assert rows(table) == before


def test_an_agent_speaks_of_what_it_was_given_and_is_to_give_back(served):
    pushed = served.push()
    served.poll()
    targets.remove_target(ADMIN, served.agent.id, served.stack.id)
    [withdrawal] = served.poll()

    report(served, record(pushed, "degraded"))

    assert of_object(pushed).status == "degraded"
    with pytest.raises(ForeignKeyViolation):
        report(served, record(withdrawal))


def test_an_agent_speaks_for_itself_and_the_admin_reads(served):
    pushed = served.push()

    for caller in (an_agent(), served.ci):
        with pytest.raises(AgentPakMismatch):
            report(served, record(pushed), caller=caller)
    for caller in (served.agent, served.ci):
        with pytest.raises(AdminRequired):
            deployment_health.of_object(caller, pushed.revision.id)
        with pytest.raises(AdminRequired):
            deployment_health.of_stack(caller, served.stack.id)


def test_a_deleted_stack_has_no_health(served):
    report(served, record(served.push(), "failing"))

    stacks.delete_stack(served.ci, served.stack.id)

    assert of_stack(served).objects == []


def test_the_fleet_knows_which_stacks_of_an_agent_are_not_well(served, table):
    other = Served(served.ci, served.agent, a_stack(served.ci))
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=other.stack.id))
    mine, theirs = served.push(), other.push()

    report(served, record(mine, "failing"), record(theirs, "degraded"))
    both = counts(table, served.agent)
    report(served, record(mine, "healthy", NOON + SECOND), at=NOON + SECOND)
    healed = counts(table, served.agent)
    report(served, record(theirs, "failing", NOON + 2 * SECOND), at=NOON + 2 * SECOND)

    assert (both, healed, counts(table, served.agent)) == ((1, 1), (0, 1), (1, 0))


def test_a_report_that_another_overtakes_is_not_lost_to_the_fleet(served, table):
    """
    The one that began earlier and came later was refused whole, though the other spoke of another stack.
    """
    other = Served(served.ci, served.agent, a_stack(served.ci))
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=other.stack.id))
    mine, theirs = served.push(), other.push()

    def now_while_another_report_comes():
        report(served, record(mine, "degraded"), at=NOON + SECOND)
        return NOON

    said = HealthStatusUpdate(deployment_objects=[record(theirs, "failing")])
    deployment_health.report(served.agent, served.agent.id, said, now=now_while_another_report_comes)

    assert counts(table, served.agent) == (1, 1)


def test_a_stack_fails_no_more_once_it_has_left_the_agent(served, table):
    pushed = served.push()
    served.poll()
    report(served, record(pushed, "failing"))
    targets.remove_target(ADMIN, served.agent.id, served.stack.id)
    [withdrawal] = served.poll()

    served.report(withdrawal)

    assert counts(table, served.agent) == (0, 0)


def test_a_deleted_agent_leaves_the_fleet_no_health(served, table):
    report(served, record(served.push(), "failing"))

    agents.delete_agent(ADMIN, served.agent.id)

    assert not [row for row in rows(table) if row["sk"]["S"].startswith("HEALTH#")]


def test_a_record_fits_into_one_write_unit(served, table):
    """
    As large as the agent makes them: ten pods, each with the sentence that it fails with.
    """
    sentence = 'Back-off pulling image "registry.example/shop/web:9": rpc error: code = NotFound desc = not found'
    waiting = [
        ResourceHealth(
            kind="Pod", name=f"web-6d4b75cb6d-{uuid4().hex[:5]}", namespace="shop", ready=False, message=sentence
        )
        for _ in range(10)
    ]
    said = HealthSummary(pods_ready=0, pods_total=10, conditions=["ImagePullBackOff"], resources=waiting)

    report(served, record(served.push(), "degraded", summary=said))

    [row] = [row for row in rows(table) if row["sk"]["S"].startswith("ROLLOUT#")]
    assert sum(len(name) + len(next(iter(value.values()))) for name, value in row.items()) < 1024
