"""
A valid thing of each kind, made through the API: a test names only what matters to it.
"""

from dataclasses import dataclass
from itertools import count

from tests.support.world import config_map

_number = count(1)


@dataclass(frozen=True)
class Made:
    """
    Who can call: an id and its PAK.
    """

    id: str
    pak: str


def new_generator(http, **fields):
    made = _created(http, "/generators", http.admin, {"name": f"ci-{next(_number)}"} | fields)
    return Made(made["generator"]["id"], made["pak"])


def new_agent(http, **fields):
    fields = {"name": f"agent-{next(_number)}", "cluster_name": "test"} | fields
    made = _created(http, "/agents", http.admin, fields)
    return Made(made["agent"]["id"], made["initial_pak"])


def new_stack(http, generator, **fields):
    return _created(http, "/stacks", generator.pak, {"name": f"stack-{next(_number)}"} | fields)["id"]


def new_target(http, agent, stack_id):
    return _created(http, f"/agents/{agent.id}/targets", http.admin, {"stack_id": stack_id})


def new_object(http, generator, stack_id, yaml_content=None):
    """
    A push, of a ConfigMap where nothing else is named.
    """
    body = {"yaml_content": yaml_content or config_map(f"object-{next(_number)}")}
    return _created(http, f"/stacks/{stack_id}/deployment-objects", generator.pak, body)


def _created(http, path, pak, body):
    answer = http.post(path, pak=pak, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()
