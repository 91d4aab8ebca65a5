import math

import pytest

from agent.kubectl_scalars import as_key, as_value, plain, tagged

WORDS = [
    *[(word, True) for word in ("yes", "on", "y", "TRUE", "True")],
    *[(word, False) for word in ("no", "Off", "n", "false", "NO")],
    *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
    *[(word, word) for word in ("tRue", "nULL", "yeS", "-", "+", ".", "<<", "_1", "é", "1a", "--1")],
]
INTEGERS = [
    *[("0", 0), ("+12", 12), ("-5", -5), ("1_000", 1000), ("1__0_", 10)],
    *[("0777", 511), ("0o17", 15), ("0O17", 15), ("-010", -8), ("08", 8), ("0_9", 9)],
    *[("0x1F", 31), ("0X1f", 31), ("-0b11", -3), ("0b12", "0b12"), ("0b-1", -1)],
    *[("9007199254740993", 2**53 + 1), ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63))],
    *[("9223372036854775808", 9223372036854776000), ("18446744073709551615", 18446744073709552000)],
    *[("0xFFFFFFFFFFFFFFFF", 18446744073709552000), ("+0xFFFFFFFFFFFFFFFF", "+0xFFFFFFFFFFFFFFFF")],
    *[("0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"), ("9" * 5000, "9" * 5000)],
]
FLOATS = [
    *[("1e3", 1000), (".5", 0.5), ("+.5", 0.5), ("5.", 5), ("1.0", 1), ("-0.0", 0), ("-.5e-2", -0.005), ("1E+2", 100)],
    *[("1e20", 10**20), ("1e21", 1e21), ("1e400", "1e400"), ("1e-400", 0), (".5_0", 0.5), ("._5", "._5")],
    *[("0.1_5", 0.15), ("1.2.3", "1.2.3"), ("1e", "1e"), ("100000000000000000000000", 1e23)],
]
DATES = [(text, text) for text in ("12:30:45", "2026-11-23", "2026-11-23T10:00:00Z", "1:2")]


@pytest.mark.parametrize(("text", "value"), [*WORDS, *INTEGERS, *FLOATS, *DATES])
def test_a_plain_scalar_is_what_kubectl_makes_of_it(text, value):
    read = as_value(plain(text))

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".NaN"])
def test_what_json_has_no_number_for_is_refused_as_a_value(text):
    number = plain(text)

    with pytest.raises(ValueError, match="JSON has no number"):
        as_value(number)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *[("1", "1"), ("0x10", "16"), ("yes", "true"), ("off", "false"), ("2026-11-23", "2026-11-23")],
        *[("1.5", "1.5"), ("1.0", "1"), ("1e3", "1000"), ("1e5", "100000"), ("1e6", "1e+06"), ("-1e-5", "-1e-05")],
        *[("0.0001", "0.0001"), ("123456789.5", "1.2345679e+08"), ("0.1", "0.1"), ("-0.0", "-0"), ("1e300", ".inf")],
        *[(".inf", ".inf"), ("-.inf", "-.inf"), (".nan", ".nan"), ("-1e300", "-.inf")],
    ],
)
def test_a_key_is_the_text_of_gos_number(text, key):
    assert as_key(plain(text)) == key


@pytest.mark.parametrize("scalar", [None, 2**63, [], {}])
def test_a_key_that_kubectl_has_no_text_for_is_refused(scalar):
    with pytest.raises(ValueError, match="a key must be"):
        as_key(scalar)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        *[("str", "5", "5"), ("str", "", ""), ("int", "0x10", 16), ("float", "5", 5.0), ("float", "2.5", 2.5)],
        *[("bool", "y", True), ("null", "~", None), ("merge", "x", "x"), ("set", "x", "x")],
        *[("binary", "aGk=", "hi"), ("binary", "aG\nk=", "hi"), ("binary", "4oI=", "\ufffd\ufffd")],
        *[("timestamp", "2026-1-2", "2026-1-2"), ("timestamp", "2026-01-02 3:4:5.6", "2026-01-02 3:4:5.6")],
        ("timestamp", "2026-01-02t03:04:05+01:00", "2026-01-02t03:04:05+01:00"),
    ],
)
def test_a_tag_says_what_a_scalar_is(tag, text, value):
    read = tagged(f"tag:yaml.org,2002:{tag}", text)

    assert read == value
    assert type(read) is type(value)


def test_a_tag_of_ones_own_leaves_the_text_alone():
    assert tagged("!custom", "5") == "5"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        *[("int", "5.0"), ("int", "x"), ("bool", "1"), ("null", "x"), ("float", "18446744073709551615"), ("int", "")],
        *[("timestamp", "x"), ("timestamp", "2026-02-30"), ("binary", "a"), ("binary", "aGk=="), ("binary", "é")],
    ],
)
def test_a_scalar_that_is_not_what_its_tag_says_is_refused(tag, text):
    with pytest.raises(ValueError, match=r"cannot decode|base64"):
        tagged(f"tag:yaml.org,2002:{tag}", text)


def test_an_infinity_stays_one_until_its_place_is_known():
    assert plain("-.inf") == -math.inf
