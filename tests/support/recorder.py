"""
What this process asks AWS for, by botocore's own hooks: they see every call of every client made after `listen`.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from botocore import handlers

IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True)
class Need:
    """
    What IAM has to allow: `dynamodb:Query` on `table/brokkr/index/gsi1`.
    """

    action: str
    resource: str


class Recorder:
    def __init__(self):
        self._needs = None

    def listen(self):
        handlers.BUILTIN_HANDLERS.append(("provide-client-params", self._note))

    @contextmanager
    def recording(self):
        self._needs = set()
        try:
            yield self._needs
        finally:
            self._needs = None

    def _note(self, params, model, **_):
        if self._needs is not None:
            service = model.service_model.service_name
            self._needs |= {Need(f"{service}:{action}", resource) for action, resource in needs(model.name, params)}


def needs(operation, params):
    """
    A transaction is allowed by what its parts are allowed by; all others go by their own name.
    """
    if operation == "TransactWriteItems":
        parts = [part for item in params["TransactItems"] for part in item.items()]
        return [(IN_A_TRANSACTION[kind], f"table/{what['TableName']}") for kind, what in parts]
    if operation.startswith("Batch"):
        return [(operation, f"table/{table}") for table in params["RequestItems"]]
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return [(operation, f"table/{params.get('TableName')}{index}")]


recorder = Recorder()
