"""
The page on which the API can be tried, as far as it can be told without a browser.
"""

import re

import pytest

from app import app
from tests.api.test_routing import rest
from tools import swagger_ui

HERE = "//swagger-ui/"


def test_it_is_the_version_that_is_pinned():
    assert swagger_ui.is_installed()


def test_the_page_is_found_with_and_without_its_slash(http):
    without = http.get("//swagger-ui")
    page = http.get(HERE)

    assert (without.status_code, without.headers["location"]) == (302, "swagger-ui/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_the_page_gets_all_that_it_names_and_names_nothing_elsewhere(http):
    named = re.findall(r'(?:src|href)="([^"]+)"', http.get(HERE).text)

    found = {name: http.get(HERE + name) for name in named if not name.startswith("data:")}

    assert sorted(found) == ["start.js", "swagger-ui-bundle.js", "swagger-ui.css"]
    assert {one.status_code for one in found.values()} == {200}
    assert 'url: "../docs/openapi.json"' in found["start.js"].text


@pytest.mark.parametrize("name", ["", "swagger-ui.css", "start.js"])
def test_a_browser_is_told_to_load_nothing_from_elsewhere(http, name):
    headers = http.get(HERE + name).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"https?:|\*|unsafe-eval", policy)
    assert headers["x-content-type-options"] == "nosniff"


def test_a_file_is_sent_once(http):
    first = http.get(f"{HERE}swagger-ui.css")
    again = http.get(f"{HERE}swagger-ui.css", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert "max-age" in first.headers["cache-control"]


@pytest.mark.parametrize("name", ["LICENSE", "version.txt", "..%2Fsettings.py", "%2Fetc%2Fpasswd", "app.py"])
def test_no_other_file_is_there(http, name):
    answer = http.get(HERE + name)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_rest_api_keeps_the_page_s_slash_in_the_path_alone():
    answer = app(rest("/swagger-ui/", resource="/swagger-ui"), None)

    assert answer["headers"]["Content-Type"].startswith("text/html")
