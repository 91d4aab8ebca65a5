"""
One JSON line for each thing that happened.
"""

import json
import logging
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def write_json_lines(level: str) -> None:
    """
    To stderr. Raises ValueError for a level that there is not.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    log = logging.getLogger("agent")
    log.setLevel(level)
    log.addHandler(handler)
    log.propagate = False
