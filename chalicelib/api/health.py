from chalice import Blueprint, Response

from chalicelib.services import health

routes = Blueprint(__name__)

TEXT = {"Content-Type": "text/plain; charset=utf-8"}


@routes.route("/healthz", methods=["GET"])
def is_alive() -> Response:
    return Response("OK", dict(TEXT))


@routes.route("/readyz", methods=["GET"])
def is_ready() -> Response:
    """
    The truth: the table was read.
    """
    health.check_store()
    return Response("Ready", dict(TEXT))
