import pytest

from broker.__main__ import main
from chalicelib.domain import paks


@pytest.fixture
def run(capsys):
    def run_it(*arguments):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_it


def test_a_generated_pak_belongs_to_its_hash(run):
    code, out, _ = run("generate-pak")

    printed = dict(line.split(": ", 1) for line in out.splitlines()[:2])
    assert code == 0
    assert paks.parse(printed["PAK"]).matches(printed["Hash"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "agent", "--name", "a"], "Missing option '--cluster-name'."),
        (["rotate", "agent", "--uuid", "x"], "Invalid value for '--uuid': 'x' is not a valid UUID."),
        (["serve", "--port", "70000"], "Invalid value for '--port': 70000 is not in the range 0<=x<=65535."),
        (
            ["create", "agent", "--name", "a", "--cluster-name", "c", "--generator-ids", "1,2"],
            "Invalid value for --generator-ids: not a UUID",
        ),
        (
            ["init", "--dynamodb-endpoint", "http://localhost:1", "--profile", "p"],
            "--dynamodb-endpoint names an emulator, --profile an account in AWS",
        ),
    ],
)
def test_a_usage_error_is_one_line_and_ends_with_2(run, arguments, message):
    assert run(*arguments) == (2, "", f"error: {message}\n")


def test_a_command_without_dynoxide_says_so_and_ends_with_1(run, monkeypatch, tmp_path):
    """
    Only `serve` can work on a store that is in its own memory.
    """
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROKKR_DYNOXIDE", raising=False)

    code, out, err = run("init", "--data-dir", str(tmp_path))

    assert (code, out) == (1, "")
    assert err.startswith("error: dynoxide is not installed")
    assert err.count("\n") == 1


def test_a_store_that_does_not_start_is_one_line_and_ends_with_1(run, monkeypatch, tmp_path):
    monkeypatch.setenv("BROKKR_DYNOXIDE", "/nowhere/dynoxide")

    code, _, err = run("init", "--data-dir", str(tmp_path))

    assert (code, err) == (1, "error: /nowhere/dynoxide does not run: No such file or directory\n")
