# Everything that a person or a build server does here. `make` alone lists it.
#
# One profile, release: the index and the document readers take long to compile, and a second profile would
# compile them again. CARGO_TARGET_DIR is honoured. Tools that are missing are put into TOOLS, outside the
# repository.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
LIAISON := $(TARGET)/release/liaison
TOOLS ?= $(HOME)/.cache/liaison-tools
HOME_DIR ?= .liaison

# The Markdown documents on which Liaison is measured against others: yours, or else the few of the sample library.
RIVALS_DOCS ?= knowledge/library
# How often they are measured; the table shows the medians.
RIVALS_ROUNDS ?= 3

# The home whose runtime and model the tests use.
export LIAISON_TEST_HOME ?= $(abspath $(TARGET))/test-home
# The binary that the browser tests start.
export LIAISON_BIN ?= $(abspath $(LIAISON))
export PATH := $(TOOLS)/bin:$(PATH)

.PHONY: help demo test check build bench evals smoke setup hub prerequisites chromium nextest deny advisories

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build setup ## sample library and sample CRM in .liaison, then a portal, the console and the evals on 127.0.0.1:8080
	$(LIAISON) --home $(HOME_DIR) demo

test: build chromium nextest tests/clients/node_modules/.installed ## everything needed, then all tests: Rust, web, browser
	$(LIAISON) --home $(LIAISON_TEST_HOME) setup
	cargo nextest run --locked --release --workspace
	npm --prefix web test
	npm --prefix web run e2e

check: deny web/node_modules/.installed ## formatting, lints, docs, licences, advisories, types
	cargo fmt --all --check
	cargo clippy --locked --release --workspace --all-targets -- -D warnings
	cargo clippy --locked --release --workspace --all-targets --features hub -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --release --no-deps --workspace
	cargo deny --locked check licenses bans sources
	@$(MAKE) --no-print-directory advisories
	npm --prefix web run check

build: web/node_modules/.built ## the release binary, with the web pages inside
	cargo build --locked --release -p liaison

bench: build ## the benchmarks, with a table of ratios at the end; RIVALS_DOCS=FOLDER takes your Markdown
	$(LIAISON) --home $(LIAISON_TEST_HOME) setup
	cargo bench --locked --workspace --bench answer --bench llm --bench scale
	python3 benches/rivals/compare.py --liaison $(LIAISON) --model-home $(LIAISON_TEST_HOME) \
	  --docs $(RIVALS_DOCS) --rounds $(RIVALS_ROUNDS) --venvs $(TARGET)/rivals-venv --work $(TARGET)/rivals

evals: build ## the golden suites against the embedded default
	$(LIAISON) --home $(TARGET)/evals-home setup
	$(LIAISON) --home $(TARGET)/evals-home seed
	$(LIAISON) --home $(TARGET)/evals-home eval run evals/suites

smoke: build nextest ## a few questions through a real language model: LLM=http://…/v1 MODEL=…, and KEY=… where it wants one
	@test -n "$(LLM)" -a -n "$(MODEL)" || { echo "make smoke LLM=http://127.0.0.1:11434/v1 MODEL=llama3.2 [KEY=...]" >&2; exit 1; }
	$(LIAISON) --home $(LIAISON_TEST_HOME) setup
	@LLM="$(LLM)" MODEL="$(MODEL)" KEY="$(KEY)" cargo nextest run --locked --release --workspace --test api \
	  --run-ignored only --no-capture -E 'test(=smoke::a_real_endpoint_keeps_the_contract)'

setup: build ## ONNX Runtime and the embedding model into .liaison
	$(LIAISON) --home $(HOME_DIR) setup

hub: nextest web/node_modules/.built ## the binary that can fetch models from a model hub, and its tests
	cargo build --locked --release -p liaison --features hub
	$(LIAISON) --home $(LIAISON_TEST_HOME) setup
	cargo nextest run --locked --release --workspace --features hub --lib --test api -E 'test(hub::)'

# --- what the targets above stand on

prerequisites:
	@for tool in cargo node npm python3 cc; do \
	  command -v $$tool >/dev/null || { \
	    echo "$$tool is missing. Needed: Rust (rustup.rs), Node 20.19 or later with npm, Python 3 with pip, a C compiler." >&2; \
	    exit 1; }; \
	done

# The stamp rather than the folder: npm touches the folder whenever it likes.
web/node_modules/.installed: web/package-lock.json | prerequisites
	npm --prefix web ci --no-audit --no-fund
	@touch $@

# The CRM vendors' own clients, to which the stand-ins of the tests are held.
tests/clients/node_modules/.installed: tests/clients/package-lock.json | prerequisites
	npm --prefix tests/clients ci --no-audit --no-fund
	@touch $@

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/test-results -prune -o -type f -print 2>/dev/null)

web/node_modules/.built: web/node_modules/.installed $(WEB_SOURCES)
	npm --prefix web run build
	@touch $@

# The browser tests use the system's Chromium; they download none of their own.
chromium:
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core; \
	  else \
	    echo "chromium is missing; the browser tests need it (Debian: apt-get install chromium fonts-dejavu-core)." >&2; exit 1; \
	  fi; \
	fi

nextest: | prerequisites
	@command -v cargo-nextest >/dev/null || $(call install,cargo-nextest)

deny: | prerequisites
	@command -v cargo-deny >/dev/null || $(call install,cargo-deny --version '^0.20')

# A build folder of its own: a tool's dependencies are not ours.
install = { CARGO_TARGET_DIR=$(TOOLS)/build cargo install --locked --root $(TOOLS) $(1) && rm -rf $(TOOLS)/build; }

# The advisory database lies in the open network; without it the rest of the checks still counts.
advisories: export GIT_TERMINAL_PROMPT := 0
advisories: export GIT_HTTP_LOW_SPEED_LIMIT := 1000
advisories: export GIT_HTTP_LOW_SPEED_TIME := 30
advisories:
	@if cargo deny --locked fetch db >/dev/null 2>&1; then \
	  cargo deny --locked check advisories; \
	else \
	  echo "advisories: NOT checked, the advisory database cannot be reached from here"; \
	fi
