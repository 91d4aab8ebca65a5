import re
from pathlib import Path

from app import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
ROW = re.compile(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", re.MULTILINE)
OUTSIDE = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs/openapi.json",
    "/swagger-ui",
    "/swagger-ui/{file}",
    "/internal/ws/agent",
}


def test_the_page_lists_exactly_the_operations_that_are_there():
    listed = {
        path if path in OUTSIDE else f"/api/v1{path}": set(methods.split(", "))
        for path, methods in ROW.findall(PAGE.read_text())
    }

    assert listed == {path: set(methods) for path, methods in app.routes.items()}
