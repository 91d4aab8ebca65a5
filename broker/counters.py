"""
What the workers of a server count, kept where each of them can add it up.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # so Prometheus' library calls it


@contextmanager
def shared_counters(env: MutableMapping[str, str]) -> Iterator[None]:
    """
    For as long as the block runs, the environment names an empty folder for them.
    """
    with TemporaryDirectory(prefix="brokkr-counters-") as folder:
        env[FOLDER] = folder
        yield
