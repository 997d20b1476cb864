.DEFAULT_GOAL := help
SHELL := bash
CLICKSTREAM := node cli/clickstream.js
TS := node --require ts-node/register

help: ## what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

ENGINE ?= duckdb
LAKE ?= $(if $(filter duckdb,$(ENGINE)),.lake,.lake-$(ENGINE))

demo: $(if $(filter spark,$(ENGINE)),install install-spark,install-light) ## sixty days of clickstream, transformed, checked against the truth, and the dashboard; ENGINE=duckdb|spark LAKE= DEMO_FLAGS=--no-open
	@$(CLICKSTREAM) demo --engine $(ENGINE) --lake "$(LAKE)" $(DEMO_FLAGS)

SPARK = .venv/spark/jars/installed .venv/spark/classes.jsa
ENGINES = .venv/ministack/installed .venv/pyiceberg/installed $(SPARK) .venv/trino/jars/installed
TOOLS = node_modules/.cdktf $(ENGINES) .venv/checkov/installed .venv/fuzz/installed .venv/chromium/installed .venv/node/installed

test: ## everything, fast suites first
	@$(MAKE) --jobs 4 test-fast $(TOOLS)
	npx jest --maxWorkers=3 --testPathPatterns 'slow|spark|e2e|browser' # much of it waits for processes of its own
	$(TRY_DEMO)

test-fast: install ## the inner loop: formatting, types, and the suites without processes of their own
	npx biome check --error-on-warnings .
	npx depcruise --config .dependency-cruiser.cjs .
	npx tsc --noEmit && npx tsc --noEmit --project dashboard/page
	npx jest --maxWorkers=2 --testPathIgnorePatterns 'slow|spark|e2e|browser'
	@$(TS) scripts/check-cost.ts

test-slow: node_modules/.cdktf .venv/ministack/installed .venv/checkov/installed ## kills, concurrency, the command line, the S3 emulator, the demo
	npx jest --maxWorkers=3 --testPathPatterns slow
	$(TRY_DEMO)

TRY_DEMO = $(CLICKSTREAM) demo --no-serve --lake "$$(mktemp -d)/lake"

spark: install $(ENGINES) ## the Glue job on Spark and Iceberg, against the embedded lake
	npx jest --maxWorkers=2 --testPathPatterns spark

e2e: node_modules/.cdktf $(ENGINES) ## a real cdktf deploy into an emulated AWS: use it, change it, destroy it
	npx jest --runInBand --testPathPatterns e2e

browser: install .venv/chromium/installed ## the dashboard in Chromium: every visual against plain SQL
	npx jest --runInBand --testPathPatterns browser

ENV ?= dev
OUT = cdktf.out-$(ENV)
STACK = $(OUT)/stacks/clickstream
CDKTF = CLICKSTREAM_ENVIRONMENT=$(ENV) npx cdktf
FLAGS = --output $(OUT) $(if $(QUICKSIGHT_USER),--var quicksight_user=$(QUICKSIGHT_USER)) $(CDKTF_FLAGS)

synth: node_modules/.cdktf ## the Terraform configuration, into cdktf.out-ENV/
	$(CDKTF) synth --output $(OUT)

plan: node_modules/.cdktf ## what a deploy would change, for review: by type, then IAM and exposure; ENV=dev QUICKSIGHT_USER= CDKTF_FLAGS=
	@mkdir -p .build
	@$(CDKTF) diff $(FLAGS) > .build/diff.log || { cat .build/diff.log; exit 1; }
	@cd $(STACK) && terraform show -json plan > plan.json
	@$(TS) scripts/plan-summary.ts $(STACK)/plan.json --stack $(STACK)/cdk.tf.json

deploy: node_modules/.cdktf ## brings it all up; ENV=dev QUICKSIGHT_USER= CDKTF_FLAGS='--var history_days=30'
	$(CDKTF) deploy $(FLAGS)

destroy: node_modules/.cdktf ## takes it all down; the data too, if it was deployed with --var force_destroy=true
	$(CDKTF) destroy $(FLAGS)

screenshots: install .venv/chromium/installed ## the pictures in docs/images/
	$(TS) scripts/screenshots.ts

cost: install ## what the stack costs a month, by stage, and beside others; COST_FLAGS='--events-per-day 1000000'
	@$(CLICKSTREAM) cost $(COST_FLAGS)

rates: install ## every rate of pricing/rates.json against AWS's public price list, which needs no account
	$(TS) scripts/check-rates.ts

quantities: install $(ENGINES) ## measures what the price is computed from, into pricing/measured.json; five minutes
	$(TS) bench/quantities.ts

bench: install $(ENGINES) .venv/chromium/installed ## the benchmark table: ratios measured side by side
	$(TS) bench/bench.ts

package: install ## the npm package, clickstream-bi-VERSION.tgz
	node cli/build.js
	$(TS) scripts/write-stack.ts dist/cdk.tf.json
	npm pack

clean: ## remove what can be made again (not .lake)
	rm -rf node_modules dist .build .venv

install: node_modules/.all ## every npm package

install-light: node_modules/.light ## those of one machine alone, without deployment and tests: a sixth of the size

install-spark: $(SPARK) ## Spark and Iceberg, for --engine spark: needs Python 3.11, Java 17 and Maven

NPM_CI = npm ci --no-audit --no-fund
node_modules/.all: package-lock.json .npmrc
	$(NPM_CI)
	@node cli/build.js
	@touch $@ node_modules/.light

