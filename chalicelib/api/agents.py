from chalice import Blueprint, Response

from chalicelib.api.answers import caller, created, no_content
from chalicelib.api.parameters import path_uuid, query_text
from chalicelib.api.schemas import parse, parse_heartbeat
from chalicelib.api.views import Json, agent_view, plain_view
from chalicelib.domain.agents import AgentChange, AgentStatus, NewAgent, NewAgentAnnotation, NewAgentLabel
from chalicelib.services import agents

routes = Blueprint(__name__)


@routes.route("/api/v1/agents", methods=["GET"])
def list_agents() -> list[Json] | Json:
    """
    All agents; with a slash at the path's end, the one of a name and a cluster.
    """
    if routes.current_request.context["trailingSlash"]:
        return _search()
    return [agent_view(status) for status in agents.list_agents(caller(routes))]


def _search() -> Json:
    request = routes.current_request
    name, cluster_name = query_text(request, "name"), query_text(request, "cluster_name")
    return agent_view(agents.find_agent(caller(routes), name, cluster_name))


@routes.route("/api/v1/agents", methods=["POST"])
def create_agent() -> Response:
    body = parse(NewAgent, routes.current_request)
    agent, pak = agents.create_agent(caller(routes), body)
    return created({"agent": agent_view(AgentStatus(agent, None)), "initial_pak": str(pak)})


@routes.route("/api/v1/agents/{id}", methods=["GET"])
def get_agent(id: str) -> Json:
    return agent_view(agents.get_agent(caller(routes), path_uuid(id)))


@routes.route("/api/v1/agents/{id}", methods=["PUT"])
def update_agent(id: str) -> Json:
    agent_id = path_uuid(id)
    change = parse(AgentChange, routes.current_request)
    return agent_view(agents.update_agent(caller(routes), agent_id, change))


@routes.route("/api/v1/agents/{id}", methods=["DELETE"])
def delete_agent(id: str) -> Response:
    agents.delete_agent(caller(routes), path_uuid(id))
    return no_content()


@routes.route("/api/v1/agents/{id}/rotate-pak", methods=["POST"])
def rotate_agent_pak(id: str) -> Json:
    status, pak = agents.rotate_agent_pak(caller(routes), path_uuid(id))
    return {"agent": agent_view(status), "pak": str(pak)}


@routes.route("/api/v1/agents/{id}/heartbeat", methods=["POST"])
def record_heartbeat(id: str) -> Response:
    agents.record_heartbeat(caller(routes), path_uuid(id), parse_heartbeat(routes.current_request))
    return no_content()


@routes.route("/api/v1/agents/{id}/labels", methods=["GET"])
def list_agent_labels(id: str) -> list[Json]:
    return [plain_view(label) for label in agents.labels(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/labels", methods=["POST"])
def add_agent_label(id: str) -> Response:
    agent_id = path_uuid(id)
    body = parse(NewAgentLabel, routes.current_request)
    return created(plain_view(agents.add_label(caller(routes), agent_id, body)))


@routes.route("/api/v1/agents/{id}/labels/{label}", methods=["DELETE"])
def remove_agent_label(id: str, label: str) -> Response:
    agents.remove_label(caller(routes), path_uuid(id), label)
    return no_content()


@routes.route("/api/v1/agents/{id}/annotations", methods=["GET"])
def list_agent_annotations(id: str) -> list[Json]:
    return [plain_view(annotation) for annotation in agents.annotations(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/annotations", methods=["POST"])
def add_agent_annotation(id: str) -> Response:
    agent_id = path_uuid(id)
    body = parse(NewAgentAnnotation, routes.current_request)
    return created(plain_view(agents.add_annotation(caller(routes), agent_id, body)))


@routes.route("/api/v1/agents/{id}/annotations/{key}", methods=["DELETE"])
def remove_agent_annotation(id: str, key: str) -> Response:
    agents.remove_annotation(caller(routes), path_uuid(id), key)
    return no_content()
