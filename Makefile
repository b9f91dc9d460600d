# The two commands of a fresh machine are `make run` and `make test`; the others are for daily work.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore::DeprecationWarning
UV := $(shell command -v uv 2>/dev/null || echo $(HOME)/.local/bin/uv)
PY := $(UV) run --frozen --no-sync python
MODEL_INPUTS := config.yml domain.yml $(wildcard data/nlu/*.yml data/stories/*.yml data/services/*.yml data/kommune/*.yml data/lexicon/*.yml bot/nlu/*.py)

.PHONY: help setup run train test lint check ablation bench widget format clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready ## Install Python and everything Python needs

.venv/.ready: pyproject.toml uv.lock scripts/get-uv
	@scripts/get-uv
	$(UV) sync --frozen
	@# Also when someone types `rasa …` without make: no telemetry unless asked for.
	@echo 'import os; os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")' > .venv/lib/python3.11/site-packages/no_telemetry.pth
	@touch $@

run: models/.trained bot/server/static/odder-chat.js ## Set up, train if needed, serve; prints the address
	@$(PY) -m bot.server

train: .venv/.ready ## Train a model from the files in data/
	$(PY) -m bot.engine.train
	@touch models/.trained

models/.trained: .venv/.ready $(MODEL_INPUTS)
	@$(MAKE) --no-print-directory train

widget: ## Build the chat widget from widget/ (needs Node.js; the built file is in the repository)
	cd widget && npm ci --no-audit --no-fund && npm run build

test: models/.trained ## Set up and run every test
	@scripts/get-test-tools
	$(PY) -m pytest

lint: .venv/.ready ## ruff, mypy, and the content files
	$(UV) run --frozen --no-sync ruff check .
	$(UV) run --frozen --no-sync ruff format --check .
	$(UV) run --frozen --no-sync mypy
	$(PY) -m bot.catalogue
	$(PY) -m bot.evaluation.phrasings

check: models/.trained ## How well citizens are understood: a table, and a page in report/
	$(PY) -m bot.evaluation

ablation: .venv/.ready ## What each part of the understanding is worth; writes docs/bench/ablation.md
	$(PY) -m bot.evaluation.ablation

bench: models/.trained ## Speed and memory beside Rasa's default and nlp.js; the desk; publishing; writes docs/bench/
	@scripts/get-test-tools
	$(PY) -m bench
	$(PY) -m bench.desk
	$(PY) -m bench.publish

format: .venv/.ready ## Put the code in the project's format
	$(UV) run --frozen --no-sync ruff format .
	$(UV) run --frozen --no-sync ruff check --fix .

clean: ## Remove what can be made again
	rm -rf .venv models report .pytest_cache .mypy_cache .ruff_cache
