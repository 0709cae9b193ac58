# The commands of this project; `make` alone tells them. Works with GNU make 3.81 and BSD tools.

PY      := .venv/bin/python
MARKER  := .venv/installed
LOCK    := requirements/all.txt
CLIENTS := tests/node/node_modules/installed
EXAMPLES := staging/examples/node_modules/installed
APP     := staging/app
PARTS   := $(APP)/node_modules/installed
SOURCES := $(wildcard $(APP)/*.js* $(APP)/index.ts $(APP)/src/* $(APP)/src/*/* $(APP)/flaws/* $(APP)/public/*)
COMPILE := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
           --no-emit-index-url --no-emit-find-links --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help install node app app-native app-check app-flows run check test test-all slow bench soak kill-matrix conformance drift schema sdk-suite rivals lock clean

help: ## what there is
	@echo "make install      everything into .venv, from $(LOCK); skipped when up to date"
	@echo "make run          the gate: every scenario, under load (ARGS=\"double_tap --seed 7\" for less)"
	@echo "make node         the vendors' Node clients that some tests use, and what the example in Node needs; skipped when up to date"
	@echo "make app          the mobile app for the browser: $(APP)/dist, and dist-test for tests; skipped when up to date"
	@echo "make app-native   the mobile app for Android and iOS: $(APP)/dist-native; skipped when up to date"
	@echo "make app-check    types and unit tests of the mobile app"
	@echo "make app-flows    what people do in the app as Maestro flows for simulators, into $(APP)/maestro"
	@echo "make check        format, lint, types and house rules; under a minute"
	@echo "make test         make check, then all our own tests, two files side by side (ARGS=... goes to pytest)"
	@echo "make test-all     make test, then the slow ones: the whole gate and sweep, every flaw, more kills (make slow: only these)"
	@echo "make kill-matrix  which checker catches which planted flaw, and that no control alarms; writes docs/kill-matrix.md"
	@echo "make conformance  the official client's scenarios against the payment fake; writes docs/conformance.md"
	@echo "make drift        what the vendors' official clients can ask and our fakes do not serve; writes docs/drift.md"
	@echo "make schema       the JSON Schema of target files, and the keys in docs/target.md"
	@echo "make sdk-suite    the official Python client's own tests against the payment fake; writes docs/sdk-suite.md"
	@echo "make bench        how fast the parts are; writes bench/results"
	@echo "make rivals       the payment fake's speed beside two others and a plain app (fetches them); writes bench/results"
	@echo "make soak         the gate seed after seed (ARGS=\"--seeds 20\", ARGS=\"--controls\"); appends to docs/soak.md"
	@echo "make lock         maintainers: pin dependencies again (UPGRADE=--upgrade for newer ones)"
	@echo "make clean        remove .venv and caches; reports/runs stays"

install: $(MARKER)

$(MARKER): $(LOCK)
	@sh requirements/install.sh .venv $(LOCK)
	@touch $(MARKER)

node: $(CLIENTS) $(EXAMPLES)

$(CLIENTS): tests/node/package-lock.json requirements/node.txt $(MARKER)
	@sh requirements/node.sh .venv requirements/node.txt tests/node
	@touch $(CLIENTS)

$(EXAMPLES): staging/examples/package-lock.json requirements/node.txt $(MARKER)
	@sh requirements/node.sh .venv requirements/node.txt staging/examples
	@touch $(EXAMPLES)

app: $(APP)/dist/built $(APP)/dist-test/built

app-native: $(APP)/dist-native/built

app-flows: install
	$(PY) -m tools.maestro $(ARGS)

app-check: $(PARTS)
	@sh $(APP)/build.sh $(abspath .venv)/bin/node check

$(PARTS): $(APP)/package-lock.json requirements/node.txt $(MARKER)
	@sh requirements/node.sh .venv requirements/node.txt $(APP)
	@touch $(PARTS)

$(APP)/%/built: $(PARTS) $(SOURCES) $(APP)/build.sh
	@sh $(APP)/build.sh $(abspath .venv)/bin/node $*
	@touch $@

run: install
	@$(PY) -m harness run $(ARGS)

check: install
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest tests/house -q

test: check node
	$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

test-all: test slow

slow: install node app app-native
	$(PY) -m pytest -m slow $(ARGS)

kill-matrix: install
	$(PY) -m tools.kill_matrix $(ARGS)

conformance: install node
	$(PY) -m tools.conformance $(ARGS)

drift: install
	$(PY) -m tools.drift $(ARGS)

schema: install
	$(PY) -m tools.target_schema

sdk-suite: install
	$(PY) -m tools.sdk_suite $(ARGS)

rivals: install
	$(PY) -m bench.rivals $(ARGS)

bench: install
	$(PY) -m bench $(ARGS)

soak: install
	$(PY) -m tools.soak $(ARGS)

# The pins that are there are kept where they still fit; hashes come with them, addresses do not.
lock: install
	@$(PY) -m uv --version >/dev/null 2>&1 || { echo "make lock needs uv: $(PY) -m pip install uv"; exit 2; }
	$(COMPILE) $(UPGRADE) --group dev -o $(LOCK)
	$(COMPILE) -c $(LOCK) -o requirements/run.txt
	$(COMPILE:pyproject.toml=--group pyproject.toml:image) -c $(LOCK) -o requirements/image.txt
	$(COMPILE:pyproject.toml=--group pyproject.toml:node) $(UPGRADE) -o requirements/node.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
