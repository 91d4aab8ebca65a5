"""
What a name, a label and a sentence may hold, said once: the types say it to clients, the functions hold to it.
"""

from collections.abc import Callable
from typing import Annotated

from chalicelib.domain.bounds import Bounds
from chalicelib.errors import BrokerError
from chalicelib.errors.invalid import InvalidAnnotation, InvalidLabel
from chalicelib.errors.protocol import InvalidRequestBody

MAX_NAME = 255
MAX_LABEL = 64
DOTS = (".", "..")
MAX_DESCRIPTION = 10_000

Name = Annotated[str, Bounds(1, MAX_NAME, r"\S")]
Word = Annotated[str, Bounds(1, MAX_LABEL, r"^[^\s\x00]+$")]
Segment = Annotated[str, Bounds(1, MAX_LABEL, r"^(?!\.{1,2}$)[^\s\x00]+$")]
Description = Annotated[str, Bounds(0, MAX_DESCRIPTION)]

Refusal = Callable[[str], BrokerError]


def clean(field: str, value: str, refusal: Refusal = InvalidRequestBody) -> str:
    """
    The text itself, once it is known to be storable: no NUL, no half of a surrogate pair.
    """
    if "\x00" in value:
        raise refusal(f"{field} must not hold a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise refusal(f"{field} must be valid Unicode: it holds half of a surrogate pair") from error
    return value


def name(field: str, value: str, refusal: Refusal = InvalidRequestBody) -> str:
    """
    A name: 1 to 255 characters, not blank. It is kept as it was sent.
    """
    clean(field, value, refusal)
    if not value.strip():
        raise refusal(f"{field} must not be blank")
    if len(value) > MAX_NAME:
        raise refusal(f"{field} must be at most {MAX_NAME} characters long; it has {len(value)}")
    return value


def description(value: str | None) -> str | None:
    if value is not None and len(clean("description", value)) > MAX_DESCRIPTION:
        raise InvalidRequestBody(f"description must be at most {MAX_DESCRIPTION} characters long")
    return value


def label(value: str) -> str:
    return _segment("label", value, InvalidLabel)


def is_word(value: str) -> bool:
    """
    Whether this can be a label or a key at all. What cannot is never looked for: it may not even fit into a key.
    """
    try:
        label(value)
    except InvalidLabel:
        return False
    return True


def annotation(key: str, value: str) -> tuple[str, str]:
    return _segment("key", key, InvalidAnnotation), _word("value", value, InvalidAnnotation)


def _segment(field: str, value: str, refusal: Refusal) -> str:
    """
    What is removed by its name at the end of a path. Dots alone never arrive there: clients resolve them before they
    send, and DELETE /stacks/x/labels/.. is DELETE /stacks/x.
    """
    if value in DOTS:
        raise refusal(f"{field} must not be {value!r}: no path could name it")
    return _word(field, value, refusal)


def _word(field: str, value: str, refusal: Refusal) -> str:
    clean(field, value, refusal)
    if not value:
        raise refusal(f"{field} must not be empty")
    if any(character.isspace() for character in value):
        raise refusal(f"{field} must not hold white space")
    if len(value) > MAX_LABEL:
        raise refusal(f"{field} must be at most {MAX_LABEL} characters long; it has {len(value)}")
    return value
