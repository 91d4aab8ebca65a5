"""
How to reach the API server, as the official client reads it: JSON on stdout. Alone in importing kubernetes.

A program of its own, run by agent/access.py: importing `kubernetes` takes 43 MB, which end with this process.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kubernetes.client import Configuration
from kubernetes.config import ConfigException, load_incluster_config, load_kube_config
from kubernetes.config.incluster_config import SERVICE_TOKEN_FILENAME
from requests.utils import should_bypass_proxies


def main(arguments: Sequence[str]) -> int:
    """
    By the kubeconfig that is named, else as the pod we run in, else by the user's own.
    """
    try:
        found = read(arguments[0] if arguments else None)
    except (ConfigException, OSError, ValueError) as error:
        sys.stderr.write(" ".join(str(error).split()))
        return 1
    sys.stdout.write(json.dumps(found))
    return 0


def read(kubeconfig: str | None) -> dict[str, Any]:
    """
    The fields of agent.access.Access. Certificates and keys come as text: the client's files end with this process.
    """
    configuration = Configuration()
    in_cluster = kubeconfig is None and _is_pod(configuration)
    if not in_cluster:
        load_kube_config(config_file=kubeconfig, client_configuration=configuration)
    proxied = configuration.proxy and not should_bypass_proxies(configuration.host, configuration.no_proxy or "")
    return {
        "host": configuration.host,
        "authority": _text(configuration.ssl_ca_cert),
        "is_verified": bool(configuration.verify_ssl),
        "server_name": configuration.tls_server_name,
        "certificate": _text(configuration.cert_file),
        "key": _text(configuration.key_file),
        "authorization": configuration.get_api_key_with_prefix("BearerToken") or _basic(configuration),
        "token_file": SERVICE_TOKEN_FILENAME if in_cluster else None,
        "proxy": configuration.proxy if proxied else None,
    }


def _is_pod(configuration: Configuration) -> bool:
    try:
        load_incluster_config(client_configuration=configuration)
    except ConfigException:
        return False
    return True


def _basic(configuration: Configuration) -> str | None:
    return configuration.get_basic_auth_token() if configuration.username else None


def _text(file: str | None) -> str | None:
    return Path(file).read_text(encoding="utf-8") if file else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
