"""
The environment, read once.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    table_name: str
    region: str
    dynamodb_endpoint: str | None
    pak_prefix: str
    log_level: str
    agent_silence: timedelta
    metrics_namespace: str | None
    metrics_folder: str | None
    oidc_http_on_loopback: bool
    in_lambda: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """
        Raises ValueError for a PAK prefix with an underscore, which is what separates a PAK's parts, and for a span
        that is no number of seconds.
        """
        prefix = env.get("BROKKR_PAK_PREFIX", "brokkr")
        if not prefix or "_" in prefix:
            raise ValueError("BROKKR_PAK_PREFIX must be a word without underscores")
        return cls(
            table_name=env.get("BROKKR_TABLE") or "brokkr",
            region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "us-east-1",
            dynamodb_endpoint=env.get("BROKKR_DYNAMODB_ENDPOINT") or None,
            pak_prefix=prefix,
            log_level=env.get("BROKKR_LOG_LEVEL", "INFO").upper(),
            agent_silence=_seconds(env, "BROKKR_AGENT_SILENCE_SECONDS", 180),
            metrics_namespace=env.get("BROKKR_METRICS_NAMESPACE") or None,
            metrics_folder=env.get("PROMETHEUS_MULTIPROC_DIR") or None,
            oidc_http_on_loopback=env.get("BROKKR_OIDC_HTTP_ON_LOOPBACK") == "true",
            in_lambda="AWS_LAMBDA_FUNCTION_NAME" in env,
        )


def _seconds(env: Mapping[str, str], name: str, default: int) -> timedelta:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ValueError(f"{name} must be a whole number of seconds, from 1 on")
    return timedelta(seconds=int(text))


settings = Settings.from_env(os.environ)
