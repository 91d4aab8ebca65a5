"""
A stack, the agents that are targeted at it, and a clock: for what is said of a rollout.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

from chalicelib.domain.agents import (
    HeartbeatReport,
    NewAgentTarget,
)
from chalicelib.domain.deployment_health import DeploymentObjectHealthUpdate, HealthStatusUpdate
from chalicelib.domain.deployment_objects import NewDeploymentObject
from chalicelib.domain.events import NewAgentEvent
from chalicelib.domain.principals import ADMIN
from chalicelib.services import agents, deployment_health, events, target_state, targets
from chalicelib.services.deployment_objects import push
from chalicelib.services.rollout import rollout
from tests.support.world import a_generator, a_stack, an_agent, config_map

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Place:
    def __init__(self, agents=1):
        self.ci = a_generator()
        self.stack = a_stack(self.ci)
        self.time = NOON
        self.agents = [self.new_agent() for _ in range(agents)]
        self._number = count(1)

    @property
    def agent(self):
        return self.agents[0]

    def now(self):
        return self.time

    def later(self, span=SECOND):
        self.time += span
        return self.time

    def new_agent(self):
        agent = an_agent()
        self.target(agent)
        self.beat(agent)
        return agent

    def target(self, agent):
        targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=self.stack.id))

    def beat(self, agent=None):
        agents.record_heartbeat(agent or self.agent, (agent or self.agent).id, HeartbeatReport(), now=self.now)

    def push(self, text=None, **values):
        content = config_map(f"app-{next(self._number)}") if text is None else text
        new = NewDeploymentObject(yaml_content=content, **values)
        return push(self.ci, self.stack.id, new, now=self.now).revision

    def poll(self, agent=None):
        return target_state.target_state(agent or self.agent, (agent or self.agent).id).objects

    def event(self, revision, status="SUCCESS", message=None, agent=None):
        agent = agent or self.agent
        said = NewAgentEvent(
            agent_id=agent.id, deployment_object_id=revision.id, event_type="DEPLOY", status=status, message=message
        )
        return events.report(agent, agent.id, said, now=self.now)

    def health(self, revision, status, summary=None, agent=None):
        agent = agent or self.agent
        one = DeploymentObjectHealthUpdate(id=revision.id, status=status, checked_at=self.time, summary=summary)
        said = HealthStatusUpdate(deployment_objects=[one])
        deployment_health.report(agent, agent.id, said, now=self.now)

    def rollout(self, object_id=None, caller=None):
        return rollout(caller or self.ci, self.stack.id, object_id, now=self.now)

    def states(self, object_id=None):
        return {one.state.value for one in self.rollout(object_id).agents}

    def told(self, object_id=None):
        """
        State and moment of the only agent.
        """
        [one] = self.rollout(object_id).agents
        return one.state.value, one.since

    def verdict(self, object_id=None):
        return self.rollout(object_id).verdict.value
