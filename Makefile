# Each target calls one script in scripts/; what it does is written there.
.DEFAULT_GOAL := help
.PHONY: help run watch test build bench prove

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, seed the demo, start sandbox and server
	@exec scripts/run

watch: ## the same, and rebuild and reload when a file changes
	@exec scripts/watch

test: ## install what is missing, then formatting, lints, all tests
	@exec scripts/test

build: ## the shippable thing, in dist/
	@exec scripts/build

bench: ## measure pages beside a bare server, into bench/RESULTS.md
	@exec scripts/bench

prove: ## the long proofs at full size
	@exec scripts/prove
