from chalice import Blueprint

from chalicelib import VERSION
from chalicelib.api import shapes
from chalicelib.api.admin_views import PakSummary, pak_summary
from chalicelib.api.answers import Ok, caller
from chalicelib.api.operations import ADMIN, ANYBODY, Operation
from chalicelib.api.views import principal_view
from chalicelib.errors import AdminRequired
from chalicelib.services import generators

routes = Blueprint(__name__)


@routes.route("/api/v1/auth/pak", methods=["POST"])
@Operation("verify_pak", "auth", by=ANYBODY)
def verify_pak() -> Ok[shapes.AuthResponse]:
    """
    Which version answers is for those alone whom it knows.
    """
    return Ok(principal_view(caller(routes)), {"X-Brokkr-Version": VERSION})


@routes.route("/api/v1/paks", methods=["GET"])
@Operation("list_paks", "auth", by=ADMIN, refuses=(AdminRequired,))
def list_paks() -> list[PakSummary]:
    """
    Whose PAKs there are, but for agents'.
    """
    return [pak_summary(generator) for generator in generators.list_generators(caller(routes))]
