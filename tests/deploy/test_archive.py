import importlib.util
import marshal
import os
import time
from zipfile import ZipFile

import pytest

from tools.deploy.archive import repack
from tools.progress import ToolError

UNCHECKED_HASH = 0b01
HEADER = 16


@pytest.fixture
def packaged(tmp_path):
    """
    What Chalice leaves, with a bit of everything.
    """
    path = tmp_path / "packaged.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("app.py", "VERSIONS = {'one', 'two', 'three'}\n")
        archive.writestr("lib/part.so", b"\x7fELF")
        archive.writestr("lib/tests/test_it.py", "assert False\n")
        archive.writestr("lib-1.0.dist-info/METADATA", "Name: lib\n")
    return path


def test_only_what_is_needed_is_left_and_is_compiled(packaged, tmp_path):
    repack(packaged, tmp_path / "smaller.zip")

    with ZipFile(tmp_path / "smaller.zip") as archive:
        compiled = importlib.util.cache_from_source("app.py")
        assert archive.namelist() == [compiled, "app.py", "lib/part.so"]


def test_the_bytecode_is_taken_without_a_look_at_the_source(packaged, tmp_path):
    """
    A zip rounds dates, so bytecode that is checked by date would be compiled again, at every cold start.
    """
    repack(packaged, tmp_path / "smaller.zip")

    with ZipFile(tmp_path / "smaller.zip") as archive:
        compiled = archive.read(importlib.util.cache_from_source("app.py"))
    assert compiled[:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(compiled[4:8], "little") == UNCHECKED_HASH
    assert marshal.loads(compiled[HEADER:]).co_filename == "/var/task/app.py"


def test_the_same_input_gives_the_same_bytes(packaged, tmp_path):
    repack(packaged, tmp_path / "first.zip")
    again = tmp_path / "again.zip"
    with ZipFile(packaged) as archive, ZipFile(again, "w") as reordered:
        for name in reversed(archive.namelist()):
            reordered.writestr(name, archive.read(name))
    os.utime(again, (time.time() + 5000,) * 2)

    repack(again, tmp_path / "second.zip")

    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_a_library_can_be_loaded_by_lambdas_user(packaged, tmp_path):
    repack(packaged, tmp_path / "smaller.zip")

    with ZipFile(tmp_path / "smaller.zip") as archive:
        modes = {entry.filename: oct(entry.external_attr >> 16 & 0o777) for entry in archive.infolist()}
    assert (modes["lib/part.so"], modes["app.py"]) == ("0o755", "0o644")


def test_a_package_that_does_not_compile_is_refused(packaged, tmp_path):
    with ZipFile(packaged, "a") as archive:
        archive.writestr("chalicelib/broken.py", "def\n")

    with pytest.raises(ToolError, match=r"broken\.py"):
        repack(packaged, tmp_path / "smaller.zip")
