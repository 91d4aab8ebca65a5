import io

from cli.github import main, outputs, summary


def pushed(rollout=None):
    return {"stack": "web", "result": "updated", "deployment_object_id": "id-2", "sequence_id": 2, "rollout": rollout}


def rollout(*agents, verdict="failed", message="1 of 1 agents failed."):
    return {
        "stack_id": "stack",
        "deployment_object_id": "id-2",
        "sequence_id": 2,
        "verdict": verdict,
        "message": message,
        "matched": {"total": len(agents)},
        "agents": list(agents),
    }


def agent(name="edge-1", state="degraded", *words):
    return {
        "name": name,
        "cluster_name": "edge",
        "state": state,
        "since": None,
        "pods_ready": 0,
        "pods_total": 2,
        "conditions": list(words),
    }


def test_a_summary_shows_where_each_agent_is_and_why():
    shown = summary(pushed(rollout(agent("edge-1", "degraded", "ImagePullBackOff"))))

    assert shown == (
        "### web, revision 2: failed\n"
        "\n"
        "1 of 1 agents failed.\n"
        "\n"
        "| Agent | Cluster | State | Pods | Says |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| edge-1 | edge | degraded | 0/2 | ImagePullBackOff |\n"
    )


def test_those_in_trouble_come_first():
    shown = summary(pushed(rollout(agent("a", "healthy"), agent("b", "failed"))))

    assert shown.index("| b |") < shown.index("| a |")


def test_what_an_agent_says_is_never_taken_for_markup():
    """
    It comes from a cluster, and whoever may write there shall not write the summary.
    """
    shown = summary(pushed(rollout(agent("edge-1", "failed", "a | <img src=x>\n# [b](http://c) `d` _e_ *f*"))))

    [row] = [line for line in shown.splitlines() if "edge-1" in line]
    says = row.removeprefix("| edge-1 | edge | failed | 0/2 | ").removesuffix(" |")
    assert not set(says) & set("|<>[]`_*!")
    assert shown.count("\n") == 7


def test_a_summary_stays_within_what_a_runner_takes():
    """
    Every character of it may take six.
    """
    shown = summary(pushed(rollout(*(agent(f"a-{number}", "failed", "|" * 9999) for number in range(1000)))))

    assert len(shown.encode()) < 1024 * 1024
    assert "and 800 more" in shown


def test_a_stack_without_agents_has_the_message_and_no_table():
    shown = summary(pushed(rollout(verdict="pending", message="No agent serves this stack.")))

    assert shown == "### web, revision 2: pending\n\nNo agent serves this stack.\n\n"


def test_a_push_that_nobody_waited_for_has_no_verdict():
    assert outputs(pushed()) == "deployment-object-id=id-2\nsequence-id=2\nverdict=\n"
    assert summary(pushed()).startswith("### web, revision 2: updated\n")


def test_what_earlier_steps_handed_on_stays(tmp_path):
    output, told = tmp_path / "output", tmp_path / "summary"
    output.write_text("a=b\n")
    answer = '{"stack": "web", "result": "created", "deployment_object_id": "x", "sequence_id": 1, "rollout": null}'

    main(io.StringIO(answer), {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(told)})

    assert output.read_text() == "a=b\ndeployment-object-id=x\nsequence-id=1\nverdict=\n"
    assert told.read_text().startswith("### web, revision 1: created")


def test_of_a_push_that_was_refused_nothing_is_handed_on():
    main(io.StringIO(""), {})
