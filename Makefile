# Everything a fresh Debian machine with python3, make and git needs. PYTHON=... names another interpreter,
# TESTS=... some tests, WORKERS=... so many at a time, BENCH=... options of the bench.
PYTHON ?= $(shell sh requirements/python)
# The tests wait a lot: one more of them at a time than there are cores.
WORKERS ?= $(shell n=$$(nproc); echo $$((n > 3 ? 4 : n + 1)))
CLIENTS := twitter gnusocial statusnet tweepy python-twitter requests-oauthlib

# Only what the tables of hashes name is installed.
PIP := -m pip install --quiet --disable-pip-version-check
HASHED := $(PIP) --require-hashes

RUNTIME := .venv/.runtime
DEV := .venv/.dev
MOCK := .venvs/mock/.done
C2S := .venvs/c2s/.done
SCHEMAS := .venvs/deploy/.done
WHEELS := .venvs/wheels/.done
DESKTOP := .venv/.desktop
CLIENT_VENVS := $(CLIENTS:%=.venvs/client-%/.done)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-desktop check bench clean servers loaders

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

install: $(RUNTIME) ## the gateway in .venv

demo: $(RUNTIME) $(MOCK) ## a gateway with made-up people, no account needed
	@.venv/bin/oldbird demo

test: servers $(DEV) $(MOCK) $(C2S) $(SCHEMAS) $(WHEELS) $(CLIENT_VENVS) ## all tests, in random order
	@.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

test-desktop: $(DEV) $(MOCK) $(DESKTOP) ## Choqok, a client with windows, on a screen nobody sees
	@if sh requirements/offered choqok; then \
	    sh requirements/debian choqok xvfb xdotool at-spi2-core dbus-daemon && .venv/bin/python -m pytest tests/desktop; \
	fi

check: $(DEV) ## style, types, generated pages
	.venv/bin/ruff check
	.venv/bin/ruff format --check --quiet
	.venv/bin/mypy
	.venv/bin/python -m gateway.call_docs | diff -u docs/calls.md -
	.venv/bin/python -m gateway.compatibility | diff -u docs/compatibility.md -
	.venv/bin/oldbird config --markdown | diff -u docs/settings.md -
	.venv/bin/python -m mappings.fidelity | diff -u docs/fidelity.md -
	.venv/bin/python -m gateway.client_docs | diff -u docs/clients.md -
	.venv/bin/python -m tests.clients.table README.md | diff -u README.md -

bench: loaders $(DEV) ## measured speed beside the goals
	@.venv/bin/python -m tests.bench $(BENCH)

clean: ## removes what make made
	rm -rf .venv .venvs build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements/build.txt requirements/runtime.txt pyproject.toml
	@sh requirements/venv "$(PYTHON)" .venv
	.venv/bin/python $(HASHED) -r requirements/build.txt -r requirements/runtime.txt
	.venv/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements/dev.txt requirements/browser.txt requirements/axe.txt
	.venv/bin/python $(HASHED) -r requirements/dev.txt -r requirements/browser.txt
	.venv/bin/python $(HASHED) --no-deps -r requirements/axe.txt
	@touch $@

$(DESKTOP): $(DEV) requirements/desktop.txt
	.venv/bin/python $(HASHED) -r requirements/desktop.txt
	@touch $@

$(MOCK): requirements/mock.txt
	@sh requirements/venv "$(PYTHON)" .venvs/mock
	.venvs/mock/bin/python $(HASHED) -r requirements/mock.txt
	@touch $@

$(C2S): requirements/c2s.txt
	@sh requirements/venv "$(PYTHON)" .venvs/c2s
	.venvs/c2s/bin/python $(HASHED) -r requirements/c2s.txt
	@touch $@

$(SCHEMAS): requirements/deploy.txt
	@sh requirements/venv "$(PYTHON)" .venvs/deploy
	.venvs/deploy/bin/python $(HASHED) -r requirements/deploy.txt
	@touch $@

# What the steps of the Dockerfile install when the suite runs them without a network.
$(WHEELS): $(RUNTIME) requirements/build.txt requirements/runtime.txt
	.venv/bin/python -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
	    --dest .venvs/wheels -r requirements/build.txt -r requirements/runtime.txt
	@touch $@

.venvs/client-%/.done: requirements/client-%.txt requirements/build.txt
	@sh requirements/venv "$(PYTHON)" .venvs/client-$*
	.venvs/client-$*/bin/python $(HASHED) -r requirements/build.txt
	.venvs/client-$*/bin/python $(HASHED) --no-build-isolation -r requirements/client-$*.txt
	@touch $@

# Debian packages: what tests and bench run on private ports, and the client that is no library.
servers:
	@sh requirements/debian redis-server curl nginx-light caddy systemd sqlite3 chromium chromium-driver

loaders:
	@sh requirements/debian redis-server nginx-light
