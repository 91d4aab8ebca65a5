from chalice import Blueprint

from chalicelib import VERSION
from chalicelib.api import shapes
from chalicelib.api.answers import Ok, caller
from chalicelib.api.operations import ANYBODY, Operation
from chalicelib.api.views import principal_view

routes = Blueprint(__name__)


@routes.route("/api/v1/auth/pak", methods=["POST"])
@Operation("verify_pak", "auth", by=ANYBODY)
def verify_pak() -> Ok[shapes.AuthResponse]:
    """
    Which version answers is for those alone whom it knows.
    """
    return Ok(principal_view(caller(routes)), {"X-Brokkr-Version": VERSION})
