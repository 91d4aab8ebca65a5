from chalice import Blueprint

from chalicelib.api.answers import NotModified, Ok, caller, tagged
from chalicelib.api.operations import ADMIN, GENERATOR, Operation
from chalicelib.api.parameters import path_uuid, uuid_query
from chalicelib.api.rollout_views import StackRolloutResponse, rollout_view
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.not_found import DeploymentObjectNotFound, StackNotFound
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import rollout

routes = Blueprint(__name__)

DEPLOYMENT_OBJECT_ID = uuid_query("deployment_object_id")


@routes.route("/api/v1/stacks/{id}/rollout", methods=["GET"])
@Operation(
    "get_stack_rollout",
    "stacks",
    by=ADMIN + GENERATOR,
    query=(DEPLOYMENT_OBJECT_ID,),
    refuses=(StackNotFound, StackNotOwned, DeploymentObjectNotFound, ResponseTooLarge),
)
def get_stack_rollout(id: str) -> Ok[StackRolloutResponse] | NotModified:
    """
    Of the newest deployment object, or of the one that is named.
    """
    stack_id, request = path_uuid(id), routes.current_request
    found = rollout.rollout(caller(routes), stack_id, DEPLOYMENT_OBJECT_ID.of(request))
    refusal = ResponseTooLarge("this rollout is too large for one answer: its agents have too much to say")
    return tagged(rollout_view(found), request, refusal)
