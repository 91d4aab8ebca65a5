"""
Whether the broker can do its work.
"""

from chalicelib.store import credentials


def check_store() -> None:
    """
    Read the table. Raises Unavailable where it does not answer.
    """
    credentials.find_installation()
