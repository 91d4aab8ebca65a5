"""
docs/agent.md names everything that there is to set and to watch, and nothing else.
"""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from agent.metrics import exposition
from agent.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "agent.md").read_text()


class Asked(dict):
    """
    An environment that notes what it is asked for.
    """

    def __init__(self, **given):
        super().__init__(given)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def test_every_setting_is_in_the_page():
    env = Asked(BROKKR__AGENT__PAK="a")

    Settings.from_env(env)

    ours = {name for name in env.names if name.startswith("BROKKR__")}
    assert set(re.findall(r"^\| `(BROKKR__\w+)`", PAGE, re.MULTILINE)) == ours


def test_every_metric_is_in_the_page():
    families = text_string_to_metric_families(exposition().decode())
    counted = {family.name + "_total" * (family.type == "counter") for family in families if "brokkr" in family.name}

    named = set(re.findall(r"^\| `(brokkr_agent_\w+)", PAGE, re.MULTILINE))

    assert named == {name for name in counted if not name.endswith("_created")}
