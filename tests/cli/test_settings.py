"""
Each setting by flag, environment, file, in this order.
"""

import pytest

from cli.errors import CliError
from cli.settings import Flags, Settings


@pytest.fixture
def home(tmp_path):
    (tmp_path / ".brokkr").mkdir()
    (tmp_path / ".brokkr" / "config").write_text('broker_url = "http://file"\npak = "file"\n')
    (tmp_path / "pak").write_text("from-file\n")
    return tmp_path


def settings(home, env=None, stdin="", **flags):
    return Settings.of(Flags(**flags), env or {}, home, lambda: stdin)


def test_a_flag_counts_more_than_the_environment_and_that_more_than_the_file(home):
    env = {"BROKKR_BROKER_URL": "http://env", "BROKKR_PAK": "env"}

    of_flags = settings(home, env, broker_url="http://flag", pak="flag")
    of_env, of_file = settings(home, env), settings(home)

    found = [(one.broker_url, one.pak.secret) for one in (of_flags, of_env, of_file)]
    assert found == [("http://flag", "flag"), ("http://env", "env"), ("http://file", "file")]


def test_what_is_blank_is_not_set(home):
    found = settings(home, {"BROKKR_BROKER_URL": " ", "BROKKR_PAK": ""}, broker_url="", pak=" ")

    assert (found.broker_url, found.pak.secret) == ("http://file", "file")


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        (" http://broker/ ", "http://broker"),
        ("http://broker/api/v1", "http://broker"),
        ("http://broker/api/v1//", "http://broker"),
        ("https://x.example/prod/", "https://x.example/prod"),
    ],
)
def test_the_url_may_have_the_apis_path_or_not(home, url, cleaned):
    assert settings(home, broker_url=url).broker_url == cleaned


@pytest.mark.parametrize("url", ["http://[", "https:///api/v1", "http://:3000"])
def test_a_url_without_a_host_is_refused(home, url):
    with pytest.raises(CliError, match="the broker's URL names no host"):
        settings(home, broker_url=url)


def test_a_url_that_is_none_is_refused(home):
    with pytest.raises(CliError, match="must begin with http:// or https://, and is 'broker:3000'"):
        settings(home, broker_url="broker:3000")


@pytest.mark.parametrize(
    ("flags", "env", "secret", "source"),
    [
        ({"pak": "-"}, {}, "typed", "the standard input"),
        ({"pak_stdin": True}, {"BROKKR_PAK": "env"}, "typed", "the standard input"),
        ({"pak_file": "FILE"}, {"BROKKR_PAK": "env"}, "from-file", "FILE"),
        ({}, {"BROKKR_PAK_FILE": "FILE"}, "from-file", "FILE"),
        ({}, {"BROKKR_PAK": "env", "BROKKR_PAK_FILE": "/nowhere"}, "env", "BROKKR_PAK"),
    ],
)
def test_a_pak_comes_from_stdin_a_file_or_the_environment(home, flags, env, secret, source):
    def placed(text):
        return str(home / "pak") if text == "FILE" else text

    flags, env = ({key: placed(value) for key, value in given.items()} for given in (flags, env))

    found = settings(home, env, stdin="typed\n", **flags).pak

    assert (found.secret, found.source) == (secret, placed(source))


def test_a_file_that_is_not_there_is_as_good_as_an_empty_one(tmp_path):
    found = settings(tmp_path, config=str(tmp_path / "nowhere"))

    assert (found.broker_url, found.pak) == (None, None)


@pytest.mark.parametrize("content", ["pak = ", "pak", "\x00"])
def test_a_file_that_is_not_toml_is_an_error(tmp_path, content):
    (tmp_path / "config").write_text(content)

    with pytest.raises(CliError, match="is not TOML"):
        settings(tmp_path, config=str(tmp_path / "config"))


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_a_pak_file_that_cannot_be_read_is_told(tmp_path, path):
    with pytest.raises(CliError, match="the PAK cannot be read from"):
        settings(tmp_path, pak_file=str(tmp_path / path))


def test_nothing_on_stdin_is_told(tmp_path):
    with pytest.raises(CliError, match="no PAK came from the standard input"):
        settings(tmp_path, pak_stdin=True)
