import io
import socket
from threading import Thread

import pytest

from agent.__main__ import main
from agent.access import ClusterNotConfigured
from agent.broker import Broker
from agent.check import check, configuration, data_folder, examine, health_port
from agent.health import health_server
from agent.pulse import Vitals
from agent.settings import Settings
from tests.support.tiny_broker import TinyBroker

PAK = {"BROKKR__AGENT__PAK": "brokkr_BRshort_secretsecret"}


def test_a_setting_that_cannot_be_read_is_the_only_question():
    out = io.StringIO()

    is_well = check({}, out)

    assert not is_well
    assert out.getvalue().splitlines()[0].startswith("NO configuration")
    assert "BROKKR__AGENT__PAK is not set" in out.getvalue()


def test_a_question_that_fails_does_not_keep_the_others_from_being_asked():
    settings = Settings.from_env(PAK | {"BROKKR__AGENT__HEALTH_PORT": "0"})

    def not_configured():
        raise ClusterNotConfigured("none")

    findings = list(examine(settings, Broker("http://broker", "a", transport=TinyBroker()), not_configured))

    assert [finding.question for finding in findings] == [
        "configuration",
        "data folder",
        "health port",
        "broker",
        "clock",
        "PAK",
        "cluster",
    ]


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, 'agent "DEFAULT" of cluster "DEFAULT", for the whole cluster, asks every 10 s'),
        ({"BROKKR__AGENT__WATCH_NAMESPACE": "team-a"}, "for namespace team-a"),
    ],
)
def test_the_configuration_is_told_in_short(env, said):
    finding = configuration(Settings.from_env(PAK | env))

    assert finding.todo is None
    assert said in finding.said
    assert "secretsecret" not in repr(finding)


def test_what_a_start_would_pass_over_is_told():
    env = {"BROKKR__AGENT__GENERATOR_IDS": "mine", "BROKKR__LOG__LEVEL": "loud"}

    finding = configuration(Settings.from_env(PAK | env))

    assert finding.todo is not None
    assert finding.said == "no generator's id: 'mine'; BROKKR__LOG__LEVEL is no level: 'LOUD'"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    file = tmp_path / "file"
    file.touch()

    good, bad = data_folder(tmp_path / "new" / "folder"), data_folder(file / "folder")

    assert good.todo is None
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    assert "let user" in bad.todo


def hang_up_at_once(server):
    connection, _ = server.accept()
    connection.close()


def test_a_port_is_free_or_an_agents_or_taken():
    free = health_port("127.0.0.1", 0)
    with health_server(("127.0.0.1", 0), Vitals()) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        ours = health_port("127.0.0.1", server.server_address[1])
        server.shutdown()
    with socket.create_server(("127.0.0.1", 0)) as other:
        Thread(target=hang_up_at_once, args=(other,), daemon=True).start()
        taken = health_port("127.0.0.1", other.getsockname()[1])

    assert (free.todo, ours.todo) == (None, None)
    assert ours.said.endswith("an agent answers there now")
    assert "BROKKR__AGENT__HEALTH_PORT" in taken.todo


def test_the_exit_code_says_whether_all_is_well(monkeypatch, capsys):
    monkeypatch.delenv("BROKKR__AGENT__PAK", raising=False)

    code = main(["check"])

    assert code == 1
    assert "BROKKR__AGENT__PAK is not set" in capsys.readouterr().out
