"""
What is not there: one for each noun.
"""

from http import HTTPStatus

from chalicelib.errors import BrokerError


class NotFound(BrokerError):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class AgentNotFound(NotFound):
    code = "agent_not_found"


class AgentLabelNotFound(NotFound):
    code = "agent_label_not_found"


class AgentAnnotationNotFound(NotFound):
    code = "agent_annotation_not_found"


class AgentTargetNotFound(NotFound):
    code = "agent_target_not_found"


class AgentEventNotFound(NotFound):
    code = "agent_event_not_found"


class GeneratorNotFound(NotFound):
    code = "generator_not_found"


class StackNotFound(NotFound):
    code = "stack_not_found"


class StackLabelNotFound(NotFound):
    code = "stack_label_not_found"


class StackAnnotationNotFound(NotFound):
    code = "stack_annotation_not_found"


class DeploymentObjectNotFound(NotFound):
    code = "deployment_object_not_found"


class DiagnosticNotFound(NotFound):
    code = "diagnostic_not_found"
