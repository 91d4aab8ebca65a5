"""
The least that an answer costs: a bare Chalice handler with botocore, told what to call and what to say.
"""

from collections.abc import Mapping
from typing import Any

import botocore.config
import botocore.session
from botocore import xform_name
from chalice import Chalice, Response

from benchmarks.wire import Call
from broker.gateway import Context, Event

ROUTE = "/floor"
CONTEXT = Context("bench")


class Floor:
    def __init__(self) -> None:
        self._app = Chalice("floor")
        self._app.route(ROUTE, methods=["GET", "POST"])(self._handle)
        self._calls: list[Call] = []
        self._answer: Mapping[str, Any] = {}
        config = botocore.config.Config(parameter_validation=False)  # as PynamoDB does it
        self._store = botocore.session.get_session().create_client("dynamodb", region_name="us-east-1", config=config)

    def repeat(self, event: Event, calls: list[Call], answer: Mapping[str, Any]) -> None:
        """
        Raises RuntimeError where the floor does not get the same answer.
        """
        self._calls, self._answer = calls, answer
        request = {**event, "resource": ROUTE, "requestContext": {**event["requestContext"], "resourcePath": ROUTE}}
        given = self._app(request, CONTEXT)
        if given["statusCode"] != answer["statusCode"]:
            raise RuntimeError(f"the floor answered {given}")

    def _handle(self) -> Response:
        for call in self._calls:
            getattr(self._store, xform_name(call.operation))(**call.parameters)
        return Response(self._answer.get("body") or "", status_code=self._answer["statusCode"])
