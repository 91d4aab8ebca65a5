"""
What a path, a query and a header say.
"""

import pytest

from tests.support.factories import new_generator, new_object, new_stack


@pytest.mark.parametrize("query", ["pak_id=x", "pak_id=", "pak_id={0}&pak_id={0}"])
def test_a_bad_query_is_named(http, query):
    id = new_generator(http).id

    answer = http.get(f"/stacks?{query.format(id)}", pak=http.admin)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert answer.json()["message"].startswith("pak_id: ")


def test_an_unknown_query_is_ignored(http):
    assert http.get("/stacks?page=2&page=3", pak=http.admin).status_code == 200


@pytest.mark.parametrize("form", ["{id}", "{hex}", "%7B{id}%7D", "urn:uuid:{id}", "URN:UUID:{id}"])
def test_an_id_in_a_path_may_be_spelled_in_four_ways(http, form):
    id = new_generator(http).id

    answer = http.get(f"/generators/{form.format(id=id, hex=id.replace('-', ''))}", pak=http.admin)

    assert answer.json()["id"] == id


def test_anything_else_in_a_path_is_refused_before_the_body_is_read(http):
    answer = http.put("/stacks/1", pak=http.admin, content=b"{")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_path")


@pytest.mark.parametrize("tags", ["*", '"a", {}', "W/{}", '{} , "b"'])
def test_what_the_caller_has_is_not_sent_again(http, tags):
    generator = new_generator(http)
    path = f"/deployment-objects/{new_object(http, generator, new_stack(http, generator))['id']}"
    etag = http.get(path, pak=generator.pak).headers["etag"]

    answer = http.get(path, pak=generator.pak, headers={"If-None-Match": tags.format(etag)})

    assert (answer.status_code, answer.headers["etag"]) == (304, etag)


def test_what_the_caller_has_not_is_sent(http):
    generator = new_generator(http)
    path = f"/deployment-objects/{new_object(http, generator, new_stack(http, generator))['id']}"

    assert http.get(path, pak=generator.pak, headers={"If-None-Match": '"other"'}).status_code == 200
