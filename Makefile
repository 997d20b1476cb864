.DEFAULT_GOAL := help
SHELL := bash
CLICKSTREAM := node local/clickstream.js

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## sixty days of clickstream, transformed, queried and checked against the truth
	@$(CLICKSTREAM) demo

test: test-fast test-slow ## everything, fast suites first

test-fast: install ## the inner loop: formatting, types, and the suites without processes of their own
	npx biome check --error-on-warnings .
	npx tsc --noEmit
	npx jest --testPathIgnorePatterns slow

test-slow: install .venv/ministack/installed .venv/checkov/installed ## kills, concurrency, the command line, the S3 emulator, the demo
	npx jest --runInBand --testPathPatterns slow
	$(CLICKSTREAM) demo --lake "$$(mktemp -d)/lake"

bench: install ## the benchmark table: ratios measured side by side
	node local/run.js bench/bench.ts

clean: ## remove what can be made again (not .lake)
	rm -rf node_modules .build .venv

install: node_modules/.package-lock.json

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

.venv/%/installed: requirements/%.txt
	python3 -m venv .venv/$*
	.venv/$*/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.PHONY: help demo test test-fast test-slow bench clean install
