"""
This repository as a runner gets it: what git has, and nothing of what was built here.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOMEBODY = ("-c", "user.name=ci", "-c", "user.email=ci@example.com")


def check_out(folder):
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def commit(folder):
    """
    The id of a commit of all that is in the folder.
    """
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, *SOMEBODY, "commit", "--quiet", "--message", "all")
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout
