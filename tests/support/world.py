"""
Callers and what is theirs, made through the services, for tests below HTTP; and the table laid bare.
"""

from itertools import count

from chalicelib.domain.agents import NewAgent
from chalicelib.domain.generators import NewGenerator
from chalicelib.domain.principals import ADMIN, Principal, Role
from chalicelib.domain.stacks import NewStack
from chalicelib.services import agents, generators, stacks

_number = count(1)


def a_generator():
    made, _ = generators.create_generator(ADMIN, NewGenerator(name=f"generator-{next(_number)}"))
    return Principal(Role.GENERATOR, made.id)


def an_agent():
    made, _ = agents.create_agent(ADMIN, NewAgent(name=f"agent-{next(_number)}", cluster_name="test"))
    return Principal(Role.AGENT, made.id)


def a_stack(generator):
    return stacks.create_stack(generator, NewStack(name=f"stack-{next(_number)}"))


def config_map(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def rows(table):
    """
    Every item of the table as DynamoDB has it, to compare before with after.
    """
    pages = table.get_paginator("scan").paginate(TableName="brokkr")
    return sorted((row for page in pages for row in page["Items"]), key=lambda row: (row["pk"]["S"], row["sk"]["S"]))
