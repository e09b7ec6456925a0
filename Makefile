SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO       ?= go
FUZZTIME ?= 20000x
BENCH    ?= .
FLAGS    ?=
SOAK     ?= 100000
CASES    ?= 50000
VERSION  ?=
REVISION  = $(shell git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null || echo unknown)

# Packages of slow tests, which make test leaves out.
SLOW := ./cmd/ws1bridge/endurance ./scim/invariants

TOOLS         := bin/tools
GOLANGCI_LINT := $(TOOLS)/golangci-lint-v2.15.0
GOVULNCHECK   := $(TOOLS)/govulncheck-v1.9.0
PROMTOOL      := $(or $(shell command -v promtool),$(TOOLS)/promtool)
PEBBLE        := $(TOOLS)/pebble-v2.10.3
ACTIONLINT    := $(TOOLS)/actionlint-v1.7.12
GORELEASER    := $(TOOLS)/goreleaser-v2.15.1
HELM          := $(TOOLS)/helm-v4.3.1
AXE           := $(TOOLS)/axe-core-4.11.0.js

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/ws1bridge, a static binary (VERSION=v1.2.3 names it)
	CGO_ENABLED=0 $(GO) build -trimpath $(if $(VERSION),-ldflags "-X main.version=$(VERSION)") -o bin/ws1bridge ./cmd/ws1bridge

.PHONY: recording
recording: ## Draw the picture of the demo that stands in the README
	$(GO) test ./cmd/ws1bridge -run '^TestRecording$$' -update

.PHONY: demo
demo: ## Run bridge and emulator on loopback and push an Okta story through
	$(GO) run ./cmd/ws1bridge demo

.PHONY: test
test: ## Run the tests under the race detector, but for the slow ones
	$(GO) test -race -timeout 40m $$($(GO) list ./... | grep -vxF -f <($(GO) list $(SLOW)))

.PHONY: test-slow
test-slow: acme-test ## Run the slow tests: matrix, races, models, kill, outages, soak
	$(GO) test -race -timeout 40m $(SLOW)
	$(GO) test -timeout 40m ./scim/invariants # at full speed, at which lags outlast more steps

# The ACME server is a tool of its own, so that its modules are not ours. Without it, make test leaves these out.
.PHONY: acme-test
acme-test: $(PEBBLE) ## Obtain and renew certificates from a local ACME server
	PEBBLE=$(CURDIR)/$(PEBBLE) $(GO) test -race -timeout 10m ./cmd/ws1bridge/acme
	PEBBLE=$(CURDIR)/$(PEBBLE) $(GO) test -race -timeout 10m -run '^TestACME$$' ./cmd/ws1bridge/endurance

.PHONY: test-all
test-all: test test-slow ## Run all tests

# The browser is any Chromium in PATH. Without npm, the pages are looked at without axe-core.
.PHONY: console-test
console-test: ## Look at the console in a browser (FLAGS='-pictures DIR' keeps pictures)
	$(MAKE) $(AXE) || echo 'console-test: without axe-core, which npm cannot get'
	$(GO) test -race -count=1 -timeout 10m -tags browser ./cmd/ws1bridge/console -args \
		$$([[ ! -f $(AXE) ]] || echo -axe $(CURDIR)/$(AXE)) $(FLAGS)

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Run golangci-lint
	$(GOLANGCI_LINT) run ./...

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format the code
	$(GOLANGCI_LINT) fmt ./...

# The count is fixed, so that a run does the same work on any machine.
# Shrinking of inputs is bounded by a count too; by default it takes up to a minute each.
.PHONY: fuzz
fuzz: ## Run every fuzz target, one after another, for FUZZTIME executions
	@targets=$$($(GO) test -list '^Fuzz' ./... | awk '/^Fuzz/ { name[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, name[i]; n = 0 }'); \
	[[ -n $$targets ]] || { echo 'fuzz: no targets'; exit 0; }; \
	while read -r pkg name; do \
		echo "fuzz: $$pkg $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 200x "$$pkg" </dev/null; \
	done <<<"$$targets"

# Packages without rapid do not know its flag.
.PHONY: property
property: ## Run the property tests of numbers, spellings and SCIM 1.1 with CASES cases each
	$(GO) test -timeout 60m -run '^Test(NumbersComeBack|NumbersReachAccess|SpellingDecidesNothing|FoldIsEqualFold|ClassicIsTheSame)$$' \
		./scim ./scim/translate ./upstream/names -rapid.checks=$(CASES)

# The bridge runs in a process of its own, without the race detector, so that its memory is its own.
.PHONY: soak
soak: ## Push SOAK requests through a bridge whose Access fails 5 % of the time
	$(GO) test -run '^TestSoak$$' -timeout 30m -v ./cmd/ws1bridge/endurance -soak $(SOAK)

.PHONY: bench
bench: ## Run the benchmarks (BENCH=regexp picks some)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

.PHONY: bench-http
bench-http: build bin/bench-http ## Measure what pushes cost, beside a bare proxy (FLAGS='-d 1s')
	bin/bench-http $(FLAGS)

