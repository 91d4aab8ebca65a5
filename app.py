"""
The broker's HTTP interface, put together.

Nothing that is made here is garbage before the process ends, so nobody looks for any: in a Lambda that saves a fifth of
the cold start.
"""
# ruff: noqa: E402 - what the imports make is meant too

import gc

gc.disable()

from chalicelib import system

began = system.now()

from chalicelib.api import (
    admin,
    agents,
    auth,
    deployment_health,
    deployment_objects,
    diagnostics,
    docs,
    events,
    fleet,
    generators,
    health,
    logs,
    metrics,
    rollout,
    stacks,
    swagger_ui,
    target_state,
    targets,
    telemetry,
    websockets,
)
from chalicelib.api.answered import Start
from chalicelib.api.broker import Broker
from chalicelib.api.middleware import authenticate, follow_settings, log_request, render_errors
from chalicelib.services.health import connect
from chalicelib.settings import settings

app = Broker(app_name="brokkr")
logs.configure(app.log)

for noun in (
    health,
    metrics,
    docs,
    swagger_ui,
    auth,
    generators,
    stacks,
    deployment_objects,
    deployment_health,
    rollout,
    agents,
    targets,
    target_state,
    events,
    diagnostics,
    telemetry,
    admin,
    websockets,
    fleet,
):
    app.register_blueprint(noun.routes)

if settings.in_lambda:
    connect()
logged = log_request(app.log, Start(system.now() - began))
for middleware in (logged, render_errors, authenticate, follow_settings(app.log)):
    app.register_middleware(middleware, "http")
gc.freeze()
gc.enable()