node_modules/.light: package-lock.json .npmrc
	$(if $(wildcard node_modules/.all),$(MAKE) node_modules/.all,$(NPM_CI) --omit=dev)
	@node cli/build.js
	@touch $@

# The one install script that is needed (.npmrc runs none), and only where the package has no binary, such as Node 22 on Linux arm64:
# without it, no cdktf command starts.
PTY = @cdktf/node-pty-prebuilt-multiarch
node_modules/.cdktf: node_modules/.all
	@node -e 'require("$(PTY)")' 2> /dev/null || npm rebuild --ignore-scripts=false $(PTY)
	@touch $@

# Every package by its hashes (docs/supply-chain.md). Wheels need no build; the sdist of PySpark is built by the setuptools of build.txt.
WHEELS = --only-binary :all: --no-binary pyspark
PIP_INSTALL = bin/pip install --quiet --disable-pip-version-check --require-hashes $(WHEELS)

.venv/%/installed: requirements/%.txt requirements/build.txt
	rm -rf $(@D) # or packages that are no longer listed would stay
	python3 -m venv $(@D)
	$(@D)/$(PIP_INSTALL) -r requirements/build.txt
	$(@D)/$(PIP_INSTALL) --no-build-isolation -r $<
	@touch $@

# Jars are checked before they are where anything looks for them, so that none runs that is not the one that was locked.
MAVEN_COPY = mvn --quiet --batch-mode --strict-checksums
MAVEN_DEPENDENCY = org.apache.maven.plugins:maven-dependency-plugin:3.8.1
SPARK_JARS = requirements/spark-jars.txt
TRINO_JARS = requirements/trino/jars.sha256

define download_spark_jars
	rm -rf $(1)
	for jar in $$(sed 's/ .*//' $(SPARK_JARS)); do \
	  $(MAVEN_COPY) $(MAVEN_DEPENDENCY):copy -Dartifact=$$jar -DoutputDirectory=$(CURDIR)/$(1) || exit 1; \
	done
endef

define download_trino_jars
	rm -rf $(1)
	$(MAVEN_COPY) --file requirements/trino/pom.xml $(MAVEN_DEPENDENCY):copy-dependencies -DoutputDirectory=$(CURDIR)/$(1)
endef

.venv/spark/jars/installed: $(SPARK_JARS) .venv/spark/installed | node_modules/.all
	$(call download_spark_jars,.venv/spark/unchecked)
	$(TS) scripts/jars.ts check $(SPARK_JARS) .venv/spark/unchecked
	rm -rf $(@D) && mv .venv/spark/unchecked $(@D)
	@touch $@

.venv/spark/classes.jsa: .venv/spark/jars/installed node_modules/.all
	$(CLICKSTREAM) generate --lake .build/classes --days 1 --events-per-day 100
	CLICKSTREAM_ARCHIVE_CLASSES=1 $(CLICKSTREAM) transform --engine spark --lake .build/classes
	rm -rf .build/classes

# Only continuous integration may install software for the whole machine; elsewhere a person decides.
.venv/chromium/installed:
	@mkdir -p $(@D)
	@command -v chromium > /dev/null || [ -n "$$CHROMIUM" ] \
	  || { [ -n "$$CI" ] && $$(command -v sudo) sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium'; } \
	  || { echo 'Chromium is missing. Install it ("sudo apt-get install chromium") or set CHROMIUM to the path of one or of Chrome ("brew install --cask google-chrome"), then run make again.'; exit 1; }
	@touch $@

.venv/trino/jars/installed: requirements/trino/pom.xml $(TRINO_JARS) | node_modules/.all
	$(call download_trino_jars,.venv/trino/unchecked)
	$(TS) scripts/jars.ts check $(TRINO_JARS) .venv/trino/unchecked
	rm -rf $(@D) && mv .venv/trino/unchecked $(@D)
	@touch $@

# For Linux on x64 alone; elsewhere the tests of other versions of Node are skipped.
.venv/node/installed: requirements/node/package.json requirements/node/package-lock.json
	rm -rf $(@D) && mkdir -p $(@D)
	cp $^ $(@D)
	[ "$$(uname -sm)" != 'Linux x86_64' ] || npm ci --no-audit --no-fund --ignore-scripts --prefix $(@D)
	@touch $@

LOCKS = $(patsubst %.in,%.txt,$(wildcard requirements/*.in))
COMPILE = .venv/locks/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(WHEELS)

locks: install .venv/locks/installed ## Pin what requirements/ asks for, by hash; LOCK_FLAGS=--upgrade takes the newest versions
	for lock in $(LOCKS); do \
	  $(COMPILE) --custom-compile-command 'make locks' $(LOCK_FLAGS) $${lock%.txt}.in --output-file $$lock || exit 1; \
	done
	$(call download_spark_jars,.build/spark-jars)
	$(TS) scripts/jars.ts lock $(SPARK_JARS) .build/spark-jars
	$(call download_trino_jars,.build/trino-jars)
	$(TS) scripts/jars.ts lock $(TRINO_JARS) .build/trino-jars

workflows: ## Check .github/workflows; needs Go
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.7

licenses: install $(patsubst requirements/%.txt,.venv/%/installed,$(filter-out %/build.txt,$(LOCKS))) ## Write docs/licenses.md from what is locked
	$(TS) scripts/licenses.ts

.PHONY: package workflows help demo test test-fast test-slow spark e2e browser synth plan deploy destroy screenshots cost rates quantities bench locks licenses clean install install-spark