.PHONY: bench-load
bench-load: build bin/bench-http ## Push an org for the first time, to a slow Access (FLAGS='-scale .1' or -big)
	bin/bench-http load $(FLAGS)

.PHONY: bin/bench-http
bin/bench-http:
	CGO_ENABLED=0 $(GO) build -o $@ ./cmd/bench-http

.PHONY: check
check: $(GOLANGCI_LINT) ## Run what a change must pass: format, vet, lint, test, tidy
	$(GOLANGCI_LINT) fmt --diff ./...
	$(GO) vet ./...
	$(MAKE) lint
	$(MAKE) test
	$(GO) mod tidy -diff

.PHONY: rules-test
rules-test: $(PROMTOOL) ## Check the alerts, and have each fire and not fire
	$(PROMTOOL) check rules deploy/helm/ws1bridge/rules.yaml
	$(PROMTOOL) test rules deploy/prometheus/rules_test.yaml
	$(PROMTOOL) check config --syntax-only deploy/prometheus/prometheus.yaml

# A module of its own, so that its dependencies are not those of the bridge. The result depends on files and tools that
# the go command does not know of, so it is not kept.
.PHONY: deploy-test
deploy-test: $(HELM) $(GOLANGCI_LINT) ## Check what runs the bridge: chart, manifests, compose file, unit, workflows
	cd deploy/test && $(GO) mod tidy -diff
	cd deploy/test && $(CURDIR)/$(GOLANGCI_LINT) run --config $(CURDIR)/.golangci.yml ./...
	cd deploy/test && HELM=$(CURDIR)/$(HELM) $(GO) test -count=1 ./...

.PHONY: deploy-update
deploy-update: $(HELM) ## Rewrite what is rendered from the Helm chart: golden files, manifests
	cd deploy/test && HELM=$(CURDIR)/$(HELM) $(GO) test -count=1 ./... -update

.PHONY: workflows-test
workflows-test: $(ACTIONLINT) ## Check the workflows
	$(ACTIONLINT) .github/workflows/*.yaml

.PHONY: release-test
release-test: workflows-test $(GORELEASER) ## Check the workflows, and make the files of a release
	.ci/release $(GORELEASER)

.PHONY: release
release: $(GORELEASER) ## Make the draft of a release, where the workflow calls it for a tag
	mkdir -p bin
	.ci/notes $(VERSION) >bin/notes.md
	$(GORELEASER) release --clean --release-notes bin/notes.md

.PHONY: vuln
vuln: $(GOVULNCHECK) ## Check the code against the Go vulnerability database
	$(GOVULNCHECK) ./...

.PHONY: image
image: ## Build the container image ws1bridge:VERSION (FLAGS='--build-arg GOPROXY=…')
	docker build --build-arg VERSION=$(or $(VERSION),dev) --build-arg REVISION=$(REVISION) $(FLAGS) \
		-t ws1bridge:$(or $(VERSION),dev) .

.PHONY: image-test
image-test: ## Check the Dockerfile without a container engine, by buildah
	.ci/image

.PHONY: clean
clean: ## Remove bin
	rm -rf bin

# Tools are built from source; the version stands in the file name, so that a new one is built.
$(TOOLS)/golangci-lint-v%:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$*
	mv $(TOOLS)/golangci-lint $@

$(TOOLS)/pebble-v%:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install github.com/letsencrypt/pebble/v2/cmd/pebble@v$*
	mv $(TOOLS)/pebble $@

$(TOOLS)/helm-v%:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install -ldflags='-s -w' helm.sh/helm/v4/cmd/helm@v$*
	mv $(TOOLS)/helm $@

$(TOOLS)/govulncheck-v%:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install golang.org/x/vuln/cmd/govulncheck@v$*
	mv $(TOOLS)/govulncheck $@

# Prometheus has no releases that go install takes; Debian's package has the tool.
$(TOOLS)/promtool:
	rm -rf $(TOOLS)/debian
	mkdir -p $(TOOLS)/debian
	apt-get update -qq || true
	cd $(TOOLS)/debian && apt-get download -qq prometheus && dpkg -x prometheus_*.deb .
	mv $(TOOLS)/debian/usr/bin/promtool $@
	rm -rf $(TOOLS)/debian

$(TOOLS)/axe-core-%.js:
	mkdir -p $(TOOLS)
	cd $(TOOLS) && npm pack --silent axe-core@$* && tar -xzOf axe-core-$*.tgz package/axe.min.js >axe-core.tmp
	mv $(TOOLS)/axe-core.tmp $@
	rm $(TOOLS)/axe-core-$*.tgz

$(TOOLS)/actionlint-v%:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install github.com/rhysd/actionlint/cmd/actionlint@v$*
	mv $(TOOLS)/actionlint $@

$(TOOLS)/goreleaser-v%:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install github.com/goreleaser/goreleaser/v2@v$*
	mv $(TOOLS)/goreleaser $@
