import yaml

from cli.diffing import differences
from cli.manifests import objects


def found(old, new):
    return differences(objects(yaml.safe_dump_all(old), "old"), objects(yaml.safe_dump_all(new), "new"))


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}, "data": data}


def secret(**fields):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, **fields}


def shown(differences):
    return "\n".join(line for one in differences for line in one.lines)


def test_objects_are_told_by_what_becomes_of_them():
    old = [config_map("same"), config_map("gone"), config_map("other", a="1")]
    new = [config_map("new"), config_map("other", a="2"), config_map("same")]

    told = [(one.change, str(one.identity)) for one in found(old, new)]

    assert told == [
        ("added", "ConfigMap/shop/new"),
        ("changed", "ConfigMap/shop/other"),
        ("removed", "ConfigMap/shop/gone"),
    ]


def test_order_of_keys_comments_and_style_are_no_difference():
    old = "# old\napiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {b: c}}\n"
    new = "metadata:\n  labels:\n    b: 'c'\n  name: a\nkind: Namespace\napiVersion: v1\n"

    assert differences(objects(old, "old"), objects(new, "new")) == []


def test_a_list_is_opened():
    old = [{"apiVersion": "v1", "kind": "List", "items": [config_map("a"), config_map("b")]}]

    assert found(old, [config_map("a"), config_map("b")]) == []


def test_a_text_of_several_lines_shows_the_line_that_changed():
    old, new = config_map("a", conf="one\ntwo\nthree\n"), config_map("a", conf="one\n2\nthree\n")

    changed = [line for line in shown(found([old], [new])).splitlines() if line[0] in "+-"][2:]

    assert changed == ["-    two", "+    2"]


def test_a_number_and_a_truth_are_different():
    assert found([config_map("a", on=1)], [config_map("a", on=True)])


def test_of_a_secret_only_which_values_differ_is_shown():
    old = secret(data={"same": "c2FtZQ==", "changed": "b2xk", "gone": "Z29uZQ=="}, type="Opaque")
    new = secret(data={"same": "c2FtZQ==", "changed": "bmV3", "new": "bmV3ZXI="}, type="other")

    lines = shown(found([old], [new])).splitlines()

    assert [line for line in lines[2:] if line[0] in "+-"] == [
        "-  changed: '*** (before)'",
        "-  gone: '***'",
        "+  changed: '*** (after)'",
        "+  new: '***'",
        "-type: Opaque",
        "+type: other",
    ]


def test_a_secret_in_a_list_of_secrets_is_one_even_if_it_does_not_say_so():
    listed = {
        "apiVersion": "v1",
        "kind": "SecretList",
        "items": [{"metadata": {"name": "s"}, "data": {"a": "hunter2"}}],
    }

    [one] = found([], [listed])

    assert (str(one.identity), "hunter2" in shown([one])) == ("Secret/s", False)


def test_nothing_that_a_secret_holds_is_shown_wherever_it_stands():
    last = {"kubectl.kubernetes.io/last-applied-configuration": '{"data": "hunter2"}'}
    old = secret(stringData={"password": "hunter2"})
    new = secret(data="hunter2", stringData=["hunter2"]) | {"metadata": {"name": "s", "annotations": last}}

    for one in (found([], [old]), found([old], []), found([old], [new]), found([new], [old])):
        assert one
        assert "hunter2" not in shown(one)
