# The commands of the house. Each works from a fresh clone with nothing but Python 3.11+.
PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run demo collector test lint bench docs examples lock browser clean

help:  ## Show these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 10

$(BIN)/.run: requirements.lock
	$(PYTHON) -c "import sys; sys.exit('Arrears needs Python 3.11 or newer, this is ' + sys.version.split()[0] + '; set PYTHON=... to another one') if sys.version_info < (3, 11) else None"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(BIN)/.dev: requirements-dev.lock $(BIN)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(BIN)/.run  ## Start Arrears on http://127.0.0.1:8501
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

demo: $(BIN)/.run  ## Fill an empty database with the demonstration portfolio
	$(BIN)/python cli.py demo

collector:  ## Build dist/arrears-collect.pyz: the collector in one file, for any Python 3.11+
	$(PYTHON) -m evidence.package dist/arrears-collect.pyz

browser: $(BIN)/.dev
	@$(BIN)/python tests/browser/find_chromium.py --install

test: $(BIN)/.dev browser  ## Run every test: unit, property, contract, page, browser, types, layers
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(BIN)/.dev  ## Check style, types and layers only
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(BIN)/.dev browser  ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m benchmarks

docs: $(BIN)/.dev browser  ## Make the generated references and the screenshots anew
	$(BIN)/python -m docs.generate

examples: $(BIN)/.dev  ## Scan public repositories anew into docs/examples (fetches them once)
	$(BIN)/python -m docs.examples

lock: $(BIN)/.dev  ## Resolve requirements*.txt into requirements*.lock (needs uv on the PATH)
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header requirements.txt -o requirements.lock
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header requirements-dev.txt -c requirements.lock -o requirements-dev.lock

clean:  ## Remove the virtual environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
