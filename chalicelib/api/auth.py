from chalice import Blueprint

from chalicelib.api.answers import caller
from chalicelib.api.views import Json, principal_view

routes = Blueprint(__name__)


@routes.route("/api/v1/auth/pak", methods=["POST"])
def verify_pak() -> Json:
    return principal_view(caller(routes))
