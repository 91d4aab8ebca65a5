"""
The agent's settings: the environment, over a TOML file that it may name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

PREFIX = "BROKKR__"
FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


class SettingsError(Exception):
    """
    A setting that is missing or cannot be read; the message names it.
    """


@dataclass(frozen=True, kw_only=True)
class Settings:
    broker_url: str
    pak: str = field(repr=False)
    agent_name: str
    cluster_name: str
    polling_interval: timedelta
    max_retries: int
    kubeconfig_path: str | None
    health_host: str
    health_port: int
    watch_namespace: str | None
    generator_ids: tuple[str, ...]
    namespace: str
    data_dir: Path | None
    log_level: str
    apply_concurrency: int
    dry_run: bool
    reapply_interval: timedelta
    diagnostics: bool
    health: bool
    health_interval: timedelta
    kube_events: bool
    pod_logs: bool
    owners_kept: int
    brake: bool
    brake_count: int
    brake_share: float

    @property
    def spared_namespace(self) -> str | None:
        """
        Where nothing is ever removed: the agent's own, unless that is the very one that its stacks are for.
        """
        return None if self.watch_namespace == self.namespace else self.namespace

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        given = _Given(env, _file(env.get("BROKKR_CONFIG_FILE")))
        data_dir = given.text("agent", "data_dir")
        generator_ids = given.text("agent", "generator_ids") or env.get("BROKKR_GENERATOR_IDS", "")
        return cls(
            broker_url=given.text("agent", "broker_url", "http://localhost:3000").rstrip("/"),
            pak=given.required("agent", "pak", "the agent's PAK, as `brokkr-broker create agent` printed it"),
            agent_name=given.text("agent", "agent_name", "DEFAULT"),
            cluster_name=given.text("agent", "cluster_name", "DEFAULT"),
            polling_interval=timedelta(seconds=given.number("agent", "polling_interval", 10, above=0)),
            max_retries=int(given.number("agent", "max_retries", 60, above=0)),
            kubeconfig_path=given.text("agent", "kubeconfig_path") or env.get("KUBECONFIG") or None,
            health_host=given.text("agent", "health_host", "0.0.0.0"),  # noqa: S104  (a kubelet probes from outside)
            health_port=int(given.number("agent", "health_port", 8080, above=-1)),
            watch_namespace=given.text("agent", "watch_namespace") or None,
            generator_ids=split_ids(generator_ids),
            namespace=given.text("agent", "namespace", "brokkr-system"),
            data_dir=Path(data_dir) if data_dir else None,
            log_level=given.text("log", "level", "info").upper(),
            apply_concurrency=int(given.number("agent", "apply_concurrency", 16, above=0)),
            dry_run=given.flag("agent", "dry_run", default=True),
            reapply_interval=timedelta(seconds=given.number("agent", "reapply_interval", 600, above=0)),
            diagnostics=given.flag("agent", "diagnostics", default=True),
            health=given.flag("agent", "deployment_health_enabled", default=True),
            health_interval=timedelta(seconds=given.number("agent", "deployment_health_interval", 60, above=0)),
            kube_events=given.flag("agent", "kube_events", default=True),
            pod_logs=given.flag("agent", "pod_logs", default=True),
            owners_kept=int(given.number("agent", "kube_event_uid_cache_cap", 10_000, above=0)),
            brake=given.flag("agent", "brake", default=True),
            brake_count=int(given.number("agent", "brake_count", 10, above=-1)),
            brake_share=given.number("agent", "brake_share", 0.5, above=-1),
        )


def split_ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@dataclass(frozen=True)
class _Given:
    env: Mapping[str, str]
    file: Mapping[str, Any]

    def text(self, section: str, key: str, default: str = "") -> str:
        from_file = self.file.get(section, {}).get(key, default)
        return self.env.get(_variable(section, key), str(from_file)).strip()

    def required(self, section: str, key: str, what: str) -> str:
        value = self.text(section, key)
        if not value:
            raise SettingsError(f"{_variable(section, key)} is not set: {what}")
        return value

    def number(self, section: str, key: str, default: float, *, above: float) -> float:
        text = self.text(section, key, str(default))
        try:
            value = float(text)
        except ValueError:
            raise SettingsError(f"{_variable(section, key)} is no number: {text!r}") from None
        if not above < value < float("inf"):
            raise SettingsError(f"{_variable(section, key)} is out of range: {text}")
        return value

    def flag(self, section: str, key: str, *, default: bool) -> bool:
        text = self.text(section, key, str(default)).lower()
        if text not in FLAGS:
            raise SettingsError(f"{_variable(section, key)} is neither true nor false: {text!r}")
        return FLAGS[text]


def _variable(section: str, key: str) -> str:
    return f"{PREFIX}{section}__{key}".upper()


def _file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"BROKKR_CONFIG_FILE {path} cannot be read: {error}") from error
