import pytest

from agent.checkup import GONE, NOT_SEEN_YET, Checkup, Examined
from agent.fields import State
from agent.judgement import CURRENT, in_progress
from agent.refs import Ref
from tests.support.statuses import a_deployment

WEB = Ref("apps", "Deployment", "shop", "web", "v1")
PLAIN = Ref("", "ConfigMap", "shop", "web", "v1")
MOVING = in_progress("LessReady", "Ready: 1/2")


def state(version, uid="uid-web"):
    return State(uid, version, b"[]")


def applied(version, uid="uid-web"):
    checkup = Checkup()
    checkup.applied(WEB, state(version, uid))
    return checkup


def judgement_of(checkup):
    return checkup.findings()[WEB].judgement


def test_what_was_not_seen_since_it_was_applied_has_no_verdict():
    assert judgement_of(applied("10")) == NOT_SEEN_YET


@pytest.mark.parametrize(
    ("version", "uid", "expected"),
    [
        ("9", "uid-web", NOT_SEEN_YET),
        ("10", "uid-web", CURRENT),
        ("11", "uid-web", CURRENT),
        ("11", "another", NOT_SEEN_YET),
    ],
)
def test_a_verdict_counts_for_that_very_object_as_it_was_applied_or_later(version, uid, expected):
    checkup = applied("10")

    checkup.saw(WEB, Examined(uid, version, CURRENT))

    assert judgement_of(checkup) == expected


def test_the_next_revision_does_not_inherit_the_verdict_of_the_one_before():
    checkup = applied("10")
    checkup.saw(WEB, Examined("uid-web", "12", CURRENT))
    before = judgement_of(checkup)

    checkup.applied(WEB, state("20"))
    between = judgement_of(checkup)
    checkup.saw(WEB, Examined("uid-web", "20", MOVING))

    assert (before, between, judgement_of(checkup)) == (CURRENT, NOT_SEEN_YET, MOVING)


def test_an_object_that_a_revision_leaves_as_it_is_keeps_its_verdict():
    checkup = applied("10")
    checkup.saw(WEB, Examined("uid-web", "12", CURRENT))

    checkup.applied(WEB, state("12"))

    assert judgement_of(checkup) == CURRENT


def test_an_old_sighting_does_not_hide_a_newer_one():
    checkup = applied("10")
    checkup.saw(WEB, Examined("uid-web", "12", CURRENT))

    is_news = checkup.saw(WEB, Examined("uid-web", "11", MOVING))

    assert not is_news
    assert judgement_of(checkup) == CURRENT


def test_only_another_verdict_or_the_first_that_counts_is_news():
    checkup = applied("10")

    news = [
        checkup.saw(WEB, Examined("uid-web", version, judgement))
        for version, judgement in [("9", CURRENT), ("10", CURRENT), ("11", CURRENT), ("12", MOVING)]
    ]

    assert news == [True, True, False, True]


def test_what_is_gone_has_no_uid_and_counts_all_the_same():
    checkup = applied("10")

    checkup.saw(WEB, Examined.of(WEB, None, "11"))

    assert judgement_of(checkup) == GONE


def test_what_has_no_health_is_not_kept():
    checkup = Checkup()

    checkup.applied(PLAIN, state("10"))

    assert checkup.findings() == {}


def test_what_a_stack_no_longer_wants_is_forgotten():
    checkup = applied("10")
    checkup.saw(WEB, Examined("uid-web", "12", CURRENT))

    checkup.forget_all_but([PLAIN])

    assert checkup.findings() == {}
    assert checkup._seen == {}


def test_a_body_is_examined_with_its_pods():
    examined = Examined.of(WEB, a_deployment(), "7")

    assert (examined.uid, examined.judgement, examined.replicas.ready) == ("uid-web", CURRENT, 2)
