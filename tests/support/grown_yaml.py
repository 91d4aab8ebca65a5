"""
Texts grown by chance: maps and lists in each other, in block and flow style, with anchors, aliases and merge keys.
"""

import random

from tests.support.hard_yaml import HEAD

KEYS = ("a", "b", "c", "yes", "1", "0x10", "1.5", '"a"', "'b'", "? c\n", "é", "-1")
VALUES = (
    "1",
    "yes",
    "~",
    "text",
    "two words",
    "'it''s'",
    '"\\u00e9\\n"',
    "0o17",
    "1e3",
    "2026-11-23",
    "!!str 5",
    "é #",
    "",
)
SCALARS_IN_FLOW = ("1", "no", "~", "text", "'a, b'", '"]"', "1e3", "!!str 5", "{}", "[]")


class Growing:
    def __init__(self, chance):
        self._chance = chance
        self._anchors = []
        self._count = 0

    def block(self, depth, indent):
        """
        What stands behind a `key:` or a dash, to the end of its last line.
        """
        grow = self._chance.choice((self._mapping, self._mapping, self._sequence, self._text, self._flow_line))
        if depth == 0 or self._chance.random() < 0.3:
            return f" {self._alias() or self._chance.choice(VALUES)}\n"
        if self._chance.random() < 0.3:
            self._count += 1
            name = f"x{self._count % 5}"
            grown = f" &{name}{grow(depth, indent)}"
            self._anchors.append(name)
            return grown
        return grow(depth, indent)

    def _mapping(self, depth, indent):
        lines = [f"{indent}{self._key(indent)}:{self.block(depth - 1, indent + '  ')}" for _ in range(self._few())]
        if self._anchors and self._chance.random() < 0.4:
            merged = (
                f"[{self._alias(1)}, {{a: 5}}, {self._alias(1)}]" if self._chance.random() < 0.3 else self._alias(1)
            )
            lines.insert(self._chance.randrange(len(lines) + 1), f"{indent}<<: {merged}\n")
        return "\n" + "".join(lines)

    def _key(self, indent):
        key = self._chance.choice(KEYS)
        return key if "\n" not in key else f"{key}{indent}"

    def _sequence(self, depth, indent):
        return "\n" + "".join(f"{indent}-{self.block(depth - 1, indent + '  ')}" for _ in range(self._few()))

    def _text(self, _depth, indent):
        lines = [self._chance.choice(("", "a", "  b", "# c", "- d", "e: f")) for _ in range(self._few() + 1)]
        style = self._chance.choice("|>") + self._chance.choice(("", "-", "+"))
        return f" {style}\n{indent}first\n" + "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)

    def _flow_line(self, depth, _indent):
        return f" {self._flow(depth)}\n"

    def _flow(self, depth):
        if depth == 0 or self._chance.random() < 0.4:
            return self._alias() or self._chance.choice(SCALARS_IN_FLOW)
        items = [self._flow(depth - 1) for _ in range(self._few())]
        if self._chance.random() < 0.5:
            return f"[{', '.join(items)}]"
        return "{" + ", ".join(f"k{number} : {item}" for number, item in enumerate(items)) + "}"

    def _alias(self, likely=0.15):
        return f"*{self._chance.choice(self._anchors)}" if self._anchors and self._chance.random() < likely else ""

    def _few(self) -> int:
        return self._chance.randint(1, 3)


def by_growth(seed, count):
    chance = random.Random(seed)
    return [f"{HEAD}data:{Growing(chance).block(4, '  ')}" for _ in range(count)]
