import io

import pytest

from agent.__main__ import main
from agent.manifests import encoded
from agent.reading import parse
from agent.render import render

TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: é}\ndata: {a: yes}\n"
LINE = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"é"},"data":{"a":true}}\n'


def rendered(*files, stdin=""):
    stdout, stderr = io.BytesIO(), io.StringIO()
    code = render(map(str, files), io.BytesIO(stdin if isinstance(stdin, bytes) else stdin.encode()), stdout, stderr)
    return code, stdout.getvalue().decode(), stderr.getvalue()


def test_each_object_is_a_line_of_what_would_be_sent(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text(f"{TEXT}---\n{TEXT}")

    code, out, errors = rendered(file, "-", stdin=TEXT)

    assert (code, errors) == (0, "")
    assert out == LINE * 3
    assert out.splitlines()[0].encode() == encoded(parse(TEXT)[0].body)


def test_each_fault_is_told_with_its_file_and_the_other_files_are_shown(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(f"{TEXT}---\nkind: x\n---\n1\n")

    code, out, errors = rendered(bad, "-", tmp_path / "none", stdin=TEXT)

    assert code == 1
    assert out == LINE
    assert errors.splitlines() == [
        f"{bad}: document 2, line 6: apiVersion is missing or not a string",
        f"{bad}: document 3, line 8: not an object",
        f"{tmp_path / 'none'}: No such file or directory",
    ]


def test_what_is_not_utf8_is_a_fault():
    code, out, errors = rendered("-", stdin=TEXT.encode() + b"data: \xff\n")

    assert (code, out, errors) == (1, "", "-: line 5: not UTF-8\n")


def test_no_file_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as wrong:
        main(["render"])

    assert wrong.value.code == 2
    assert "usage: brokkr-agent render" in capsys.readouterr().err


def test_the_command_line_shows_a_file(tmp_path, capsysbinary):
    file = tmp_path / "one.yaml"
    file.write_text(TEXT)

    code = main(["render", str(file)])

    assert code == 0
    assert capsysbinary.readouterr().out.decode() == LINE
