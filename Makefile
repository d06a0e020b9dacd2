# Homeward. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# uv needs seconds where pip needs a minute; where only pip is told of the package index, pip does it. Compiled once:
# where Python may not write what it compiles (containers say so), each start of a command would do it for 3 s of CPU.
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode
WORKERS ?= 2

# The quickest Python that is new enough and can make an environment: of one version, a build without profile-guided
# optimisation (pyenv's, say) needs a sixth to a half more time. Tried in turns, because machines have slow moments.
# PYTHON=/path/to/python3.12 chooses another.
PYTHON ?= $(shell for turn in 1 2 3; do \
	for python in $$(type -ap python3 python3.14 python3.13 python3.12 python3.11 | xargs -n 1 readlink -f 2>/dev/null | sort -u); do \
	$$python -c '$(TRIAL)' 2>/dev/null || true; done; done | sort -n | head -n 1 | cut -d " " -f 2)
TRIAL := import ensurepip, sys, timeit, venv; sys.version_info >= (3, 11) and print(min(timeit.repeat( \
	"[(n, str(n)) for n in range(200)]; {n: [n] for n in range(200)}; sorted(range(200), key=lambda n: -n)", \
	number=300, repeat=5)), sys.executable)

.PHONY: help
help: ## Say what each target does
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  \033[1m%-15s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(INSTALLED) ## Make .venv with the locked libraries (nothing to do when they are there)

$(INSTALLED): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || { python="$(PYTHON)"; test -n "$$python" \
		|| { echo "Homeward needs Python 3.11 or newer with venv; say PYTHON=/path/to/python." >&2; exit 2; }; \
		"$$python" -m venv $(VENV); }
	sed -n '/^uv==/,/# via/p' requirements-dev.lock > $(VENV)/uv.lock
	$(PIP) --require-hashes -r $(VENV)/uv.lock
	$(UV) --require-hashes -r requirements-dev.lock || $(PIP) --require-hashes -r requirements-dev.lock
	$(UV) --no-deps --no-build-isolation --editable . || $(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q domain adapters api migrations
	@touch $@

.PHONY: demo
demo: install ## Load the synthetic population and show what can be asked of it
	$(BIN)/homeward demo

.PHONY: serve
serve: install ## Serve the API on this machine, with a PostgreSQL of its own in var/
	$(BIN)/homeward serve

.PHONY: test
test: install ## Run every test against a real PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS)

.PHONY: mutation
mutation: install ## Change the gate and the status in small ways, see that tests notice; writes docs/mutation.md
	$(UV) --require-hashes -r requirements-mutation.lock || $(PIP) --require-hashes -r requirements-mutation.lock
	$(BIN)/python -m tests.mutation

.PHONY: tamper
tamper: install ## Forge 10,000 times as database superuser and write 1,000 honest bundles (about twenty minutes)
	$(BIN)/python -m tests.evidence.at_length

.PHONY: projector-kills
projector-kills: install ## Kill the projector 500 times while others write; compare with a fresh replay (a quarter of an hour)
	$(BIN)/python -m tests.views.killing

.PHONY: check
check: install ## Format, lint, types, imports, migrations
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m migrations.check

.PHONY: format
format: install ## Put the code into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: bench
bench: install ## Measure every workload against its peers; writes benchmarks/results.json and docs/benchmarks.md
	$(BIN)/python -m benchmarks

.PHONY: lock
lock: ## Choose library versions anew, within the bounds of pyproject.toml
	@test -x $(BIN)/uv || $(MAKE) install
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --constraint requirements.lock --extra dev \
		-o requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --constraint requirements-dev.lock --extra mutation \
		-o requirements-mutation.lock pyproject.toml

.PHONY: audit
audit: install ## Ask whether a locked library has a known vulnerability (needs the network)
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.lock
