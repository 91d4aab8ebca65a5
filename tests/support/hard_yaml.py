"""
Texts on which readers of YAML disagree. The objects in a text are called NAME, or NAME and more.

Left out is what the agent refuses and kubectl takes: between brackets a word that ends in a colon, a tag with a comma
or a bracket in it, and an escaped apostrophe.
"""

import json
import random
import re

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"
OTHER = HEAD.replace("NAME", "NAME-other")
LEFT_OUT = re.compile(r":\s*[,\]}]|![^\s\"']*[\[\],]|\\'")

SCALARS = (
    *("yes", "on", "y", "Y", "TRUE", "True", "tRue", "no", "Off", "n", "false", "NO", "~", "null", "Null", "nULL", ""),
    *("0", "-0", "+12", "-5", "1_000", "1__0_", "_1", "0777", "0o17", "0O17", "-010", "08", "0_9", "0x1F", "0X1f"),
    *("-0b11", "0b12", "0b-1", "0b+1", "-0b-1", "0x", "0b", "0o", "0o8", "+0x10", "-0o17", "--1", "+-1", "1-1", "1+1"),
    *("9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *(
        "18446744073709551615",
        "18446744073709551616",
        "0xFFFFFFFFFFFFFFFF",
        "+0xFFFFFFFFFFFFFFFF",
        "0x1FFFFFFFFFFFFFFFF",
    ),
    *("0" + "7" * 30, "0b" + "1" * 64, "0b" + "1" * 65, "9" * 400, "123456789012345678901234567890"),
    *("1e3", "1E+2", "1e-7", ".5", "+.5", "-.5e-2", "5.", "1.0", "-0.0", "1e20", "1e21", "1e22", "1e400", "-1e400"),
    *("1e-400", "1e", "1e+", "e1", ".e1", ".5_0", "._5", ".5_", "0.1_5", "1_.5", "1.2.3", "1e1_0", ".", "..", "+", "-"),
    *(".inf", ".Inf", "+.INF", "-.inf", "+.inF", ".nan", ".NaN", ".Nan", "inf", "NaN", "Infinity"),
    *("123456789.5", "0.1", "3.4e38", "1e39", "1e-45", "16777217.0", "1e5", "1e6", "0.0001", "0.00001", "1e7"),
    *(
        "12:30:45",
        "1:2",
        "190:20:30.15",
        "2026-11-23",
        "2026-1-2",
        "2026-02-30",
        "2026-11-23T10:00:00Z",
        "2026-11-23 1:2:3",
    ),
    *(
        "2026-11-23t10:00:00.5+01:00",
        "2026-11-23T10:00:00",
        "20261123",
        "2026-11",
        "aGk=",
        "aGk",
        "aG k=",
        "4oI=",
        "/w==",
    ),
    *(
        "<<",
        "=",
        "é",
        "日本",
        "\U0001f600",
        "a b",
        "a#b",
        "a #b",
        "a:b",
        "http://a/b?c=d",
        "#a",
        "@a",
        "`a",
        "%a",
        "!a",
        "&a",
    ),
    *(
        "*a",
        "|",
        ">",
        "'",
        '"',
        "''",
        '""',
        "[",
        "]",
        "{",
        "}",
        ",",
        "- a",
        "-",
        "? a",
        ": a",
        "a: b",
        "\t",
        "a\tb",
        "\ta",
    ),
    *(
        "\\n",
        "\\u00e9",
        "\\x41",
        "\\N",
        "\\_",
        "\\/",
        "\\e",
        "\\0",
        "\\q",
        "\\ud800",
        "\\U0001F600",
        "\x00",
        "\x07",
        "\x7f",
    ),
    *("\x85", "a\x85b", "\u2028", "a\u2028b", "\u00a0", "\ufffd", "\ufffe", "---", "...", "--- a", "%YAML 1.1"),
)
PLACES = (
    *("data: VALUE\n", "data:\n  VALUE: 1\n", "data:\n- VALUE\n- 1\n", "data:\n  ? VALUE\n  : VALUE\n", "data: VALUE"),
    *(
        "data: [VALUE, 1]\n",
        "data: {a: VALUE, b: 1}\n",
        "data: {VALUE: 1}\n",
        "data: &a VALUE\ncopy: *a\n",
        "data: VALUE # x\n",
    ),
    *(
        'data: "VALUE"\n',
        "data: 'VALUE'\n",
        "data: {'VALUE': 1}\n",
        "data: |\n  VALUE\n",
        "data: >-\n  VALUE\n\n   VALUE\n",
    ),
    *(
        "data: !!str VALUE\n",
        "data: !!int VALUE\n",
        "data: !!float VALUE\n",
        "data: !!bool VALUE\n",
        "data: !!null VALUE\n",
    ),
    *(
        "data: !!binary VALUE\n",
        "data: !!timestamp VALUE\n",
        "data: !own VALUE\n",
        "data: ! VALUE\n",
        "data:\n  VALUE\n  VALUE\n",
    ),
    *(
        'data: !!int "VALUE"\n',
        '? !!binary "VALUE"\n: 1\n',
        "data: {!!str VALUE : 1}\n",
        "data: |+\n  VALUE\n\n",
        "data: |1-\n  VALUE",
    ),
)
LINES = (
    "data: |\n  ---\n  x\n",
    "data: |\n---\n",
    'data: "a\n---\nb"\n',
    "data:\n\t- 1\n",
    "data:\ta\n",
    "\tdata: 1\n",
    "data: {a: 1,}\n",
    "data: [1,,2]\n",
    "data: 'x\n  y\n\n  z'\n",
    "data: >-\n  a\n  b\n\n  c\n   d\n",
    "data: *x\n",
    "data: &x [1, *x]\n",
    "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 1\n",
    "a: &x {b: 1}\nd:\n  e: 1\n  <<: [*x, {b: 2, f: 3}]\n  b: 9\n",
    "a: &x {b: 1}\nd: {b: 2, <<: *x}\n",
    "a: &x {b: 1}\nd: {<<: *x, <<: {c: 2}, !!merge <<: {e: 3}}\n",
    "'<<': {a: 1}\n",
    "<<: {data: 1}\n",
    "<<: [{data: 1}, {data: 2, e: 3}]\n",
    "<<: [1]\n",
    "<<: null\n",
    "a: &x [{b: 1}]\n<<: *x\n",
    "a: &x {<<: *x}\n",
    "data: {1: a, 1.5: b, true: c, 0x10: d, 1e3: e}\n",
    "data: {a: 1, a: 2}\n",
    "data: {? a : b, c}\n",
    "? [a]\n: 1\n",
    "data: {[a]: 1}\n",
    "a: &x k\ndata: {*x : 1}\n",
    "data: !!set {a, b}\n",
    "data: !!omap [a: 1]\n",
    "data: !<tag:yaml.org,2002:int> 7\n",
    "data: !u!x 7\n",
    "data: !!python/object:x {}\n",
    "data: {a: 1}{\n",
    "data: a\rb: 2\r",
    "items: []\n",
    "items: null\n",
    "items: 5\n",
    "items: [1]\n",
    "items:\n- {kind: B, apiVersion: v1, metadata: {name: NAME-1}}\n- {metadata: {name: NAME-2}, a: yes}\n",
    "items: [{apiVersion: v1, kind: L, items: [{apiVersion: v1, kind: A, metadata: {name: NAME-1}}]}]\n",
)
TEXTS = (
    f"\ufeff{HEAD}",
    f"---\n---\n\n{HEAD}---\n# c\n---\n{OTHER}---\n",
    f"# c\n--- # c\n{HEAD}---\t\n{OTHER}...\n",
    f"{HEAD}---\nnull\n--- \n~\n---\n{OTHER}... # c\n---\n",
    f"{HEAD}...\n{OTHER}",
    f"{HEAD}...\n---\n{OTHER}",
    f"{HEAD}--- {{}}\n",
    f"{HEAD}----\n",
    f"{HEAD}---#c\n{OTHER}",
    f"%YAML 1.1\n---\n{HEAD}",
    f"%YAML 1.2\n--- # c\n{HEAD}",
    f"%TAG ! tag:x,2000:\n---\n{HEAD}",
    f" ---\n{HEAD}",
    f"{HEAD}---\n- 1\n",
    f"{HEAD}---\nwords\n",
    f"{HEAD}--- |\n  a\n",
    HEAD.rstrip("\n"),
    f"{HEAD}---",
    f"{HEAD}data: |\r\n  a\r\n\r\n  b\r\n---\r\n{OTHER}".replace("\r\n", "\n").replace("\n", "\r\n"),
    "{apiVersion: v1, kind: A, metadata: {name: NAME}}\n",
    "{apiVersion: v1, kind: A, metadata: {name: NAME}}\n---\n" + HEAD,
)
NUMBERS = (
    "1.0",
    "1e3",
    "-0.0",
    "-0",
    "1E400",
    "9223372036854775808",
    "-9223372036854775809",
    "1e-7",
    "123456789012345678901",
)
STRINGS = (
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\\\ud800"',
    '"\\/"',
    '"\\u0000"',
    '"é\u2028"',
    '"\t"',
    '"\\x"',
    '"yes"',
    "'a'",
)
VALUES = (*NUMBERS, *STRINGS, '{"a": 1, "a": 2}', "[1,]", "NaN", "nul", "null", "01", "+1", ".5", "yes", "{", "")
JSON = '{"apiVersion": "v1", "kind": "A", "metadata": {"name": "NAME"}, "data": VALUE}'
JSON_TEXTS = (
    *(JSON.replace("VALUE", value) for value in VALUES),
    *(
        f"{JSON}{between}{JSON}".replace("VALUE", "1")
        for between in ("", " ", "\n", "\n---\n", "\n\n---\n", ",", "null")
    ),
    *(f"{JSON}\n{JSON}{rest}".replace("VALUE", "1") for rest in ("\n---\n", "\nx: y", "5", "{}")),
    *(f"{JSON}{rest}".replace("VALUE", "1") for rest in (f"\n---\n{OTHER}", f"\n{OTHER}", f" {OTHER}", "\nwords", "]")),
    *(
        f"{before}{JSON}".replace("VALUE", "1")
        for before in ("\ufeff", "\n \t", "\u00a0", " " * 5000, "---\n", "# c\n")
    ),
)
PIECES = (
    *"0123456789..--++__eEabn\"'=:#@`%|><[]{},?\\!&*\t é日",
    *("0x", "0b", "0o", "yes", "off", "null", "True", "~", ".inf", ".nan", "<<", "- ", " #", "\u2028", "\x85", "\x07"),
    *("!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!!binary ", "!!timestamp ", "!own ", "! ", "&a ", "*a"),
    *("2026-11-23", "T10:00:00Z", "12:30:45", "1e400", "9223372036854775808", "aGk="),
)
DIGITS = PIECES[:14]


