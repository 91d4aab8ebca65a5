from chalice import Blueprint

from chalicelib.api.answers import Text
from chalicelib.api.operations import NOBODY, Operation
from chalicelib.errors.protocol import Unavailable
from chalicelib.services import health

routes = Blueprint(__name__)


@routes.route("/healthz", methods=["GET"])
@Operation("is_alive", "broker", by=NOBODY)
def is_alive() -> Text:
    return Text("OK")


@routes.route("/readyz", methods=["GET"])
@Operation("is_ready", "broker", by=NOBODY, refuses=(Unavailable,))
def is_ready() -> Text:
    """
    The truth: the table was read.
    """
    health.check_store()
    return Text("Ready")
