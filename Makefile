# The rectification tracker, from a bare machine with Python 3.11 or newer and make:
#   make demo    build the environment, make a database with made-up data, serve it on http://127.0.0.1:8000
#   make test    build the environment with the tools of development, run every test
#   make soak    the random tests, the kills and the races a hundred times as long (EFFORT=…; hours)
#   make lint    everything that can be checked without running
#   make bench   the speed table of the README (SIZE=full for the largest run)
#   make i18n    gather what needs translating, bring the catalogues up to date
#   make clean   throw the environment and every cache away; var/ (your data) stays
# Uses uv where it is installed, else venv and pip. PYTHON=… chooses an interpreter.

.PHONY: help demo test soak lint bench i18n clean
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
SIZE ?=
EFFORT ?= 100
INPUTS := pyproject.toml constraints.txt tracker/translations/hatch_build.py

# The environment of development can do all that the plain one can: once it stands, both use it.
PLAIN := $(VENV)/.ready
DEV := $(VENV)/.ready-dev
READY := $(if $(wildcard $(DEV)),$(DEV),$(PLAIN))

CATALOGUES := $(wildcard tracker/translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile

demo: $(READY) $(COMPILED)
	@echo "==> tracker demo: a SQLite database under var/, then http://127.0.0.1:8000 (Ctrl-C stops it)"
	@$(BIN)/tracker demo

test: $(DEV) $(COMPILED)
	@echo "==> every test, $(CORES) at a time"
	@$(BIN)/python -m pytest -n $(CORES) --dist loadgroup $(ARGS)

# Whatever throws dice asks tests/effort.py how often.
soak: $(DEV) $(COMPILED)
	@echo "==> the tests with chance in them, $(EFFORT) times their ordinary effort"
	@TEST_EFFORT=$(EFFORT) $(BIN)/python -m pytest -n $(CORES) --dist loadgroup $(ARGS) \
	    $$(grep -rlE '\b(rounds|dice)\(' tests --include='test_*.py')

lint: $(DEV)
	@echo "==> ruff: slips and order"
	@$(BIN)/ruff check .
	@echo "==> ruff: layout"
	@$(BIN)/ruff format --check .
	@echo "==> mypy: types"
	@$(BIN)/mypy
	@echo "==> import-linter: parts import to the left only"
	@$(BIN)/lint-imports --no-logo
	@echo "==> djlint: templates"
	@$(BIN)/djlint --lint --quiet templates
	@echo "==> nothing is tracked that must not be"
	@$(forbidden)

bench: $(DEV) $(COMPILED)
	@echo "==> the speed table (up to 20 minutes; SIZE=full takes longer)"
	@SIZE='$(SIZE)' $(BIN)/python -m tests.bench

i18n: $(DEV)
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F pyproject.toml -k N_ -k _l --no-location --sort-output --project=rectification-tracker --version= \
	    --copyright-holder="Rectification Tracker contributors" --no-wrap -o var/messages.pot .
	@test -f tracker/translations/en/LC_MESSAGES/messages.po || \
	    $(BIN)/pybabel -q init -i var/messages.pot -d tracker/translations -l en --no-wrap
	@for catalogue in tracker/translations/*/LC_MESSAGES; do \
	    $(BIN)/pybabel -q update -i var/messages.pot -d tracker/translations \
	        -l $$(basename $$(dirname $$catalogue)) --no-fuzzy-matching --no-wrap --ignore-obsolete \
	        --ignore-pot-creation-date || exit 1; \
	done
	@$(BIN)/pybabel -q compile --statistics -d tracker/translations

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -f $(COMPILED) .coverage .coverage.*
	find tracker tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +

%.mo: %.po $(READY)
	@echo "==> compiling $<"
	@$(BIN)/pybabel -q compile -i $< -o $@

$(PLAIN): $(INPUTS)
	@$(call install,.)

$(DEV): $(INPUTS)
	@$(call install,.[dev])

# A usable Python: $PYTHON if set, else the first that is new enough; one that can make environments goes first.
define find_python
	python=; bare=; \
	for name in $${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do \
	    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	    if [ -n "$(UV)" ] || "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then python=$$name; break; fi; \
	    bare=$${bare:-$$name}; \
	done; \
	if [ -z "$$python" ] && [ -n "$$bare" ]; then \
	    echo "make: $$bare is new enough but cannot make environments (no ensurepip)." >&2; \
	    echo "      On Debian or Ubuntu: apt-get install python3-venv   (or install uv)" >&2; exit 1; \
	elif [ -z "$$python" ] && [ -z "$(UV)" ]; then \
	    echo "make: no Python 3.11 or newer found. Install one, or say where it is: make demo PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi
endef

# $(1): what to install, "." or ".[dev]". An environment that works is kept and brought up to date.
define install
	set -e; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    $(find_python); \
	    if [ -n "$(UV)" ]; then \
	        echo "==> making $(VENV) with uv ($${python:-a Python that uv brings})"; \
	        "$(UV)" venv --quiet --clear --python "$${python:->=3.11}" $(VENV); \
	    else \
	        echo "==> making $(VENV) with $$python"; \
	        "$$python" -m venv --clear $(VENV); \
	    fi; \
	fi; \
	echo "==> installing $(1) into $(VENV) (a minute or two the first time)"; \
	if [ -n "$(UV)" ]; then \
	    "$(UV)" pip install --python $(BIN)/python -c constraints.txt -e '$(1)'; \
	else \
	    $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null; \
	    $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '$(1)'; \
	fi; \
	touch $@
endef

# Lock files and logs of clients hold addresses; compiled catalogues, databases and keys are made, not kept.
define forbidden
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then \
	    found=$$(git ls-files | grep -E '(^|/)(uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|package-lock\.json|pip\.conf|\.env|\.DS_Store)$$|\.(mo|pyc|pyo|db|sqlite3?|key|pem|log|whl)$$|^var/|(^|/)(__pycache__|\.venv|node_modules)/' || true); \
	    if [ -n "$$found" ]; then echo "tracked, but must not be (git rm --cached …):" >&2; echo "$$found" >&2; exit 1; fi; \
	fi; \
	if grep -nEv '^[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+$$' constraints.txt; then \
	    echo "constraints.txt: one name==version a line, nothing else (lines above)" >&2; exit 1; \
	fi
endef
