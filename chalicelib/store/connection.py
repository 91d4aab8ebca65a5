"""
The one client of DynamoDB in a process.
"""

from typing import TYPE_CHECKING

from chalicelib.store.table import Item

if TYPE_CHECKING:
    from pynamodb.connection import TableConnection
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate


def table() -> "TableConnection":
    """
    For what PynamoDB's items cannot ask: counts, and answers in pages.
    """
    return Item._get_connection()  # noqa: SLF001 - PynamoDB has no public way to it


def client() -> "BotocoreBaseClientPrivate":
    """
    Made if it was not there. PynamoDB gives a class the client of its base, and makes one for it where that has none:
    made here, it serves all kinds of items.
    """
    return table().connection.client
