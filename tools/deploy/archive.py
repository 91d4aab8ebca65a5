"""
Chalice's zip made small, quick to start and repeatable: the same input gives the same bytes.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools.deploy.pruning import is_needed
from tools.progress import ToolError

LAMBDA_FOLDER = "/var/task"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can hold
READABLE, EXECUTABLE = 0o100644, 0o100755


def repack(packaged: Path, smaller: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with ZipFile(packaged) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if is_needed(name)])
        compile_all(folder)
        pack(folder, smaller)


def compile_all(folder: Path) -> None:
    """
    Lambda's folder is read-only, so what is not compiled now is compiled at every cold start. The bytecode is taken
    without a look at the source's date, which a zip rounds; a fixed hash seed fixes the order of constants.
    """
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", LAMBDA_FOLDER]
    done = subprocess.run(
        [sys.executable, "-m", "compileall", *options, str(folder)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolError(f"the package does not compile: {done.stdout.strip() or done.stderr.strip()}")


def pack(folder: Path, archive: Path) -> None:
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = ZipInfo(path.relative_to(folder).as_posix(), EARLIEST)
                entry.external_attr = (EXECUTABLE if path.suffix == ".so" else READABLE) << 16
                entry.compress_type = ZIP_DEFLATED
                out.writestr(entry, path.read_bytes())
