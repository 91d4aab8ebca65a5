from agent.changes import Action, Change, ChangeSet, bounded
from agent.refs import Ref

REF = Ref("apps", "Deployment", "shop", "web", "v1")


def test_an_error_is_one_line_that_begins_with_its_object():
    changes = ChangeSet([Change(REF, Action.CHECKED, error="errors:\n  .spec.a: no\n  .spec.b: no")])

    assert changes.errors == ["Deployment/shop/web: errors: .spec.a: no .spec.b: no"]


def test_a_message_ends_with_how_many_did_not_fit():
    text = bounded(["ä" * 10] * 100, limit=100)

    assert text == "\n".join(["ä" * 10] * 4 + ["… and 96 more"])
    assert len(text.encode()) <= 100


def test_what_fits_is_told_whole():
    assert bounded(["one", "two"]) == "one\ntwo"


def test_a_single_line_past_the_limit_is_cut_between_characters():
    assert bounded(["ä" * 100], limit=51) == "ä" * 25


def test_a_remark_is_an_error_of_no_object():
    changes = ChangeSet([Change(REF, Action.APPLIED)], ["held"])

    assert (changes.failed, changes.errors) == (True, ["held"])
