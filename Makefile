# Everything a developer or a newcomer runs. Each target installs what it needs; `make` lists them.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(wildcard */locale/*/LC_MESSAGES/*.po)
BENCH ?= $(basename $(notdir $(wildcard benchmarks/[a-z]*.py)))
LOCK := --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --quiet $(if $(UPGRADE),--upgrade)

# The first Python that is new enough; name another with `make PYTHON=/path/to/python3`.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test check format lint types layers docs lock catalogues wheel release bench soak fuzz defences clean

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-11s %s\n' "$$name" "$$text"; done

install: $(VENV)/installed $(VENV)/catalogues ## make the environment .venv, if it is missing or stale

demo: install ## show the main job on made-up data: workbook in; mails, SMS, WeCom out; form back
	@$(BIN)/python -m tests.demo $(ARGS)

test: install ## run all tests, on SQLite and on a real PostgreSQL
	@$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered $(ARGS)

check: format lint types layers docs ## format, lint, types, direction of imports, documentation
	@echo "Format, lint, types, direction of imports and documentation are in order."

format: install ## is everything formatted? (mend with `.venv/bin/ruff format`)
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }

lint: install ## does the linter find nothing?
	@$(BIN)/ruff check --quiet .

types: install ## do all types fit?
	@$(BIN)/mypy --no-error-summary

layers: install ## do imports go one way?
	@$(BIN)/lint-imports > $(VENV)/layers.log || { cat $(VENV)/layers.log; exit 1; }

docs: install ## do all links of the documentation lead somewhere?
	@$(BIN)/pytest tests/repo/test_docs.py

catalogues: $(VENV)/catalogues ## compile the translations (.po to .mo)

wheel: install ## build dist/shouwang-*.whl, which a site installs
	@rm -rf dist && $(BIN)/python -m hatchling build -t wheel

release: install ## make what is published: wheel, pins, list of parts (SBOM), sums; look for known weaknesses
	@.ci/release

soak: install ## live through many simulated years with faults; SEEDS=1000 JOBS=2 MINUTES=60
	@$(BIN)/python -m tests.service.simulation.soak --seeds $(or $(SEEDS),1000) --jobs $(or $(JOBS),2) \
		$(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

bench: install ## measure speed against limits taken in the same run (one: BENCH=mail)
	@set -e; for name in $(BENCH); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(ARGS); done

DOORS ?= configuration text_file container template receipts address \
	cells interruption push link reload desk file
fuzz: install ## throw anything at every door, with atheris where it has a wheel; DOORS=push SECONDS_EACH=60
	@[ -d $(VENV)/atheris ] || $(BIN)/python -m pip install -qq --target $(VENV)/atheris 'atheris>=3,<4' \
		|| echo "atheris has no wheel here: doors are tried by chance alone"
	@set -e; for name in $(DOORS); do echo "== $$name"; \
		PYTHONPATH=$(VENV)/atheris $(BIN)/python -m tests.fuzz.run $$name $(or $(SECONDS_EACH),60); done

defences: install ## take each defence of docs/security.md out and see its test fail; ARGS=link tries some
	@$(BIN)/python -m tests.security.trial $(ARGS)

lock: ## pin all dependencies anew within pyproject.toml; UPGRADE=1 takes the newest
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m venv "$$scratch"; "$$scratch/bin/pip" install -qq 'uv>=0.9,<1'; \
	"$$scratch/bin/uv" pip compile $(LOCK) -o requirements.txt pyproject.toml; \
	"$$scratch/bin/uv" pip compile $(LOCK) -o requirements-dev.txt -c requirements.txt \
		--extra dev pyproject.toml

clean: ## remove the environment and everything made
	rm -rf $(VENV) build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find $(wildcard */) -name __pycache__ -prune -exec rm -rf {} +
	rm -f */locale/*/LC_MESSAGES/*.mo

$(BIN)/python:
	@$(or $(PYTHON),python3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Shouwang needs Python 3.11 or newer and found none here. If you have one under another name:" >&2; \
		echo "  make install PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make an environment. On Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }

$(VENV)/installed: requirements-dev.txt pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Installing into $(VENV) (a minute or two, only when something changed) ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/catalogues: $(CATALOGUES) $(VENV)/installed
	@$(BIN)/python -c 'import hatch_build, pathlib; hatch_build.compile_catalogues(pathlib.Path("."))'
	@touch $@
