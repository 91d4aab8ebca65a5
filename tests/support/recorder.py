"""
What this process asks AWS for, and what DynamoDB says that it took, by botocore's own hooks: they see every call of
every client made after `listen`.
"""

import json
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
        self._bodies = None

    def listen(self):
        handlers.BUILTIN_HANDLERS.append(("provide-client-params", self._note))
        handlers.BUILTIN_HANDLERS.append(("after-call.dynamodb", self._keep))

    @contextmanager
    def recording(self):
        self._needs = set()
        try:
            yield self._needs
        finally:
            self._needs = None

    @contextmanager
    def listening(self):
        """
        The answers of DynamoDB as they came over the wire, each with its operation.
        """
        self._bodies = []
        try:
            yield self._bodies
        finally:
            self._bodies = None

    def _keep(self, http_response, model, **_):
        if self._bodies is not None:
            self._bodies.append((model.name, json.loads(http_response.content)))

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


def units(bodies):
    """
    Read and write units of those answers, as this test's own reading of them has it.
    """
    taken = {True: 0.0, False: 0.0}
    for operation, body in bodies:
        consumed = body.get("ConsumedCapacity", [])
        is_read = operation in ("GetItem", "BatchGetItem", "Query")
        taken[is_read] += sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
    return taken[True], taken[False]


recorder = Recorder()
