"""
The last words of a container.
"""

from urllib.parse import quote, urlencode

from agent.apiserver import ApiServer
from agent.connections import Patience
from agent.redaction import redacted

LINES = 100
LONGEST_TAIL = 16 * 1024
READ_AT_MOST = 8 * LONGEST_TAIL
LEFT_OUT = "[what came before is left out]\n"
PATIENCE = Patience(connect=5, read=10)


def log_path(namespace: str, pod: str, container: str, **query: object) -> str:
    asked = urlencode({"container": container, **query})
    return f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(pod)}/log?{asked}"


def tail_of(server: ApiServer, namespace: str, pod: str, container: str, *, previous: bool) -> str:
    """
    Redacted, and then cut: the half of a credential would not be known for one. Raises Refused and ClusterUnreachable.
    """
    query = {"tailLines": LINES, **({"previous": "true"} if previous else {})}
    kept, is_whole = b"", True
    for chunk in server.chunks(log_path(namespace, pod, container, **query), timeout=PATIENCE):
        kept += chunk
        if len(kept) > READ_AT_MOST:
            kept, is_whole = kept[-READ_AT_MOST:], False
    return shortened(redacted(kept.decode(errors="replace")), is_whole=is_whole)


def shortened(text: str, *, is_whole: bool = True) -> str:
    """
    To its end, from the start of a line where there is one.
    """
    data = text.encode(errors="replace")
    if is_whole and len(data) <= LONGEST_TAIL:
        return text
    end = data[-LONGEST_TAIL:]
    _, _, lines = end.partition(b"\n")
    return LEFT_OUT + (lines or end).decode(errors="replace")