def by_hand():
    """
    Every hard scalar in every place, and what is hard as a whole.
    """
    placed = [HEAD + place.replace("VALUE", scalar) for place in PLACES for scalar in SCALARS]
    lines = [HEAD + line for line in LINES] + [f"{HEAD}{line}---\n{OTHER}" for line in LINES if "items" not in line]
    aliases = [f"{HEAD}a: &a {json.dumps(list(range(99)))}\nb:\n" + "- *a\n" * number for number in range(90, 130)]
    return [text for text in [*placed, *lines, *aliases, *TEXTS, *JSON_TEXTS] if not LEFT_OUT.search(text)]


def by_chance(seed, count):
    """
    Pieces thrown together, in places thrown as well.
    """
    chance = random.Random(seed)
    texts = []
    while len(texts) < count:
        text = HEAD + "".join(chance.choices(PLACES, k=1))
        while "VALUE" in text:
            text = text.replace("VALUE", _scalar(chance), 1)
        if not LEFT_OUT.search(text.removeprefix(HEAD)):
            texts.append(chance.choice((text, text, f"{text}---\n{OTHER}", text.replace("\n", "\r\n"))))
    return texts


def _scalar(chance):
    pieces = chance.choice((PIECES, DIGITS))
    return "".join(chance.choices(pieces, k=chance.choice((1, 2, 2, 3, 3, 4, 6))))
