import pytest

from agent.refs import Ref


def of(group, kind):
    return Ref(group, kind, "", "x", "v1")


def test_kinds_are_applied_before_what_leans_on_them():
    kinds = [
        of("", "Namespace"),
        of("apiextensions.k8s.io", "CustomResourceDefinition"),
        of("rbac.authorization.k8s.io", "RoleBinding"),
        of("", "Secret"),
        of("apps", "Deployment"),
        of("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ]

    assert [ref.stage for ref in kinds] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (of("scheduling.k8s.io", "PriorityClass"), of("apps", "DaemonSet")),
        (of("", "ServiceAccount"), of("batch", "Job")),
        (of("", "PersistentVolumeClaim"), of("", "Pod")),
        (of("example.test", "Widget"), of("apiregistration.k8s.io", "APIService")),
    ],
)
def test_what_blocks_others_comes_last_and_what_others_need_first(earlier, later):
    assert earlier.stage < later.stage


def test_a_custom_kind_that_is_named_like_a_built_in_one_is_a_custom_kind():
    assert of("example.test", "Namespace").stage == of("example.test", "Widget").stage


def test_an_object_is_the_same_in_another_version_of_its_group():
    """
    Else a push that moves to autoscaling/v2 would prune what it just applied.
    """
    assert Ref("autoscaling", "HPA", "a", "b", "v1") == Ref("autoscaling", "HPA", "a", "b", "v2")
    assert Ref("autoscaling", "HPA", "a", "b", "v1") != Ref("other", "HPA", "a", "b", "v1")
