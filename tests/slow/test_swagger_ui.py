"""
Swagger UI in a real browser: it loads, a PAK can be entered, and a request shows its answer.
"""

import json
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

pytestmark = pytest.mark.slow

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def page():
    """
    A page of the machine's own Chromium. What it complained of, and where it asked, is in `.said` and `.asked`.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program, "there is no Chromium on this machine: .ci/run installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        browser.close()


def test_a_generator_is_listed_from_the_page(page, broker):
    broker.admin().call("POST", "/api/v1/generators", {"name": "seen-in-a-browser"})

    page.goto(f"{broker.url}/swagger-ui")
    _authorize(page, f"Bearer {broker.admin_pak}")
    body = _execute(page, "list_generators")

    assert "seen-in-a-browser" in [one["name"] for one in body]
    assert page.url == f"{broker.url}/swagger-ui/#/generators/list_generators"
    assert page.said == []
    assert all(url.startswith((broker.url, "data:")) for url in page.asked)


def _authorize(page, pak):
    page.get_by_role("button", name="Authorize").first.click()
    box = page.locator(".auth-container", has_text="admin_pak").first
    box.get_by_role("textbox").fill(pak)
    box.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()


def _execute(page, operation):
    tag = page.locator("#operations-tag-generators")
    tag.click()
    block = page.locator(f"#operations-generators-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response-col_description .microlight")
    expect(answer.first).to_be_visible()
    return json.loads(answer.first.inner_text())
