"""
What a scalar means to kubectl: YAML 1.1's words for true and false, Go's numbers, no dates.

A number is what Go has after reading it: an integer of 64 bits, with or without a sign, or a float.
"""

import binascii
import math
import re
import struct
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

TAG = "tag:yaml.org,2002:"
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
NUMBER_STARTS = frozenset("+-.0123456789")
KINDS = {bool: "bool", int: "int", float: "float", str: "str", type(None): "null"}

INTEGER = re.compile(r"([-+]?)(0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
STRAY_UNDERSCORE = re.compile("(?<![0-9])_|_(?![0-9])")
SIGN_IN_BINARY = re.compile(r"0b([-+][01]{1,63})")
DAY = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
TIME = r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]+)?"
TIMESTAMPS = [re.compile(form) for form in (DAY, f"{DAY} {TIME}", rf"{DAY}[Tt]{TIME}(?:Z|[-+][0-9]{{2}}:[0-9]{{2}})")]
MOST_DIGITS = 4000  # Python takes no longer ones, and no number of 64 bits has as many
SIGNED, UNSIGNED = 2**63, 2**64
FIRST_WITH_EXPONENT = 1e21
FLOAT_32_DIGITS = 9
EXPONENTS_UNWRITTEN = range(-4, 6)
BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
HALF_BYTES = re.compile("[\udc80-\udcff]")


def plain(text: str) -> Scalar:
    """
    A scalar without quotes and without a tag.
    """
    if text in WORDS:
        return WORDS[text]
    return _number(text) if text[0] in NUMBER_STARTS else text


def tagged(tag: str, text: str) -> Scalar:
    """
    Raises ValueError when the text is not what its tag says; a tag that Go's library does not know is no tag.
    """
    kind = tag.removeprefix(TAG)
    if kind == "binary":
        return _decoded(text)
    if kind == tag or kind not in {*KINDS.values(), "timestamp"} or kind == "str":
        return text
    value = plain(text)
    if kind == KINDS[type(value)] or (kind == "timestamp" and _is_timestamp(text)):
        return value if kind != "timestamp" else text
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool) and value < SIGNED:
        return float(value)
    raise ValueError(f"cannot decode {text[:40]!r} as a !!{kind}")


def as_value(scalar: Scalar) -> Scalar:
    """
    As it stands in the JSON: a whole number has no point, and one past 64 bits is a float's. Raises ValueError.
    """
    if isinstance(scalar, int) and scalar >= SIGNED:
        scalar = float(scalar)
    if not isinstance(scalar, float):
        return scalar
    if not math.isfinite(scalar):
        raise ValueError(f"JSON has no number {scalar}")
    if scalar.is_integer() and abs(scalar) < FIRST_WITH_EXPONENT:
        return int(Decimal(repr(scalar)))
    return scalar


def as_key(scalar: Scalar) -> str:
    """
    Keys are text. Raises ValueError for those that kubectl has no text for.
    """
    if not isinstance(scalar, str | int | float) or (isinstance(scalar, int) and scalar >= SIGNED):
        raise ValueError("a key must be text, a number of 64 bits, true or false")
    if isinstance(scalar, bool):
        return str(scalar).lower()
    return _float_key(scalar) if isinstance(scalar, float) else str(scalar)


def _number(text: str) -> Scalar:
    """
    Digits that look octal or binary and are not may still be a float; what is no number is text.
    """
    digits = text if text[0] == "." and STRAY_UNDERSCORE.search(text) else text.replace("_", "")
    found = INTEGER.fullmatch(digits)
    if found and len(digits) <= MOST_DIGITS:
        value = _integer(*found.groups())
        if -SIGNED <= value < SIGNED or (not found[1] and value < UNSIGNED):
            return value
    if FLOAT.fullmatch(digits) and math.isfinite(number := float(digits)):
        return number
    if found := SIGN_IN_BINARY.fullmatch(digits):
        return int(found[1], 2)
    return text


def _integer(sign: str, digits: str) -> int:
    base = 8 if digits[0] == "0" and digits.isdigit() else 0
    return int(sign + digits, base)


def _decoded(text: str) -> str:
    """
    Each byte that is not UTF-8 becomes one replacement character.
    """
    text = re.sub("[\r\n]", "", text)
    if len(text) % 4 or not BASE64.fullmatch(text):
        raise ValueError("!!binary value contains invalid base64 data")
    data = binascii.a2b_base64(text)
    return HALF_BYTES.sub("\ufffd", data.decode(errors="surrogateescape"))


def _is_timestamp(text: str) -> bool:
    for form in TIMESTAMPS:
        if found := form.fullmatch(text):
            try:
                datetime(*map(int, found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
            except ValueError:
                return False
            return True
    return False


def _float_key(value: float) -> str:
    """
    Go's shortest text for it as a float of 32 bits, which has an exponent from a million on.
    """
    value = _as_float_32(value)
    if not math.isfinite(value):
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}[str(value)]
    precision = next(n for n in range(FLOAT_32_DIGITS) if _as_float_32(float(f"{value:.{n}e}")) == value)
    mantissa, exponent = f"{value:.{precision}e}".split("e")
    if int(exponent) in EXPONENTS_UNWRITTEN:
        return f"{value:.{max(precision - int(exponent), 0)}f}"
    return f"{mantissa}e{exponent}"


def _as_float_32(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])
