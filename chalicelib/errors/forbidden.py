"""
What a caller may not do: one for each rule that it can break.
"""

from http import HTTPStatus

from chalicelib.errors import BrokerError


class Forbidden(BrokerError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class AdminRequired(Forbidden):
    code = "admin_required"


class AgentPakMismatch(Forbidden):
    code = "agent_pak_mismatch"


class GeneratorNotOwned(Forbidden):
    code = "generator_not_owned"


class CannotDeleteSystemGenerator(Forbidden):
    code = "cannot_delete_system_generator"


class SystemGeneratorNotATenant(Forbidden):
    code = "system_generator_not_a_tenant"


class NotAuthorized(Forbidden):
    code = "not_authorized"


class TargetGeneratorMismatch(Forbidden):
    code = "target_generator_mismatch"


class TargetCreateDenied(Forbidden):
    code = "target_create_denied"


class AgentNotRegistered(Forbidden):
    code = "agent_not_registered"


class StacksListDenied(Forbidden):
    code = "stacks_list_denied"


class StackCreateDenied(Forbidden):
    code = "stack_create_denied"


class StackGeneratorMismatch(Forbidden):
    code = "stack_generator_mismatch"


class StackNotOwned(Forbidden):
    code = "stack_not_owned"


class StackNotAccessible(Forbidden):
    code = "stack_not_accessible"


class AgentNotAssociated(Forbidden):
    code = "agent_not_associated"


class GeneratorNotAssociated(Forbidden):
    code = "generator_not_associated"


class DiagnosticNotOwned(Forbidden):
    code = "diagnostic_not_owned"
