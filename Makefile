# Tradewire. Two commands are enough: `make run` serves the hub, `make test` proves it.
# Every environment is made here, from hashed locks; a second run changes nothing and starts at once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run console test check chaos bench bench-backtest mutate docs web lock format clean distclean system

# The system's own Python comes first: distributions optimise theirs, what pyenv compiles by default is slower.
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
UV := .tools/bin/uv
CODE := src tests bench examples
ARGS ?=

WEB_PAGE := src/tradewire/web/index.html
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name '*.tsbuildinfo' -prune -o -type f -print 2>/dev/null)
NODE_FITS := $(shell command -v npm >/dev/null && node -e \
	'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' \
	2>/dev/null && echo yes)
NPM := $(if $(NODE_FITS),npm,PATH="$(CURDIR)/.tools/bin:$$PATH" npm)
NODE := $(if $(NODE_FITS),,.tools/node.stamp)

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run.stamp $(WEB_PAGE) ## Serve the hub on http://127.0.0.1:8000 (ARGS="--port 9000" passes options)
	@exec $(BIN)/tradewire run $(ARGS)

console: .venv/run.stamp ## Open the keyboard service
	@exec $(BIN)/tradewire console $(ARGS)

test: .venv/dev.stamp $(WEB_PAGE) system ## Run every test (ARGS="-k trailing" passes options to pytest)
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)
	cd web && $(NPM) test

check: .venv/dev.stamp web/node_modules/.stamp ## Lint, types, layers, house rules
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house
	cd web && $(NPM) run lint

chaos: .venv/dev.stamp ## Kill the hub at every boundary and compare it with the venue's own ledger (long)
	PYTHONPATH=tests $(BIN)/python -m chaos $(ARGS)

bench: .venv/dev.stamp system ## Measure what must be fast, beside its peers
	$(BIN)/python -m bench $(ARGS)

PEERS := vectorbt backtesting backtrader nautilus freqtrade

bench-backtest: .venv/dev.stamp .bench/tradewire.stamp $(PEERS:%=.bench/%.stamp) ## Measure backtests beside their peers, and compare the trades
	$(BIN)/python -m bench.backtest $(ARGS)

# What users install and no more: numba loads scipy and coverage where it finds them.
.bench/tradewire.stamp: requirements/run.txt | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .bench/tradewire
	$(UV) pip sync --quiet --python .bench/tradewire/bin/python --require-hashes $<
	@touch $@

.bench/%.stamp: bench/backtest/%.txt | $(UV)
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .bench/$* \
		&& $(UV) pip install --quiet --python .bench/$*/bin/python --require-hashes -r $< && touch $@ \
		|| echo "$* cannot be installed here: it is not measured."

mutate: .venv/dev.stamp ## Mutation score of oms and risk
	$(BIN)/mutmut run
	$(BIN)/mutmut results

docs: .venv/dev.stamp ## Build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

web: $(WEB_PAGE) ## Build the dashboard

lock: $(UV) ## Renew the locks in requirements/
	for name in tools node build; do \
		$(UV) pip compile requirements/$$name.in $(LOCK) -o requirements/$$name.txt; done
	for name in $(PEERS); do $(UV) pip compile bench/backtest/$$name.in $(LOCK) -o bench/backtest/$$name.txt; done
	$(UV) pip compile pyproject.toml $(EXTRAS) $(LOCK) -o requirements/run.txt
	$(UV) pip compile pyproject.toml $(EXTRAS) --group dev $(LOCK) -o requirements/dev.txt
EXTRAS := --extra cluster --extra crypto --extra optuna --extra postgres
LOCK := --quiet --generate-hashes --no-header --universal --python-version 3.11 --no-emit-index-url $(ARGS)

format: .venv/dev.stamp ## Format the Python code
	$(BIN)/ruff check --fix-only --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

clean: ## Remove what was built
	rm -rf site htmlcov mutants dist build .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis src/tradewire/web

distclean: clean ## Remove the environments too
	rm -rf .venv .tools web/node_modules

$(UV): requirements/tools.txt
	@test -n "$(PYTHON)" || { echo "Tradewire needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv);" \
		"none was found. PYTHON=… names another." >&2; exit 1; }
	@$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/tools.txt
	@touch $@

.tools/node.stamp: requirements/node.txt | $(UV)
	@echo "No fitting npm here: taking Node from its Python wheel"
	$(UV) pip install --quiet --python .tools/bin/python --require-hashes -r requirements/node.txt
	@touch $@

.venv/pyvenv.cfg: | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@touch $@

.venv/run.stamp: requirements/run.txt requirements/build.txt pyproject.toml | .venv/pyvenv.cfg $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements/build.txt --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt requirements/build.txt pyproject.toml | .venv/pyvenv.cfg $(UV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements/build.txt --editable .
	@touch .venv/run.stamp $@

web/node_modules/.stamp: web/package-lock.json | $(NODE)
	cd web && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB_PAGE): $(WEB_SOURCES) web/node_modules/.stamp
	cd web && $(NPM) run build --silent
	@touch $@

system: ## Install the Debian packages that tests use, where that is possible
	@missing=""; for name in chromium redis-server wrk; do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian packages:$$missing"; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null \
			|| echo "That failed: the tests that need$$missing will be skipped."; \
	else echo "Not installed, and not root on Debian:$$missing. The tests that need them will be skipped."; fi
