from chalice import Blueprint

from chalicelib import VERSION
from chalicelib.api import shapes
from chalicelib.api.admin_views import PakSummary, pak_summary
from chalicelib.api.answers import Ok, bounded, caller
from chalicelib.api.operations import ADMIN, ANYBODY, NOBODY, Operation
from chalicelib.api.origin import origin_of
from chalicelib.api.schemas import parse
from chalicelib.api.views import lent_pak, principal_view
from chalicelib.domain.keyless import IdToken
from chalicelib.errors.forbidden import AdminRequired
from chalicelib.errors.protocol import IdTokenRefused, IssuerUnavailable, ResponseTooLarge, Unauthorized, Unavailable
from chalicelib.services import generators

routes = Blueprint(__name__)
MOST = 512 * 1024

VERSION_HEADER = "X-Brokkr-Version"


@routes.route("/api/v1/auth/pak", methods=["POST"])
@Operation("verify_pak", "auth", by=ANYBODY, gives=((VERSION_HEADER, str),))
def verify_pak() -> Ok[shapes.AuthResponse]:
    """
    Which version answers is for those alone whom it knows.
    """
    return Ok(principal_view(caller(routes)), {VERSION_HEADER: VERSION})


@routes.route("/api/v1/auth/oidc", methods=["POST"])
@Operation("exchange_id_token", "auth", by=NOBODY, body=IdToken, refuses=(Unauthorized, Unavailable))
def exchange_id_token() -> Ok[shapes.LentPak]:
    """
    A PAK for a quarter of an hour, for a job that a generator trusts.
    """
    request = routes.current_request
    body = parse(IdToken, request, most=MOST)
    from chalicelib.services import keyless  # noqa: PLC0415 - its libraries are not for every cold start

    try:
        return Ok(lent_pak(keyless.exchange(body, origin_of(request))), {"Cache-Control": "no-store"})
    except (IdTokenRefused, IssuerUnavailable) as refusal:
        fields = {"request_id": request.context["requestId"], "reason": refusal.reason}
        routes.log.warning("an ID token was not taken", extra={"fields": fields})
        raise


@routes.route("/api/v1/paks", methods=["GET"])
@Operation("list_paks", "auth", by=ADMIN, refuses=(AdminRequired, ResponseTooLarge))
def list_paks() -> Ok[list[PakSummary]]:
    """
    Whose PAKs there are, but for agents'.
    """
    refusal = ResponseTooLarge("these are too many for one answer: ask at /generators/{id} for one")
    return bounded(map(pak_summary, generators.list_generators(caller(routes))), refusal)
