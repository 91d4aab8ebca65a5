from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Created, NoContent, Ok, bounded, caller
from chalicelib.api.operations import ADMIN, AGENT, Operation, by_ending
from chalicelib.api.parameters import path_uuid, text_query
from chalicelib.api.schemas import parse, parse_heartbeat
from chalicelib.api.views import (
    agent_annotation_view,
    agent_label_view,
    agent_view,
    agent_with_pak,
    new_agent_view,
)
from chalicelib.domain.agents import AgentChange, HeartbeatReport, NewAgent, NewAgentAnnotation, NewAgentLabel
from chalicelib.errors.conflicts import ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch
from chalicelib.errors.invalid import (
    AgentIdMismatch,
    InvalidAgent,
    InvalidAnnotation,
    InvalidGeneratorId,
    InvalidLabel,
    NameAndClusterRequired,
)
from chalicelib.errors.not_found import AgentAnnotationNotFound, AgentLabelNotFound, AgentNotFound
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import agents

routes = Blueprint(__name__)


NAME = text_query("name")
CLUSTER_NAME = text_query("cluster_name")


@Operation("list_agents", "agents", by=ADMIN, refuses=(AdminRequired, ResponseTooLarge))
def list_agents() -> Ok[list[shapes.Agent]]:
    refusal = ResponseTooLarge(
        "these agents are too large for one answer: ask at /agents/?name=&cluster_name= for one, or at "
        "/generators/{id}/registered-agents for a generator's"
    )
    return bounded(map(agent_view, agents.list_agents(caller(routes))), refusal)


@Operation(
    "search_agent",
    "agents",
    by=ADMIN + AGENT,
    query=(NAME, CLUSTER_NAME),
    refuses=(NameAndClusterRequired, AgentNotFound, AgentPakMismatch),
)
def search_agent() -> shapes.Agent:
    request = routes.current_request
    return agent_view(agents.find_agent(caller(routes), NAME.of(request), CLUSTER_NAME.of(request)))


@routes.route("/api/v1/agents", methods=["GET"])
@by_ending(list_agents, search_agent)
def list_or_search_agents() -> Ok[list[shapes.Agent]] | shapes.Agent:
    """
    All agents; with a slash at the path's end, the one of a name and a cluster.
    """
    return search_agent() if routes.current_request.context["trailingSlash"] else list_agents()


@routes.route("/api/v1/agents", methods=["POST"])
@Operation(
    "create_agent",
    "agents",
    by=ADMIN,
    body=NewAgent,
    refuses=(AdminRequired, InvalidAgent, InvalidGeneratorId, UniqueViolation),
)
def create_agent() -> Created[shapes.CreateAgentResponse]:
    body = parse(NewAgent, routes.current_request)
    return Created(new_agent_view(*agents.create_agent(caller(routes), body)))


@routes.route("/api/v1/agents/{id}", methods=["GET"])
@Operation("get_agent", "agents", by=ADMIN + AGENT, refuses=(AgentPakMismatch, AgentNotFound))
def get_agent(id: str) -> shapes.Agent:
    return agent_view(agents.get_agent(caller(routes), path_uuid(id)))


@routes.route("/api/v1/agents/{id}", methods=["PUT"])
@Operation(
    "update_agent",
    "agents",
    by=ADMIN + AGENT,
    body=AgentChange,
    refuses=(AgentPakMismatch, AgentNotFound, UniqueViolation),
)
def update_agent(id: str) -> shapes.Agent:
    agent_id = path_uuid(id)
    change = parse(AgentChange, routes.current_request)
    return agent_view(agents.update_agent(caller(routes), agent_id, change))


@routes.route("/api/v1/agents/{id}", methods=["DELETE"])
@Operation("delete_agent", "agents", by=ADMIN, refuses=(AdminRequired,))
def delete_agent(id: str) -> NoContent:
    agents.delete_agent(caller(routes), path_uuid(id))
    return NoContent()


@routes.route("/api/v1/agents/{id}/rotate-pak", methods=["POST"])
@Operation("rotate_agent_pak", "agents", by=ADMIN + AGENT, refuses=(AgentPakMismatch, AgentNotFound))
def rotate_agent_pak(id: str) -> shapes.RotateAgentPakResponse:
    return agent_with_pak(*agents.rotate_agent_pak(caller(routes), path_uuid(id)))


@routes.route("/api/v1/agents/{id}/heartbeat", methods=["POST"])
@Operation(
    "record_heartbeat",
    "agents",
    by=AGENT,
    body=HeartbeatReport,
    unreadable=(),
    refuses=(AgentPakMismatch, AgentNotFound),
)
def record_heartbeat(id: str) -> NoContent:
    agents.record_heartbeat(caller(routes), path_uuid(id), parse_heartbeat(routes.current_request))
    return NoContent()


@routes.route("/api/v1/agents/{id}/labels", methods=["GET"])
@Operation("agents_list_labels", "agent-labels", by=ADMIN + AGENT, refuses=(AgentPakMismatch,))
def list_agent_labels(id: str) -> list[shapes.AgentLabel]:
    return [agent_label_view(label) for label in agents.labels(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/labels", methods=["POST"])
@Operation(
    "agents_add_label",
    "agent-labels",
    by=ADMIN,
    body=NewAgentLabel,
    refuses=(AdminRequired, InvalidLabel, AgentIdMismatch, ForeignKeyViolation, UniqueViolation),
)
def add_agent_label(id: str) -> Created[shapes.AgentLabel]:
    agent_id = path_uuid(id)
    body = parse(NewAgentLabel, routes.current_request)
    return Created(agent_label_view(agents.add_label(caller(routes), agent_id, body)))


@routes.route("/api/v1/agents/{id}/labels/{label}", methods=["DELETE"])
@Operation("agents_remove_label", "agent-labels", by=ADMIN, refuses=(AdminRequired, AgentNotFound, AgentLabelNotFound))
def remove_agent_label(id: str, label: str) -> NoContent:
    agents.remove_label(caller(routes), path_uuid(id), label)
    return NoContent()


@routes.route("/api/v1/agents/{id}/annotations", methods=["GET"])
@Operation("agents_list_annotations", "agent-annotations", by=ADMIN + AGENT, refuses=(AgentPakMismatch,))
def list_agent_annotations(id: str) -> list[shapes.AgentAnnotation]:
    return [agent_annotation_view(annotation) for annotation in agents.annotations(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/annotations", methods=["POST"])
@Operation(
    "agents_add_annotation",
    "agent-annotations",
    by=ADMIN,
    body=NewAgentAnnotation,
    refuses=(AdminRequired, InvalidAnnotation, AgentIdMismatch, ForeignKeyViolation, UniqueViolation),
)
def add_agent_annotation(id: str) -> Created[shapes.AgentAnnotation]:
    agent_id = path_uuid(id)
    body = parse(NewAgentAnnotation, routes.current_request)
    return Created(agent_annotation_view(agents.add_annotation(caller(routes), agent_id, body)))


@routes.route("/api/v1/agents/{id}/annotations/{key}", methods=["DELETE"])
@Operation(
    "agents_remove_annotation",
    "agent-annotations",
    by=ADMIN,
    refuses=(AdminRequired, AgentNotFound, AgentAnnotationNotFound),
)
def remove_agent_annotation(id: str, key: str) -> NoContent:
    agents.remove_annotation(caller(routes), path_uuid(id), key)
    return NoContent()
