import pytest

from chalicelib.domain import paks
from chalicelib.domain.paks import Pak


def test_a_pak_has_three_parts_of_the_contracts_shape():
    pak = paks.generate()

    prefix, short, long = str(pak).split("_")
    assert prefix == "brokkr"
    assert len(short) == 8
    assert short.startswith("BR")
    assert 30 <= len(long) <= 33
    assert set(short[2:] + long) <= set(paks.BASE58)


def test_a_pak_survives_its_text():
    pak = paks.generate()

    assert paks.parse(str(pak)) == pak


def test_only_the_secret_itself_matches_what_is_stored():
    pak, other = paks.generate(), paks.generate()

    stored = pak.hash()

    assert pak.long not in stored
    assert pak.matches(stored)
    assert not other.matches(stored)


def test_a_repr_shows_no_secret():
    pak = paks.generate()

    assert pak.long not in repr(pak)
    assert pak.long not in f"{pak!r}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "_",
        "__",
        "brokkr",
        "brokkr_BRabcdef",
        "other_BRabcdef_secret",
        "brokkr_BRabcdef_",
        "brokkr__secret",
        "brokkr_BRabcdef_a_b",
        "brokkr_BRabcdef_é",
        "brokkr_BRabcdef_" + "x" * 73,
    ],
)
def test_what_is_not_a_pak_of_ours_is_none(text):
    assert paks.parse(text) is None


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"\0", "1"), (b"\0\0a", "112g"), (b"hello world", "StV1DL6CwTryKyV")],
)
def test_base58_is_bitcoins(data, text):
    assert paks.base58(data) == text


def test_a_short_part_has_its_length_whatever_chance_gives():
    pak = paks.generate(new_token=lambda size: b"\0" * (size - 1) + b"\1")

    assert pak == Pak("brokkr", "BR111111", "1" * 23 + "2")
