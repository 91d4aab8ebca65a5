"""
`brokkr-broker trust`, as far as it goes without a store; the rest is the services' and the slow suite's.
"""

import pytest

from broker.__main__ import main


@pytest.fixture
def run(capsys):
    def run_it(*arguments):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_it


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trust", "generator", "--uuid", "x"], "Invalid value for '--uuid': 'x' is not a valid UUID."),
        (["trust", "remove"], "Missing option '--id'."),
    ],
)
def test_a_usage_error_is_one_line_and_ends_with_2(run, arguments, message):
    assert run(*arguments) == (2, "", f"error: {message}\n")
