"""
What the documents point at is there.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page):
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in HEADING.findall(page.read_text())}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_resolves(page):
    broken = [
        link or f"#{anchor}"
        for link, anchor in LINK.findall(page.read_text())
        if not (target := (page.parent / link) if link else page).exists() or (anchor and anchor not in anchors(target))
    ]

    assert broken == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(name):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", (ROOT / name).read_text()))

    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named
    assert named - targets == set()


def test_every_page_of_docs_is_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]

    while waiting:
        page = waiting.pop()
        if page.suffix == ".md" and page not in seen:
            seen.add(page)
            waiting += [(page.parent / link).resolve() for link, _ in LINK.findall(page.read_text()) if link]

    assert [page for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in seen] == []
