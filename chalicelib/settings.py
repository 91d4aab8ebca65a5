"""
The environment, read once.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Settings:
    table_name: str
    region: str
    dynamodb_endpoint: str | None
    pak_prefix: str
    log_level: str
    in_lambda: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """
        Raises ValueError for a PAK prefix with an underscore: that is what separates a PAK's parts.
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
            in_lambda="AWS_LAMBDA_FUNCTION_NAME" in env,
        )


settings = Settings.from_env(os.environ)
