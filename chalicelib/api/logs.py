"""
Logs, one JSON object per line.
"""

import json
import logging
from datetime import UTC, datetime

from chalicelib.settings import settings


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """
        What was said, and whatever the caller put under `extra={"fields": {...}}`.
        """
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, separators=(",", ":"))


def configure(log: logging.Logger) -> None:
    """
    To stderr, and only there: Lambda's own handler on the root would say everything twice.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(settings.log_level)
