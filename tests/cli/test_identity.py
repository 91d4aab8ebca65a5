"""
`whoami`, `login` and `pak rotate`.
"""

import json
import stat

import pytest

from chalicelib import VERSION
from tests.support.command_line import Keyboard
from tests.support.factories import new_agent

NOTHING = {"BROKKR_BROKER_URL": "", "BROKKR_PAK": ""}


@pytest.fixture
def config(brokkr):
    return brokkr.home / ".brokkr" / "config"


def mode(file):
    return stat.S_IMODE(file.stat().st_mode)


def test_whose_pak_it_is_and_which_broker_answers(brokkr, http, ci):
    agent = new_agent(http)

    said = [brokkr("whoami", env={"BROKKR_PAK": pak}).out for pak in (ci.pak, http.admin, agent.pak)]

    assert said == [
        f'generator "ci" ({ci.id}) at http://broker (broker {VERSION})\n',
        f"the admin at http://broker (broker {VERSION})\n",
        f"agent {agent.id} at http://broker (broker {VERSION})\n",
    ]
    assert json.loads(brokkr("whoami", "-o", "json").out) == {
        "admin": False,
        "generator": ci.id,
        "agent": None,
        "broker_url": "http://broker",
        "version": VERSION,
    }


def test_a_login_is_kept_for_the_owners_eyes_alone_and_the_next_command_needs_no_flags(brokkr, config, ci):
    done = brokkr("login", "--broker-url", "http://broker/api/v1", "--pak-stdin", stdin=ci.pak, env=NOTHING)

    assert (done.code, mode(config), mode(config.parent)) == (0, 0o600, 0o700)
    assert ci.pak not in done.out + done.err
    assert brokkr("whoami", env=NOTHING).out.startswith('generator "ci"')
    assert list(config.parent.iterdir()) == [config]


def test_a_pak_that_the_broker_does_not_know_is_not_kept(brokkr, config):
    refused = brokkr("login", "--pak-stdin", stdin="brokkr_BRwrong_wrong")

    assert refused.code == 1
    assert "401 unauthorized" in refused.err
    assert not config.exists()


def test_on_a_terminal_it_asks_for_what_it_is_not_given(brokkr, config, ci):
    done = brokkr("login", stdin=Keyboard("http://broker\n"), hidden=ci.pak, env=NOTHING)

    assert (done.code, done.err) == (0, "Broker URL: ")
    assert config.exists()


def test_elsewhere_it_says_what_is_missing(brokkr):
    refused = brokkr("login", env=NOTHING)

    assert refused.code == 1
    assert refused.err.startswith("error: no broker is named\n")


def test_a_config_file_may_lie_elsewhere(brokkr, tmp_path):
    brokkr("login", "--config", tmp_path / "mine")

    assert brokkr("--config", tmp_path / "mine", "whoami", env=NOTHING).code == 0


def test_a_rotated_pak_takes_the_place_of_the_old_one(brokkr, config, http, ci):
    brokkr("login")

    done = brokkr("pak", "rotate", env=NOTHING)

    new = config.read_text().splitlines()[1].split('"')[1]
    assert (done.code, mode(config)) == (0, 0o600)
    assert new != ci.pak
    assert new not in done.out + done.err
    assert http.post("/auth/pak", pak=ci.pak).status_code == 401
    assert brokkr("whoami", env=NOTHING).code == 0


def test_one_from_elsewhere_is_rotated_into_a_file_that_is_named(brokkr, http, ci, tmp_path):
    refused = brokkr("pak", "rotate")
    still = http.post("/auth/pak", pak=ci.pak).status_code
    done = brokkr("pak", "rotate", "--to", tmp_path / "new")

    assert (refused.code, still, done.code) == (1, 200, 0)
    assert "say where the new one goes: --to FILE" in refused.err
    assert brokkr("whoami", "--pak-file", tmp_path / "new").code == 0


def test_nothing_is_rotated_where_the_new_one_could_not_be_kept(brokkr, http, ci, tmp_path):
    (tmp_path / "file").write_text("")

    refused = brokkr("pak", "rotate", "--to", tmp_path / "file" / "new")

    assert refused.code == 1
    assert http.post("/auth/pak", pak=ci.pak).status_code == 200


def test_the_admins_pak_is_rotated_elsewhere(brokkr, http, tmp_path):
    refused = brokkr("pak", "rotate", "--to", tmp_path / "new", env={"BROKKR_PAK": http.admin})

    assert (refused.code, (tmp_path / "new").exists()) == (1, False)


def test_one_that_is_refused_says_what_to_do(brokkr):
    refused = brokkr("stacks", env={"BROKKR_PAK": "brokkr_BRwrong_wrong"})

    assert refused.err.startswith("error: 401 unauthorized: ")
    assert "hint: the broker does not know the PAK from BROKKR_PAK" in refused.err
