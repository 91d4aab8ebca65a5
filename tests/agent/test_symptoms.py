from agent.symptoms import LONGEST_MESSAGE, containers_of, event_row, is_over, is_well, last_seen, pod_status
from tests.support.pods import kube_event, pod

CRASHED = {
    "name": "app",
    "ready": False,
    "restartCount": 4,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off restarting"}},
    "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
}


def test_a_pod_is_told_in_the_contracts_words():
    told = pod_status(pod("web", ready="False", statuses=[CRASHED]))

    assert told == {
        "name": "web",
        "namespace": "shop",
        "phase": "Running",
        "conditions": [{"condition_type": "Ready", "status": "False", "reason": None, "message": None}],
        "containers": [
            {
                "name": "app",
                "ready": False,
                "restart_count": 4,
                "state": "waiting",
                "state_reason": "CrashLoopBackOff",
                "state_message": "back-off restarting; it last ended with OOMKilled, exit code 137",
            }
        ],
    }


def test_a_pod_of_which_nothing_is_known_yet_is_told_too():
    told = pod_status({"metadata": {"name": "web"}})

    assert told == {"name": "web", "namespace": "", "phase": "Unknown", "conditions": [], "containers": []}


def test_a_container_without_a_state_is_unknown():
    told = pod_status(pod("web", statuses=[{"name": "app"}]))

    assert [(row["state"], row["state_reason"]) for row in told["containers"]] == [("unknown", None)]


def test_an_event_is_told_in_the_contracts_words():
    assert event_row(kube_event("back-off", "web")) == {
        "event_type": "Warning",
        "reason": "BackOff",
        "message": "back-off",
        "involved_object": "web",
        "involved_object_kind": "Pod",
        "first_timestamp": None,
        "last_timestamp": "2026-11-24T12:00:00Z",
        "count": 2,
    }


def test_an_event_of_the_newer_kind_has_its_moment_in_its_series():
    series = {"count": 9, "lastObservedTime": "2026-11-24T13:00:00.000000Z"}
    event = {"eventTime": "2026-11-24T12:00:00.000000Z", "series": series}

    told = event_row(event)

    assert (told["first_timestamp"], told["last_timestamp"], told["count"]) == (
        "2026-11-24T12:00:00.000000Z",
        "2026-11-24T13:00:00.000000Z",
        9,
    )
    assert last_seen({}) == ""


def test_messages_are_redacted_and_cut():
    secret, long = event_row(kube_event("password=hunter2", "web")), event_row(kube_event("x" * 5000, "web"))

    assert secret["message"] == "password=[redacted]"
    assert len(long["message"]) == LONGEST_MESSAGE


def test_containers_come_in_the_order_in_which_they_start():
    one = pod("web", containers=("app", "side"), statuses=[CRASHED])
    one["spec"]["initContainers"] = [{"name": "setup"}]

    found = [(container.name, container.crashed) for container in containers_of(one)]

    assert found == [("setup", False), ("app", True), ("side", False)]


def test_a_pod_is_well_when_it_is_ready_or_done():
    done = pod("job", ready="False")
    done["status"]["phase"] = "Succeeded"

    assert [is_well(one) for one in (pod("a"), pod("b", ready="False"), done, {})] == [True, False, True, False]


def test_a_container_is_over_with_its_pod_or_when_it_was_to_run_first():
    one = pod("web")
    one["status"]["initContainerStatuses"] = [
        {"name": "done", "state": {"terminated": {"exitCode": 0}}},
        {"name": "failed", "state": {"terminated": {"exitCode": 1}}},
    ]
    failed = pod("job")
    failed["status"]["phase"] = "Failed"

    assert [is_over(one, name) for name in ("done", "failed", "app")] == [True, False, False]
    assert is_over(failed, "app")
