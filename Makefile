# Everything below needs Python 3.11 or newer and make; the rest installs itself into .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NIGHTS ?= 4

.PHONY: run test lint format lock upgrade extra-keyring extra-notebooks extra-serve hooks soak bench bench-quick cassettes reliability notebooks dictionary staging bi-check clean
.DEFAULT_GOAL := run

run: .venv/run.stamp  ## The main job, on the embedded company unless configured otherwise.
	$(BIN)/quickduck run --live-on

test: .venv/dev.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations=10 -m "not long"

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

hooks:  ## Has git run `make lint` before each commit in this clone.
	git config core.hooksPath .githooks

soak: .venv/dev.stamp  ## The tests that kill and break whole nights, then NIGHTS=4 random ones; by hand, take 500.
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=10 -m long
	$(BIN)/python -m tests.tools.soak $(NIGHTS) $(SEED)

bench: .venv/dev.stamp  ## Measures everything, or ONLY="load --objects 100000", into docs/performance.md; takes an hour and 12 GB.
	$(BIN)/python -m tests.benchmarks $(ONLY)

bench-quick: .venv/dev.stamp  ## Whether anything became slower than what is stored, in two minutes.
	$(BIN)/python -m tests.benchmarks.quick

reliability: .venv/dev.stamp  ## Writes docs/reliability.md out of the tests that pass.
	mkdir -p docs
	$(BIN)/python -m pytest -n 2 --dist worksteal -m survives --reliability=docs/reliability.md tests

cassettes: .venv/dev.stamp
	$(BIN)/python -m tests.tools.record_cassettes

notebooks: .venv/dev.stamp  ## Executes the notebooks on a new embedded company and keeps their outputs.
	$(BIN)/python -m tests.tools.notebooks

dictionary: .venv/dev.stamp  ## Writes docs/marts.md out of the files that build the marts.
	$(BIN)/python -m tests.tools.dictionary

staging: .venv/dev.stamp  ## Writes the SQL of transforms/staging/ out of the mapping beside it.
	$(BIN)/python -m tests.tools.staging

bi-check: .venv/run.stamp  ## Reads the published file with the DuckDBs of BI tools, fetched from a package index.
	$(BIN)/python -m tests.tools.bi_check

extra-keyring: .venv/keyring.stamp  ## The system's keyring, to keep the key of the tokens in.

extra-notebooks: .venv/notebooks.stamp  ## JupyterLab and what the notebooks draw with.

extra-serve: .venv/serve.stamp  ## What `quickduck serve` listens with.

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)
NAMED = $(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))$(1), sep='\n')"
EXTRA = $(call NAMED,['project']['optional-dependencies']['$(1)'])

lock:  ## Resolves pyproject.toml into the locks, with every pin left where it may stay; wants uv.
	$(COMPILE) pyproject.toml -o requirements.lock
	$(call NAMED,['build-system']['requires']) | $(COMPILE) -c requirements.lock - -o requirements-build.lock
	$(call EXTRA,keyring) | $(COMPILE) -c requirements.lock - -o requirements-keyring.lock
	$(call EXTRA,serve) | $(COMPILE) -c requirements.lock - -o requirements-serve.lock
	$(call EXTRA,notebooks) | $(COMPILE) -c requirements.lock -c requirements-serve.lock - -o requirements-notebooks.lock
	$(COMPILE) -c requirements.lock -c requirements-serve.lock -c requirements-notebooks.lock --extra serve --group dev pyproject.toml -o requirements-dev.lock

upgrade: UPGRADE := --upgrade
upgrade: lock  ## Resolves them with every pin moved to the newest that may be.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "quickduck needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/python
	@echo "Installing into .venv, once; this takes about a minute."
	$(INSTALL) --require-hashes -r requirements.lock -r requirements-build.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/%.stamp: requirements-%.lock .venv/run.stamp
	$(INSTALL) --require-hashes -r $<
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
