import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from agent import VERSION
from agent.settings import Settings, SettingsError

PAK = {"BROKKR__AGENT__PAK": "a_b_secret"}


def test_a_pak_is_all_it_takes():
    settings = Settings.from_env(PAK)

    assert settings.broker_url == "http://localhost:3000"
    assert (settings.agent_name, settings.cluster_name) == ("DEFAULT", "DEFAULT")
    assert settings.polling_interval == timedelta(seconds=10)
    assert (settings.namespace, settings.health_port, settings.data_dir) == ("brokkr-system", 8080, None)


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "agent.toml"
    file.write_text(
        '[agent]\npak = "from_the_file"\nagent_name = "file"\npolling_interval = 3\n[log]\nlevel = "debug"\n'
    )

    settings = Settings.from_env({"BROKKR_CONFIG_FILE": str(file), "BROKKR__AGENT__AGENT_NAME": "env"})

    assert (settings.pak, settings.agent_name) == ("from_the_file", "env")
    assert (settings.polling_interval, settings.log_level) == (timedelta(seconds=3), "DEBUG")


def test_the_old_names_still_count_last():
    old = {"BROKKR_GENERATOR_IDS": "a, b,", "KUBECONFIG": "/k"}

    settings = Settings.from_env(PAK | old)
    newer = Settings.from_env(PAK | old | {"BROKKR__AGENT__GENERATOR_IDS": "c", "BROKKR__AGENT__KUBECONFIG_PATH": "/l"})

    assert (settings.generator_ids, settings.kubeconfig_path) == (("a", "b"), "/k")
    assert (newer.generator_ids, newer.kubeconfig_path) == (("c",), "/l")


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "BROKKR__AGENT__PAK is not set"),
        ({"BROKKR__AGENT__PAK": " "}, "BROKKR__AGENT__PAK is not set"),
        (PAK | {"BROKKR__AGENT__POLLING_INTERVAL": "soon"}, "BROKKR__AGENT__POLLING_INTERVAL is no number"),
        (PAK | {"BROKKR__AGENT__POLLING_INTERVAL": "0"}, "BROKKR__AGENT__POLLING_INTERVAL is out of range"),
        (PAK | {"BROKKR__AGENT__POLLING_INTERVAL": "nan"}, "BROKKR__AGENT__POLLING_INTERVAL is out of range"),
        ({"BROKKR_CONFIG_FILE": "/nowhere"}, "BROKKR_CONFIG_FILE /nowhere cannot be read"),
    ],
)
def test_what_is_missing_or_wrong_is_named(env, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_env(env)


def test_the_pak_is_not_in_what_settings_print():
    assert "secret" not in repr(Settings.from_env(PAK))


def test_the_version_is_the_projects():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())

    assert project["project"]["version"] == VERSION
