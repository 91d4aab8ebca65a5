"""
The agent as it is shipped: the objects of agent/deploy in a real cluster, and a process that has its account's own
token and the settings of its own manifests.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from agent.inventory import AGENT_LABEL
from tests.slow.kube import Kube
from tests.support.agent_process import within

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "agent" / "deploy"
ACCOUNT = "brokkr-agent"


@dataclass(frozen=True)
class Shipped:
    """
    What a kustomization gives, in that cluster; `home` is for our own files.
    """

    kube: Kube
    kustomization: Path
    home: Path
    pids: list[int] = field(default_factory=list)

    @cached_property
    def objects(self):
        return list(yaml.safe_load_all(self.kube.kubectl("kustomize", str(self.kustomization))))

    @property
    def namespace(self):
        return self._one("Deployment")["metadata"]["namespace"]

    @contextmanager
    def installed(self):
        """
        All but the Deployment: the test is the node that runs its process. The Namespace stays, for others share it,
        but not what an agent noted there in another test: this one has no right to see where that was.
        """
        namespaces = yaml.safe_dump_all(one for one in self.objects if one["kind"] == "Namespace")
        rest = yaml.safe_dump_all(one for one in self.objects if one["kind"] not in ("Namespace", "Deployment"))
        apply = ["apply", "--server-side", "--force-conflicts", "--validate=false", "-f", "-"]
        if namespaces:
            self.kube.kubectl(*apply, stdin=namespaces)
        self.kube.kubectl(*apply, stdin=rest)
        self.kube.kubectl("delete", "configmaps", "-n", self.namespace, "-l", AGENT_LABEL)
        within(20, self._is_allowed)
        yield self
        self.kube.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=rest)

    @cached_property
    def kubeconfig(self):
        """
        The admin's, with the account's token in it.
        """
        config = yaml.safe_load(self.kube.kubeconfig.read_text())
        token = self.kube.kubectl("create", "token", ACCOUNT, "-n", self.namespace).strip()
        config["users"][0]["user"] = {"token": token}
        file = self.home / "account.kubeconfig"
        file.write_text(yaml.safe_dump(config))
        return file

    @property
    def env(self):
        """
        What the container's env says, but for where things are on this machine.
        """
        (container,) = self._one("Deployment")["spec"]["template"]["spec"]["containers"]
        given = {one["name"]: one["value"] for one in container["env"] if "value" in one}
        return {
            "PATH": os.environ["PATH"],
            **self._one("ConfigMap")["data"],
            **given,
            "BROKKR__AGENT__NAMESPACE": self.namespace,
            "BROKKR__AGENT__KUBECONFIG_PATH": str(self.kubeconfig),
            "BROKKR__AGENT__DATA_DIR": str(self.home / "data"),
            "BROKKR__AGENT__HEALTH_HOST": "127.0.0.1",
            "BROKKR__AGENT__HEALTH_PORT": "0",
            "BROKKR__AGENT__POLLING_INTERVAL": "0.3",
        }

    def env_for(self, broker, pipeline):
        return {
            **self.env,
            "BROKKR__AGENT__BROKER_URL": broker.url,
            "BROKKR__AGENT__PAK": pipeline.agent.pak,
            "BROKKR__AGENT__AGENT_NAME": pipeline.agent_name,
            "BROKKR__AGENT__CLUSTER_NAME": pipeline.cluster_name,
        }

    @contextmanager
    def agent(self, env, *, python=sys.executable, root=ROOT, **how):
        """
        Its process, at work within the block. Its log, and its id among `pids`.
        """
        log = self.home / "agent.log"
        with log.open("ab") as stderr:
            process = subprocess.Popen([python, "-m", "agent", "start"], cwd=root, env=env, stderr=stderr, **how)
        self.pids.append(process.pid)
        try:
            yield log
        finally:
            process.terminate()
            process.wait(15)

    def rules(self, namespace):
        """
        What the account may do there, beside what everybody may.
        """
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        }
        command = ["create", "--raw", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "-f", "-"]
        account = f"--as=system:serviceaccount:{self.namespace}:{ACCOUNT}"
        status = json.loads(self.kube.kubectl(account, *command, stdin=json.dumps(review)))["status"]
        return {
            (group, resource, " ".join(rule["verbs"]))
            for rule in status["resourceRules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            if not resource.startswith("selfsubject")
        }

    def _is_allowed(self):
        """
        The API server hears of a role a moment after it was made.
        """
        bindings = [one["metadata"] for one in self.objects if one["kind"] in ("RoleBinding", "ClusterRoleBinding")]
        return all(self.rules(one.get("namespace", "default")) for one in bindings)

    def _one(self, kind):
        (found,) = [one for one in self.objects if one["kind"] == kind]
        return found


def watching(namespace, folder):
    copy = shutil.copytree(DEPLOY, folder / "agent" / "deploy")
    file = copy / "namespaced" / "watch.yaml"
    file.write_text(file.read_text().replace("WATCH_NAMESPACE: default", f"WATCH_NAMESPACE: {namespace}"))
    return copy


def turned_away(kube):
    """
    How many requests the API server has refused by now for want of a right: where no authorizer says yes.
    """
    lines = kube.kubectl("get", "--raw", "/metrics").splitlines()
    attempts = [line for line in lines if line.startswith("authorization_attempts_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in attempts if 'result="allowed"' not in line)
