"""
What the public generated client expects of a broker: its operations and its models, read off its own code.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass

import attrs
from brokkr_broker_client import api, models


@dataclass(frozen=True)
class Expected:
    """
    An operation as the client knows it. `tag` is the folder that it lies in.
    """

    id: str
    tag: str
    method: str
    path: str
    statuses: frozenset[int]
    query: frozenset[str]
    body: str | None


def client_operations():
    for tag, id, module in _modules():
        yield _expected(id, tag, inspect.getsource(module))


def client_operation(id):
    """
    What the client asks for it with.
    """
    return next(module for _, name, module in _modules() if name == id)


def _modules():
    for folder in pkgutil.iter_modules(api.__path__):
        package = importlib.import_module(f"{api.__name__}.{folder.name}")
        for module in pkgutil.iter_modules(package.__path__):
            yield folder.name, module.name, importlib.import_module(f"{package.__name__}.{module.name}")


def _expected(id, tag, source):
    body = re.search(r"\n    body: (\w+)", source)
    return Expected(
        id=id,
        tag=tag,
        method=re.search(r'"method": "(\w+)"', source)[1],
        path=re.search(r'"url": "([^"]+)"', source)[1],
        statuses=frozenset(map(int, re.findall(r"status_code == (\d+)", source))),
        query=frozenset(re.findall(r'params\["(\w+)"\]', source)),
        body=body and body[1],
    )


def client_model(name):
    """
    All fields of a model, and those that it insists on; None where there is no such model.
    """
    model = getattr(models, name, None)
    if model is None or not attrs.has(model):
        return None
    fields = [field for field in attrs.fields(model) if field.name != "additional_properties"]
    return (
        {field.name.rstrip("_") for field in fields},
        {field.name.rstrip("_") for field in fields if field.default is attrs.NOTHING},
    )


def imported_operations(folder):
    """
    Those that the tests of a folder ask with. The linter refuses an import that is not used.
    """
    return {
        alias.name
        for file in folder.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{api.__name__}.")
        for alias in node.names
    }
