"""
How long and of what form a value may be, where its type alone does not say it: `Annotated[str, Bounds(1, 255)]`.
"""

from msgspec import Struct


class Bounds(Struct, frozen=True):
    """
    Of a text's characters, of a list's elements, or of a number. Whoever names them checks them: this only tells.
    """

    least: int
    most: int
    pattern: str | None = None
