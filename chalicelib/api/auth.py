from chalice import Blueprint, Response

from chalicelib import VERSION
from chalicelib.api.answers import caller
from chalicelib.api.views import principal_view

routes = Blueprint(__name__)


@routes.route("/api/v1/auth/pak", methods=["POST"])
def verify_pak() -> Response:
    """
    Which version answers is for those alone whom it knows.
    """
    return Response(principal_view(caller(routes)), {"X-Brokkr-Version": VERSION})
