"""
Many objects of one namespace, as a deployment system meets them.
"""

import hashlib
from collections.abc import Sequence

CONFIG_MAP_BYTES = 500
OF_TWENTY_SECRETS, OF_TWENTY_DEPLOYMENTS = 1, 1


def mixed(namespace: str, count: int = 1000, *, replicas: int = 0) -> list[str]:
    """
    Of a hundred: ninety ConfigMaps of 500 B, five Secrets, and five Deployments, without a replica unless asked for.
    """
    secrets = count * OF_TWENTY_SECRETS // 20
    deployments = count * OF_TWENTY_DEPLOYMENTS // 20
    return [
        *(config_map(namespace, number) for number in range(count - secrets - deployments)),
        *(_secret(namespace, number) for number in range(secrets)),
        *(_deployment(namespace, number, replicas) for number in range(deployments)),
    ]


def text_of(documents: Sequence[str]) -> str:
    return "---\n".join(documents)


def name_of(number: int) -> str:
    return f"config-{number:04}"


def config_map(namespace: str, number: int, text: str = "ours", annotations: str = "{}") -> str:
    metadata = f"{{name: {name_of(number)}, namespace: {namespace}, annotations: {annotations}}}"
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\ndata:\n  text: {text}\n  padding: "
    return f"{head}{_filling(number, CONFIG_MAP_BYTES - len(head) - 1)}\n"


def _secret(namespace: str, number: int) -> str:
    metadata = f"{{name: secret-{number:04}, namespace: {namespace}}}"
    return f"apiVersion: v1\nkind: Secret\nmetadata: {metadata}\nstringData:\n  password: {_filling(number, 32)}\n"


def _deployment(namespace: str, number: int, replicas: int) -> str:
    app = f"{{app: app-{number:04}}}"
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app-{number:04}, namespace: {namespace}, labels: {app}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {app}}}
  template:
    metadata: {{labels: {app}}}
    spec:
      containers:
        - name: main
          image: registry.example/app:1.0.{number}
          ports: [{{name: http, containerPort: 8080}}]
          env: [{{name: LOG_LEVEL, value: info}}]
          resources: {{limits: {{memory: 64Mi}}, requests: {{cpu: 10m, memory: 32Mi}}}}
"""


def _filling(number: int, length: int) -> str:
    """
    Text that is the same each time and like no other's; its first sign is a letter, so that it is no number.
    """
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return ("x" + digest * (length // len(digest) + 1))[:length]
