"""
The operator's command line on the real store, with and without a broker that serves it.
"""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def run(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BROKKR_"))}

    def run_it(*arguments):
        command = [sys.executable, "-m", "broker", *arguments, "--data-dir", str(tmp_path / "data")]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)

    return run_it


def fields(printed):
    return dict(line.split(": ", 1) for line in printed.splitlines() if ": " in line)


def test_the_doctor_finds_what_is_missing_before_init_and_nothing_afterwards(run):
    """
    What an emulator has not, it is not blamed for.
    """
    before = run("doctor")
    run("init")
    after = run("doctor")

    assert (before.returncode, after.returncode) == (1, 0)
    assert "`brokkr-broker init` makes it" in before.stdout
    assert "recovery     not asked" in after.stdout
    assert after.stdout.count("✓") == len(after.stdout.splitlines()) == 8


def test_the_doctor_asks_a_running_broker_from_outside(run, broker, tmp_path):
    (tmp_path / "pak").write_text(broker.admin_pak + "\n")

    asked = run("doctor", "--url", broker.url, "--pak-file", str(tmp_path / "pak"))

    outside = dict(line[2:].split(maxsplit=1) for line in asked.stdout.splitlines()[:8])
    assert outside["PAK"] == "is the admin's"
    assert outside["version"].startswith("the broker's and ours are ")
    assert broker.admin_pak not in asked.stdout + asked.stderr


def test_init_prints_the_admin_pak_once(run):
    first, again = run("init"), run("init")

    assert first.returncode == again.returncode == 0
    assert "brokkr_BR" in first.stdout
    assert "brokkr_BR" not in again.stdout + again.stderr
    assert "Already initialised: nothing was changed" in again.stderr


def test_a_generator_is_created_and_rotated(run):
    run("init")

    created = run("create", "generator", "--name", "ci", "--description", "the pipeline")
    made = fields(created.stdout)
    rotated = run("rotate", "generator", "--uuid", made["ID"])

    assert created.stdout.startswith("Generator created successfully:\nID: ")
    assert made["Name"] == "ci"
    assert rotated.stdout.startswith("Generator PAK rotated successfully:\nID: ")
    assert fields(rotated.stdout)["New PAK"] != made["Initial PAK"]


def test_an_agent_is_created_with_its_generators_and_rotated(run):
    run("init")
    generator = fields(run("create", "generator", "--name", "ci").stdout)["ID"]

    created = run("create", "agent", "--name", "a", "--cluster-name", "c", "--generator-ids", generator)
    made = fields(created.stdout)
    rotated = run("rotate", "agent", "--uuid", made["ID"])

    assert created.stdout.startswith("Agent created successfully:\nID: ")
    assert (made["Name"], made["Cluster"]) == ("a", "c")
    assert made["Registered with"] == f"system (fleet scope), {generator}"
    assert fields(rotated.stdout)["New PAK"] != made["Initial PAK"]


def test_the_admin_is_rotated(run):
    first = run("init").stdout

    rotated = run("rotate", "admin")

    assert rotated.returncode == 0
    assert fields(rotated.stdout)["New PAK"] not in first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rotate", "agent", "--uuid", NOBODY], "Agent not found"),
        (["rotate", "generator", "--uuid", NOBODY], "Generator not found"),
        (["create", "generator", "--name", " "], "name must not be blank"),
        (["create", "agent", "--name", "a", "--cluster-name", "c", "--generator-ids", NOBODY], "generator_ids"),
    ],
)
def test_a_refusal_is_one_line_on_stderr_and_ends_with_1(run, arguments, message):
    run("init")

    refused = run(*arguments)

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.splitlines()[-1].startswith("error: ")
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_second_generator_of_one_name_is_refused(run):
    run("init")
    run("create", "generator", "--name", "ci")

    refused = run("create", "generator", "--name", "ci")

    assert refused.returncode == 1
    assert "'ci' is there already" in refused.stderr


def test_a_setting_is_set_reloaded_and_unset(run):
    run("init")

    told = [
        run("config", *words).stdout.splitlines()
        for words in (("get",), ("set", "log.level", "debug"), ("get",), ("reload",), ("get",), ("unset", "log.level"))
    ]
    refused = run("config", "set", "log.level", "LOUD")

    assert told[0] == ["log.level = INFO"]
    assert told[2] == ["log.level = INFO (after a reload: DEBUG)"]
    assert told[3:5] == [["log.level: INFO -> DEBUG"], ["log.level = DEBUG"]]
    assert told[1] == told[5]
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "error: log.level: expected one of DEBUG, INFO, WARNING, ERROR" in refused.stderr


def test_a_trust_is_made_shown_and_removed(run):
    run("init")
    made = fields(run("create", "generator", "--name", "ci").stdout)
    who = ["--issuer", "https://ci.example", "--subject", "repo:acme/*:ref:refs/heads/main"]

    trusted = run("trust", "generator", "--uuid", made["ID"], *who)
    listed = run("trust", "list", "--uuid", made["ID"])
    removed = run("trust", "remove", "--id", fields(trusted.stdout)["ID"])
    afterwards = run("trust", "list")

    assert fields(trusted.stdout) == fields(listed.stdout) == fields(removed.stdout)
    assert fields(listed.stdout)["Audience"] == "brokkr"
    assert afterwards.stdout == "No trusts.\n"


@pytest.mark.parametrize(
    ("issuer", "subject"), [("http://ci.example", "repo:acme/web"), ("https://ci.example", "repo:*/web")]
)
def test_a_trust_in_strangers_is_a_usage_error(run, issuer, subject):
    run("init")
    made = fields(run("create", "generator", "--name", "ci").stdout)

    refused = run("trust", "generator", "--uuid", made["ID"], "--issuer", issuer, "--subject", subject)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.splitlines()[-1].startswith("error: ")
