# `make help` lists what can be asked for. Every target makes its own environment.

PYTHON ?= python3
VENV ?= .venv
PYTHONS ?= 3.11 3.12 3.13
WORKERS ?= 2
DEMO ?= contrib/std/examples/hello.yaml
BENCH ?= tests/bench
ARGS ?=

BIN := $(VENV)/bin
READY := $(VENV)/.ready
LINTER := $(VENV)/linter
PROJECTS := $(wildcard core/pyproject.toml plugins/*/pyproject.toml contrib/*/pyproject.toml)
DISTRIBUTIONS := $(PROJECTS:/pyproject.toml=)
WITH_EXTRAS := $(patsubst %/pyproject.toml,%,$(shell grep -l '^all = ' $(PROJECTS)))
SOURCES := $(wildcard $(DISTRIBUTIONS:=/src))
TESTS := $(wildcard $(DISTRIBUTIONS:=/tests) tests)
CONFTESTS := $(wildcard $(TESTS:=/conftest.py) tests/*/conftest.py)
SUITE := $(wildcard core/tests plugins/*/tests)
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

empty :=
export MYPYPATH := $(subst $(empty) $(empty),:,$(SOURCES))
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.NOTPARALLEL:
.PHONY: help demo test check lint types layers suite others surface bench browser clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY)  ## run the example workflow (another: DEMO=file)
	$(BIN)/stratagem run $(DEMO)

test: check others $(READY)  ## check, then every test; PYTHONS= leaves the other Pythons out
	@echo "== all tests, $$($(BIN)/python -V)"
	@$(PYTEST) $(ARGS)

check: lint types layers  ## ruff, mypy --strict, and which room may import which

lint: $(READY)
	@echo "== ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

# The folders of plugins are no Python names, so mypy calls each conftest.py in them "conftest": one run for each.
types: $(READY)
	@echo "== mypy"
	@$(BIN)/mypy --exclude '/conftest\.py$$' $(SOURCES) $(TESTS)
	@for file in $(CONFTESTS); do $(BIN)/mypy "$$file" || exit 1; done

# In an environment of its own: with click, which import-linter needs, httpx imports more than it does for users.
layers: $(LINTER)/.ready
	@echo "== import-linter"
	@PYTHONPATH="$(MYPYPATH)" $(LINTER)/bin/lint-imports --no-cache pyproject.toml >$(LINTER)/found.txt 2>&1 || \
		{ cat $(LINTER)/found.txt; exit 1; }

# Fewer examples of each property, and nothing slow: what these runs look for is what another Python does differently.
others: $(READY)
	@found=$$(.ci/other-pythons $(BIN)/python $(PYTHONS)) && \
	echo "$$found" | while read -r version path; do \
		[ -z "$$version" ] || STRATAGEM_EXAMPLES=$${STRATAGEM_EXAMPLES:-dev} \
		$(MAKE) --no-print-directory suite PYTHON="$$path" VENV=".venv-$$version" \
			ARGS='-m "not slow" $(ARGS)' </dev/null || exit 1; \
	done

suite: $(READY)  ## the tests of the core and the plugins alone
	@echo "== core and plugins, $$($(BIN)/python -V)"
	@$(PYTEST) $(SUITE) $(ARGS)

surface: $(READY)  ## write the stubs of the public packages and docs/reference.md, from the code
	@PYTHONPATH=tests/shared $(BIN)/python tests/shared/public_surface.py

bench: $(READY)  ## the figures: what a step costs, beside others (options: ARGS=…)
	$(BIN)/python $(BENCH) $(ARGS)

ifneq ($(wildcard plugins/browser),)
demo test bench: browser

browser:  ## install Chromium where it is missing and may be installed
	@.ci/browser
endif

clean:  ## remove caches and builds
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis dist runs
	find $(DISTRIBUTIONS) tests -name __pycache__ -prune -exec rm -rf {} +

distclean: clean  ## remove the environments too
	rm -rf .venv $(PYTHONS:%=.venv-%)

$(READY): pyproject.toml $(PROJECTS) constraints.txt tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Stratagem needs Python 3.11 or newer; choose one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "== setting up $(VENV)"
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q -c constraints.txt -r tests/requirements.txt
	@$(BIN)/pip install -q -c constraints.txt --no-build-isolation $(foreach each,$(DISTRIBUTIONS),-e '$(each)$(if $(filter $(each),$(WITH_EXTRAS)),[all])')
	@$(BIN)/pip install -q --no-build-isolation --no-deps -e .
	@touch $@

$(LINTER)/.ready: $(READY) constraints.txt
	@[ -x $(LINTER)/bin/pip ] || $(BIN)/python -m venv $(LINTER)
	@$(LINTER)/bin/pip install -q -c constraints.txt import-linter
	@touch $@
