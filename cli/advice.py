"""
What to do about a refusal. Pure.
"""

from http import HTTPStatus

from cli.errors import PASSING

BY_CODE = {
    "admin_required": "this needs the admin's PAK",
    "generator_not_owned": "this PAK is another generator's: `brokkr whoami` says whose",
    "stack_not_owned": "the stack belongs to another generator: `brokkr whoami` says whose PAK this is",
    "stacks_list_denied": "this is an agent's PAK; give a generator's",
    "forbidden": "this PAK may not do that: `brokkr whoami` says whose it is",
    "not_found": "nothing answers there: check the path of the broker's URL; or the broker is older than this brokkr",
    "foreign_key_violation": "check the ids: `brokkr-broker` and GET /agents show those that are there",
    "deployment_object_not_found": "nothing was pushed to this stack yet: brokkr apply -f PATH --stack NAME",
    "already_registered": "nothing is left to do: `brokkr registrations` shows it",
}


def on_refusal(status: int, code: str, source: str) -> tuple[str, ...]:
    if status == HTTPStatus.UNAUTHORIZED:
        return (
            f"the broker does not know the PAK from {source}: rotated, deleted, cut off, or another broker's",
            "store the right one with `brokkr login`, or set BROKKR_PAK",
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return ("split the manifests into several stacks",)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in PASSING:
        return ("try again in a while; whoever runs the broker finds out more with brokkr-broker doctor",)
    advice = BY_CODE.get(code)
    return (advice,) if advice else ()
