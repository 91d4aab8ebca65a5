"""
Prefixed API keys: `<prefix>_<short>_<long>`.

The short part finds the stored credential; the long part, 192 random bits, is the secret, and only its bcrypt is kept.
"""

from msgspec import Struct

from chalicelib import system
from chalicelib.settings import settings

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SHORT_PREFIX = "BR"
SHORT_LENGTH = 8
SHORT_BYTES = 8
LONG_BYTES = 24
MAX_LONG = 72  # bcrypt reads no further
BCRYPT_COST = 4  # docs/adr/0003: stretching 192 random bits protects nothing


class Pak(Struct, frozen=True):
    """
    A PAK in the clear. `str(pak)` is the only way to its text; a repr, and so a log, never shows the secret.
    """

    prefix: str
    short: str
    long: str

    def __repr__(self) -> str:
        return f"Pak(prefix={self.prefix!r}, short={self.short!r})"

    def __str__(self) -> str:
        return f"{self.prefix}_{self.short}_{self.long}"

    def hash(self) -> str:
        import bcrypt  # noqa: PLC0415 - most requests of a process never need it

        return bcrypt.hashpw(self.long.encode(), bcrypt.gensalt(BCRYPT_COST)).decode()

    def matches(self, stored: str) -> bool:
        """
        Whether this PAK's secret is the one behind a stored hash. Compares in constant time.
        """
        import bcrypt  # noqa: PLC0415 - most requests of a process never need it

        return bcrypt.checkpw(self.long.encode(), stored.encode())


def generate(*, prefix: str = settings.pak_prefix, new_token: system.NewToken = system.new_token) -> Pak:
    short = (SHORT_PREFIX + base58(new_token(SHORT_BYTES)))[:SHORT_LENGTH].ljust(SHORT_LENGTH, BASE58[0])
    return Pak(prefix, short, base58(new_token(LONG_BYTES)))


def parse(text: str, *, prefix: str = settings.pak_prefix) -> Pak | None:
    """
    None where the text cannot be a PAK of this broker.
    """
    parts = text.split("_")
    if len(parts) != 3 or parts[0] != prefix or not all(parts) or not text.isascii():  # noqa: PLR2004 - the format's
        return None
    pak = Pak(*parts)
    return pak if len(pak.long) <= MAX_LONG and len(pak.short) <= MAX_LONG else None


def base58(data: bytes) -> str:
    """
    Bitcoin's base58: leading zero bytes become leading ones.
    """
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, len(BASE58))
        digits = BASE58[digit] + digits
    return BASE58[0] * (len(data) - len(data.lstrip(b"\0"))) + digits
