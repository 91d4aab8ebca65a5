"""
Those who run a pipeline's job, as they do it: GitHub's runner with its environment files, GitLab's, and a plain shell.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.support.checkout import commit
from tools.tutorial import read

ROOT = Path(__file__).parents[2]
SECONDS = 300


@dataclass(frozen=True)
class Ended:
    """
    `told` is what a person reads who wants to know why.
    """

    code: int
    log: str
    told: str
    outputs: dict = field(default_factory=dict)


class Github:
    """
    Of a composite action's steps it evaluates what ours use: inputs in `env`, outputs of steps in outputs.
    """

    def __init__(self, checkout, folder, target):
        self._action = yaml.safe_load((checkout / "action.yml").read_text())
        self._checkout, self._folder, self._target = checkout, folder, target

    def run(self, number, file):
        temp = new_folder(self._folder / f"run-{number}")
        given = {"broker-url": self._target.url, "pak": self._target.pak, "stack": self._target.stack, "path": file}
        inputs = {name: str(given.get(name, one.get("default", ""))) for name, one in self._action["inputs"].items()}
        env = surroundings(self._folder) | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "shop/shop",
            "GITHUB_RUN_ID": str(number),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_JOB": "deploy",
            "GITHUB_ACTION_PATH": str(self._checkout),
            "RUNNER_TEMP": str(temp),
        }
        log, told, found, code = "", "", {}, 0
        for step_number, step in enumerate(self._action["runs"]["steps"]):
            files = {name: new_file(temp / f"{name}-{step_number}") for name in FILES}
            mine = {name: evaluated(value, {"inputs": inputs}) for name, value in step.get("env", {}).items()}
            script = new_file(temp / f"step-{step_number}.sh", step["run"])
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", script]
            code, said = run(command, env | mine | files, self._folder)
            log, told = log + said, told + Path(files["GITHUB_STEP_SUMMARY"]).read_text()
            found[step.get("id")] = dict(line.split("=", 1) for line in lines_of(files["GITHUB_OUTPUT"]))
            env |= dict(line.split("=", 1) for line in lines_of(files["GITHUB_ENV"]))
            env["PATH"] = os.pathsep.join([*reversed(lines_of(files["GITHUB_PATH"])), env["PATH"]])
            if code:
                break
        context = {f"steps.{id}.outputs": said for id, said in found.items()}
        outputs = {name: evaluated(one["value"], context) for name, one in self._action["outputs"].items()}
        return Ended(code, masked(log), told, outputs)


class Gitlab:
    """
    A component included with its inputs, and its one job.
    """

    def __init__(self, checkout, folder, target):
        self._spec, self._text = (checkout / "templates" / "brokkr.yml").read_text().split("\n---\n")
        self._source, self._sha = checkout.as_uri(), commit(checkout)
        self._folder, self._target = folder, target

    def run(self, number, file):
        project = new_folder(self._folder / f"job-{number}")
        given = {"source": self._source, "broker-url": self._target.url, "stack": self._target.stack, "path": file}
        declared = yaml.safe_load(self._spec)["spec"]["inputs"]
        inputs = {name: given[name] if name in given else one["default"] for name, one in declared.items()}
        [job] = interpolated(yaml.safe_load(self._text), {"inputs": inputs, "component": {"sha": self._sha}}).values()
        env = surroundings(self._folder) | {
            "GITLAB_CI": "true",
            "CI_PROJECT_ID": "7",
            "CI_PIPELINE_ID": str(number),
            "CI_JOB_ID": str(number),
            "BROKKR_PAK": self._target.pak,
        }
        script = "\n".join(["set -eo pipefail", *job["script"]])
        code, log = run(["bash", "-c", script], env | job["variables"], project)
        artifacts = "".join((project / name).read_text() for name in job["artifacts"]["paths"])
        return Ended(code, log, log + artifacts)


class Curl:
    """
    The loop of docs/ci.md, as it stands there.
    """

    def __init__(self, checkout, folder, target):
        [loop] = [block.text for block in read((checkout / "docs" / "ci.md").read_text()) if block.language == "sh"]
        self._script = new_file(folder / "push.sh", loop)
        self._folder, self._target = folder, target

    def run(self, number, file):
        env = surroundings(self._folder) | {
            "BROKKR_URL": self._target.url,
            "BROKKR_PAK": self._target.pak,
            "STACK_ID": self._target.stack_id,
            "RUN": f"{number}-1",
        }
        code, log = run(["sh", self._script, file], env, self._folder)
        return Ended(code, log, log)


FILES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
RUNNERS = {"github": Github, "gitlab": Gitlab, "curl": Curl}


def run(command, env, folder):
    done = subprocess.run(
        command,
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout


def surroundings(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BROKKR", "AWS_"))}
    return kept | {"HOME": str(home), "CI": "true", "PYTHONPATH": ""}


def evaluated(value, context):
    """
    An expression that is a name, or a text without one.
    """
    found = re.fullmatch(r"\$\{\{ (.+)\.([\w-]+) \}\}", value)
    assert found or "${{" not in value, value
    return context.get(found[1], {}).get(found[2], "") if found else value


def interpolated(node, context):
    """
    As GitLab does it: in keys and values once they are read, so that no input is taken for YAML.
    """
    if isinstance(node, dict):
        return {interpolated(key, context): interpolated(value, context) for key, value in node.items()}
    if isinstance(node, list):
        return [interpolated(one, context) for one in node]
    return re.sub(r"\$\[\[ (\w+)\.([\w-]+) \]\]", lambda found: in_yaml(context[found[1]][found[2]]), node)


def in_yaml(value):
    return str(value).lower() if isinstance(value, bool) else value


def masked(log):
    """
    As it is shown: what was masked is stars from there on.
    """
    shown = []
    masks = []
    for line in log.splitlines():
        if line.startswith("::add-mask::"):
            masks.append(line.removeprefix("::add-mask::"))
        else:
            for mask in masks:
                line = line.replace(mask, "***")  # noqa: PLW2901 - a line is shown once all masks are on it
            shown.append(line)
    return "\n".join(shown)


def new_folder(path):
    path.mkdir(parents=True)
    return path


def new_file(path, text=""):
    path.write_text(text)
    return str(path)


def lines_of(path):
    return Path(path).read_text().splitlines()
