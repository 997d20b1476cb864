.DEFAULT_GOAL := help
SHELL := bash
CLICKSTREAM := node local/clickstream.js

help: ## what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

ENGINE ?= duckdb
LAKE ?= $(if $(filter duckdb,$(ENGINE)),.lake,.lake-$(ENGINE))

demo: install $(if $(filter spark,$(ENGINE)),install-spark) ## sixty days of clickstream, transformed, checked against the truth, and the dashboard; ENGINE=duckdb|spark LAKE= DEMO_FLAGS=--no-open
	@$(CLICKSTREAM) demo --engine $(ENGINE) --lake "$(LAKE)" $(DEMO_FLAGS)

SPARK = .venv/spark/jars/installed .venv/spark/classes.jsa
ENGINES = .venv/ministack/installed .venv/pyiceberg/installed $(SPARK) .venv/trino/jars/installed
TOOLS = $(ENGINES) .venv/checkov/installed .venv/chromium/installed

test: ## everything, fast suites first
	@$(MAKE) --jobs 4 test-fast $(TOOLS)
	npx jest --maxWorkers=3 --testPathPatterns 'slow|spark|e2e|browser' # much of it waits for processes of its own
	$(TRY_DEMO)

test-fast: install ## the inner loop: formatting, types, and the suites without processes of their own
	npx biome check --error-on-warnings .
	npx tsc --noEmit && npx tsc --noEmit --project dashboard/page
	npx jest --maxWorkers=2 --testPathIgnorePatterns 'slow|spark|e2e|browser'
	@node local/run.js scripts/check-cost.ts

test-slow: install .venv/ministack/installed .venv/checkov/installed ## kills, concurrency, the command line, the S3 emulator, the demo
	npx jest --maxWorkers=3 --testPathPatterns slow
	$(TRY_DEMO)

TRY_DEMO = $(CLICKSTREAM) demo --no-serve --lake "$$(mktemp -d)/lake"

spark: install $(ENGINES) ## the Glue job on Spark and Iceberg, against the embedded lake
	npx jest --maxWorkers=2 --testPathPatterns spark

e2e: install $(ENGINES) ## a real cdktf deploy into an emulated AWS: use it, change it, destroy it
	npx jest --runInBand --testPathPatterns e2e

browser: install .venv/chromium/installed ## the dashboard in Chromium: every visual against plain SQL
	npx jest --runInBand --testPathPatterns browser

ENV ?= dev
OUT = cdktf.out-$(ENV)
STACK = $(OUT)/stacks/clickstream
CDKTF = CLICKSTREAM_ENVIRONMENT=$(ENV) npx cdktf
FLAGS = --output $(OUT) $(if $(QUICKSIGHT_USER),--var quicksight_user=$(QUICKSIGHT_USER)) $(CDKTF_FLAGS)

synth: install ## the Terraform configuration, into cdktf.out-ENV/
	$(CDKTF) synth --output $(OUT)

plan: install ## what a deploy would change, for review: by type, then IAM and exposure; ENV=dev QUICKSIGHT_USER= CDKTF_FLAGS=
	@mkdir -p .build
	@$(CDKTF) diff $(FLAGS) > .build/diff.log || { cat .build/diff.log; exit 1; }
	@cd $(STACK) && terraform show -json plan > plan.json
	@node local/run.js scripts/plan-summary.ts $(STACK)/plan.json --stack $(STACK)/cdk.tf.json

deploy: install ## brings it all up; ENV=dev QUICKSIGHT_USER= CDKTF_FLAGS='--var history_days=30'
	$(CDKTF) deploy $(FLAGS)

destroy: install ## takes it all down; the data too, if it was deployed with --var force_destroy=true
	$(CDKTF) destroy $(FLAGS)

screenshots: install .venv/chromium/installed ## the pictures in docs/images/
	node local/run.js scripts/screenshots.ts

cost: install ## what the stack costs a month, by stage, and beside others; COST_FLAGS='--events-per-day 1000000'
	@$(CLICKSTREAM) cost $(COST_FLAGS)

rates: install ## every rate of pricing/rates.json against AWS's public price list, which needs no account
	node local/run.js scripts/check-rates.ts

quantities: install $(ENGINES) ## measures what the price is computed from, into pricing/measured.json; five minutes
	node bench/run.js bench/quantities.ts

bench: install $(ENGINES) .venv/chromium/installed ## the benchmark table: ratios measured side by side
	node local/run.js bench/bench.ts

clean: ## remove what can be made again (not .lake)
	rm -rf node_modules .build .venv

install: node_modules/.package-lock.json

install-spark: $(SPARK) ## Spark and Iceberg, for --engine spark: needs Python 3.11, Java 17 and Maven

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

.venv/%/installed: requirements/%.txt
	python3 -m venv .venv/$*
	.venv/$*/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/spark/jars/installed: requirements/spark-jars.txt .venv/spark/installed
	@mkdir -p .venv/spark/jars
	for jar in $$(cat $<); do mvn --quiet dependency:copy -Dartifact=$$jar -DoutputDirectory=$(CURDIR)/.venv/spark/jars; done
	@touch $@

.venv/spark/classes.jsa: .venv/spark/jars/installed node_modules/.package-lock.json
	$(CLICKSTREAM) generate --lake .build/classes --days 1 --events-per-day 100
	CLICKSTREAM_ARCHIVE_CLASSES=1 $(CLICKSTREAM) transform --engine spark --lake .build/classes
	rm -rf .build/classes

.venv/chromium/installed:
	@mkdir -p $(@D)
	@command -v chromium > /dev/null || [ -n "$$CHROMIUM" ] || $$(command -v sudo) sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium' \
	  || { echo 'needs Chromium: install it, or set CHROMIUM to where it is'; exit 1; }
	@touch $@

.venv/trino/jars/installed: requirements/trino/pom.xml
	rm -rf $(@D) # or jars of another version would stay; Maven has what it has downloaded
	mvn --quiet --file $< dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/$(@D)
	@touch $@

.PHONY: help demo test test-fast test-slow spark e2e browser synth plan deploy destroy screenshots cost rates quantities bench clean install install-spark
