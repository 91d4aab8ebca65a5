# Each target does its own set-up, and says what is missing.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help python setup demo test coverage lint check check-slow bench kube package deploy undeploy clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is missing. Get it with: sudo apt-get install -y python3 python3-venv (or dnf, brew: python3.12)" >&2; exit 1; }

setup: python ## make .venv with everything in it; quick when nothing changed
	@$(PYTHON) -m tools.setup

demo: setup ## run the tutorial on real parts, and stay up; ONCE=1 ends by itself
	@$(BIN)/python -m tools.demo $(if $(ONCE),--once)

test: setup ## run the fast tests
	@$(BIN)/pytest -n auto

coverage: setup ## run them with coverage by branch, in half as much time again
	@$(BIN)/pytest -n auto --cov --cov-branch --cov-report=term

lint: setup ## check format, lint, types and layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## what CI runs: lint and the fast tests
	$(BIN)/pytest -n auto

check-slow: setup kube ## run the slow tests: a real store, a real API server, the tutorial, the SDK
	$(BIN)/pytest -m slow tests/slow tests/sdk

bench: setup ## print the figures
	@$(BIN)/python -m benchmarks

package: setup ## make what AWS runs, in build/STAGE; STAGE=dev unless said
	@$(BIN)/python -m tools.deploy package --stage $(or $(STAGE),dev)

deploy: setup ## deploy to AWS: STAGE=, YES=1 asks nothing, BUCKET=, PARAMETERS="NAME=VALUE …"
	@$(BIN)/python -m tools.deploy deploy --stage $(or $(STAGE),dev) $(if $(YES),--yes) $(if $(BUCKET),--bucket $(BUCKET)) $(if $(PARAMETERS),--parameters $(PARAMETERS))

undeploy: setup ## take it away again, all but the table
	@$(BIN)/python -m tools.deploy undeploy --stage $(or $(STAGE),dev) $(if $(YES),--yes)

kube: python ## build the control plane of the demo and the slow tests; minutes the first time
	@$(PYTHON) -m tools.kube build

clean: ## remove what setup and the checks made; the cache in ~/.cache/brokkr stays
	rm -rf .venv .cache build .coverage .import_linter_cache .mypy_cache .pytest_cache .ruff_cache *.egg-info
