"""
template.yaml as CloudFormation would see it, its short tags written out.
"""

import yaml

from chalicelib.store.schema import TEMPLATE


class Loader(yaml.SafeLoader):
    pass


def written_out(loader, tag, node):
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    value = loader.construct_scalar(node)
    return {name: value.split(".", 1) if tag == "GetAtt" else value}


Loader.add_multi_constructor("!", written_out)


def template():
    return yaml.load(TEMPLATE.read_text(), Loader)


def resolved(value, known):
    """
    With what `known` has for a `Ref`, a `Fn::GetAtt` or the name in a `Fn::Sub`.
    """
    if isinstance(value, list):
        return [resolved(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    match next(iter(value.items())):
        case "Ref", name:
            return known[name]
        case "Fn::GetAtt", parts:
            return known[".".join(parts)]
        case "Fn::Sub", text:
            for name, meant in known.items():
                text = text.replace(f"${{{name}}}", meant)
            return text
        case _:
            return {key: resolved(one, known) for key, one in value.items()}
