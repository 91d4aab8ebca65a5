"""
YAML as kubectl's library reads it: YAML 1.1's words for true and false, Go's numbers, no dates, keys that are text.
"""

import re
from typing import Any

import yaml

TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
NUMBER_STARTS = list("+-.0123456789")
IMPLICIT = (
    ("null", r"~|null|Null|NULL|", None),
    ("bool", "|".join(TRUE + FALSE), None),
    ("merge", "<<", ["<"]),
    ("int", r"[-+]?(0[bB][01_]+|0[oO]?[0-7_]+|0[xX][0-9a-fA-F_]+|[1-9][0-9_]*|0)", NUMBER_STARTS),
    ("float", r"[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9_]+)?", NUMBER_STARTS),
)


class KubectlLoader(yaml.CSafeLoader):
    """
    A safe loader whose plain scalars mean what they mean to kubectl.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  (PyYAML's way to start from none)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  (PyYAML's signature)
        """
        Of two equal keys the last one counts.
        """
        self.flatten_mapping(node)
        return {self.construct_key(key): self.construct_object(value, deep=deep) for key, value in node.value}

    def construct_key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key must be a scalar", problem_mark=node.start_mark)
        key = self.construct_object(node)
        if key is None:
            return "null"
        return str(key).lower() if isinstance(key, bool) else str(key)

    def construct_bool(self, node: yaml.ScalarNode) -> bool:
        return self.construct_scalar(node) in TRUE

    def construct_int(self, node: yaml.ScalarNode) -> int | float:
        """
        Past 64 bits a number is a float.
        """
        text = str(self.construct_scalar(node)).replace("_", "")
        digits = text.lstrip("+-")
        is_octal = digits.isdigit() and digits.startswith("0")
        value = int(digits, 8 if is_octal else 0) * (-1 if text[0] == "-" else 1)
        return value if -(2**63) <= value < 2**64 else float(value)

    def construct_float(self, node: yaml.ScalarNode) -> int | float | str:
        """
        A whole number is an integer, as JSON has no other; one past a float's reach stays text.
        """
        text = str(self.construct_scalar(node))
        value = float(text.replace("_", ""))
        if value in (float("inf"), float("-inf")):
            return text
        return int(value) if value.is_integer() and abs(value) < 2**53 else value


for _tag, _pattern, _starts in IMPLICIT:
    KubectlLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _starts)

KubectlLoader.add_constructor("tag:yaml.org,2002:bool", KubectlLoader.construct_bool)
KubectlLoader.add_constructor("tag:yaml.org,2002:int", KubectlLoader.construct_int)
KubectlLoader.add_constructor("tag:yaml.org,2002:float", KubectlLoader.construct_float)
