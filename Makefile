# kabar: `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-docker check format quality kill-test bench ledger lock

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp makes `make setup` cheap to repeat: it installs again only when the pins changed.
$(VENV)/.installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("kabar needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

setup: $(VENV)/.installed ## Make .venv and install kabar there

demo: setup ## Run everything on sample feeds; page at http://127.0.0.1:8700
	$(BIN)/kabar demo

run: setup ## Run kabar on config/ and data/
	$(BIN)/kabar run --config config --data data

test: setup ## Run the tests; those that need Kafka, Redis or Chromium say so when skipped
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

test-docker: setup ## Bring the compose stack up for real and use it; needs a Docker engine
	KABAR_TEST_DOCKER=1 $(BIN)/python -m pytest -q -m docker tests/e2e

check: setup ## Format, lint, types, import contracts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo > .lint-imports.log || (cat .lint-imports.log; exit 1)

format: setup ## Format the code and mend what the linter can
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

quality: setup ## Score the classifier against its pinned floors
	$(BIN)/python -m pytest -q tests/quality

kill-test: setup ## Kill kabar again and again and count: MODE=embedded|kafka|deliveries SEED=1
	$(BIN)/python benchmarks/kill_test.py --mode $(or $(MODE),embedded) --seed $(or $(SEED),1)

bench: setup ## Measure, and print figures with their commands
	for each in planning feed_parsing feed_holds polling live_page alerter deliveries embedded classify watchlist; do $(BIN)/python benchmarks/$$each.py || missed=1; done; exit $${missed:-0}

ledger: setup ## Every kill test in turn, with its count of what was lost and told twice: SEED=1
	for mode in embedded kafka deliveries; do $(BIN)/python benchmarks/kill_test.py --mode $$mode --seed $(or $(SEED),1) || lost=1; done; exit $${lost:-0}

# --universal: one set of pins for every platform and Python; no index address gets into the files.
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
lock: ## Pin the packages again, after a change of pyproject.toml
	$(LOCK) --all-extras --group dev pyproject.toml -o requirements/dev.txt
	$(LOCK) --all-extras pyproject.toml -c requirements/dev.txt -o requirements/all.txt
	$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/base.txt
