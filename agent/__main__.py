"""
`brokkr-agent`: read the settings, build the pieces, run the loops.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from agent import VERSION, loop
from agent.broker import Broker, Identity
from agent.cluster import ClusterNotConfigured, KubernetesCluster
from agent.deployer import Deployer
from agent.disk import Outbox, Texts
from agent.health import health_server
from agent.inventory import Inventory
from agent.logs import write_json_lines
from agent.pulse import Pulse, Vitals
from agent.settings import Settings, SettingsError, split_ids
from agent.startup import NotWelcome, introduce

log = logging.getLogger("agent")

GRACE_SECONDS = 8.0


def main(argv: Sequence[str] | None = None) -> int:
    """
    Exit code 0 when told to stop, 1 when it cannot work, 2 for wrong usage.
    """
    arguments = _arguments(argv)
    try:
        settings = Settings.from_env(os.environ)
        if arguments.generator_ids is not None:
            settings = replace(settings, generator_ids=split_ids(arguments.generator_ids))
        write_json_lines(settings.log_level)
        start(settings)
    except (SettingsError, ClusterNotConfigured, NotWelcome, OSError, ValueError) as error:
        sys.stderr.write(f"brokkr-agent: {error}\n")
        return 1
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="brokkr-agent", description="Applies what the broker holds for this cluster.")
    parser.add_argument("--version", action="version", version=f"brokkr-agent {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("start", help="run until told to stop")
    command.add_argument("--generator-ids", metavar="ID,ID", help="generators to register with at start")
    return parser.parse_args(argv)


def start(settings: Settings) -> None:
    """
    Returns when a signal asks for it, within ten seconds: what still runs then is abandoned between two requests.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    stop, vitals = threading.Event(), Vitals()
    try:
        cluster = KubernetesCluster.connect(
            settings.kubeconfig_path,
            default_namespace=settings.watch_namespace or "default",
            stopping=stop.is_set,
            sleep=stop.wait,
        )
        server = health_server((settings.health_host, settings.health_port), vitals)
        _spawn(server.serve_forever)
        log.info("started", extra={"fields": {"version": VERSION, "health_port": server.server_address[1]}})
        broker = Broker(settings.broker_url, settings.pak)
        me = introduce(settings, broker, stop.wait)
        log.info("known to the broker", extra={"fields": {"agent": me.id, "status": me.status}})
        vitals.is_active = me.is_active
        _work(settings, me=me, broker=broker, cluster=cluster, vitals=vitals, stop=stop)
    except SystemExit:
        log.info("stopped")


def _work(
    settings: Settings,
    *,
    me: Identity,
    broker: Broker,
    cluster: KubernetesCluster,
    vitals: Vitals,
    stop: threading.Event,
) -> NoReturn:
    """
    Two loops, so that a slow apply delays no heartbeat and a slow heartbeat no apply; only a signal ends them.
    """
    inventory = Inventory(cluster, namespace=settings.namespace, agent_id=me.id)
    texts, outbox = Texts(settings.data_dir), Outbox(settings.data_dir)
    deployer = Deployer(
        me.id, broker, cluster, inventory=inventory, texts=texts, outbox=outbox, namespace=settings.namespace
    )
    pulse = Pulse(me, (settings.agent_name, settings.cluster_name), broker, cluster, vitals)
    interval = settings.polling_interval.total_seconds()

    def poll() -> None:
        if vitals.is_active:
            deployer.poll()

    loops = [_spawn(loop.run, step, interval, stop=stop.is_set, sleep=stop.wait) for step in (poll, pulse.heartbeat)]
    try:
        while True:
            signal.pause()
    finally:
        stop.set()
        for thread in loops:
            thread.join(GRACE_SECONDS / len(loops))


def _spawn(target: Callable[..., None], *args: object, **kwargs: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
