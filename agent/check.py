"""
`brokkr-agent check`: whether everything that an agent needs is there, and what to do where it is not.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO
from uuid import UUID

from agent.access import Credentials, ask_official_client
from agent.broker import Broker
from agent.check_broker import AskedBroker
from agent.check_cluster import ask_cluster
from agent.finding import Finding, show
from agent.settings import Settings, SettingsError

PROBE_SECONDS = 2.0


def check(env: Mapping[str, str], out: TextIO) -> bool:
    """
    Whether all is well.
    """
    try:
        settings = Settings.from_env(env)
    except SettingsError as error:
        return show([Finding("configuration", str(error), "set it; docs/agent.md has them all")], out)
    broker = Broker(settings.broker_url, settings.pak)
    return show(
        examine(settings, broker, lambda: Credentials(lambda: ask_official_client(settings.kubeconfig_path))), out
    )


def examine(settings: Settings, broker: Broker, credentials: Callable[[], Credentials]) -> Iterator[Finding]:
    """
    Every question whose answer does not hang on one that has failed.
    """
    yield configuration(settings)
    yield data_folder(settings.data_dir)
    yield health_port(settings.health_host, settings.health_port)
    asked = AskedBroker(settings, broker)
    yield from asked.findings()
    yield from ask_cluster(settings, credentials, asked.me)


def configuration(settings: Settings) -> Finding:
    faults = [f"no generator's id: {id!r}" for id in settings.generator_ids if not _is_uuid(id)]
    if settings.log_level not in logging.getLevelNamesMapping():
        faults.append(f"BROKKR__LOG__LEVEL is no level: {settings.log_level!r}")
    if faults:
        return Finding("configuration", "; ".join(faults), "mend it; docs/agent.md has all settings")
    who = f'agent "{settings.agent_name}" of cluster "{settings.cluster_name}"'
    where = f"namespace {settings.watch_namespace}" if settings.watch_namespace else "the whole cluster"
    return Finding("configuration", f"{who}, for {where}, asks every {settings.polling_interval.total_seconds():g} s")


def data_folder(folder: Path | None) -> Finding:
    if folder is None:
        return Finding("data folder", "none: a restart forgets reports that wait, and cannot work without the broker")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"can be written")
    except OSError as error:
        todo = f"let user {os.getuid()} write there, or set BROKKR__AGENT__DATA_DIR to another folder"
        return Finding("data folder", f"{folder}: {error.strerror}", todo)
    return Finding("data folder", f"{folder} can be written")


def health_port(host: str, port: int) -> Finding:
    """
    One that an agent has already is right too: it is asked beside a running agent, too.
    """
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if _is_an_agents(host, port):
            return Finding("health port", f"{port}: an agent answers there now")
        todo = "set BROKKR__AGENT__HEALTH_PORT to a free one; 0 takes any"
        return Finding("health port", f"{host}:{port}: {error.strerror}", todo)
    return Finding("health port", f"{port} is free" if port else "any that is free")


def _is_an_agents(host: str, port: int) -> bool:
    connection = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=PROBE_SECONDS)  # noqa: S104
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read(10) == b"OK"
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
