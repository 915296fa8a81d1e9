# Everything goes into .venv, with CMake and Ninja; what is needed beforehand is Python with venv, and a C compiler.
# A target that changed nothing is quick: each step leaves a stamp in .venv and looks at what it was made from.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# CMake finds its Ninja on the PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Folders stand for the files that were deleted in them.
core_sources := $(shell find csrc -path csrc/tests -prune -o \( -name '*.[ch]' -o -name CMakeLists.txt -o -type d \) -print)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup run serve test test-c lint format docs bench bench-peers clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/weighbridge.stamp $(VENV)/client.stamp ## Make .venv with the service, the client and all tools; rebuild the core where csrc/ changed
	@:

$(VENV)/python.stamp:
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --upgrade pip
	@touch $@

$(VENV)/tools.stamp: $(VENV)/python.stamp pyproject.toml
	@echo "Installing the tools"
	@$(PIP) install --group dev
	@touch $@

$(VENV)/weighbridge.stamp: $(VENV)/tools.stamp $(core_sources)
	@echo "Building the core and installing the service"
	@$(PIP) install --no-build-isolation --editable .
	@touch $@

$(VENV)/client.stamp: $(VENV)/python.stamp client/pyproject.toml
	@echo "Installing the client"
	@$(PIP) install --editable 'client[dataframe,plot]'
	@touch $@

run: setup ## Serve on PORT (8000), weigh the models in examples/ through the client, keep serving until Ctrl-C
	@$(BIN)/python examples/weigh_all.py --port $(PORT) --workers $(WORKERS)

serve: setup ## Serve on PORT (8000) until Ctrl-C
	@$(BIN)/weighbridge serve --bind 127.0.0.1:$(PORT) --workers $(WORKERS)

test: test-c lint ## Pass every test: the core's, under sanitizers too, the linters, then Python's
	@$(BIN)/python -m pytest

# $(call test_core,compiler,plain or sanitized,flags): builds and tests csrc/, where such a program can be built.
define test_core
	@mkdir -p build
	@if echo 'int main(void) { return 0; }' | $(1) $(3) -x c -o build/probe - 2>build/probe.log; then \
		echo "Testing the core, $(2), built by $(1)"; \
		cmake -S csrc -B build/csrc-$(notdir $(1))-$(2) -G Ninja \
			-DCMAKE_C_COMPILER=$(1) -DWEIGHBRIDGE_SANITIZE=$(if $(3),ON,OFF) >build/configure.log && \
		cmake --build build/csrc-$(notdir $(1))-$(2) -- --quiet && \
		ctest --test-dir build/csrc-$(notdir $(1))-$(2) --output-on-failure --no-tests=error; \
	else \
		echo "Not testing the core, $(2), built by $(1): this machine has no such compiler or sanitizer"; \
	fi
endef
sanitizers := -fsanitize=address,undefined

test-c: setup ## Build and test the core alone, plain and under ASan and UBSan, with cc and with clang where it is
	$(call test_core,$(CC),plain,)
	$(call test_core,$(CC),sanitized,$(sanitizers))
	$(call test_core,clang,plain,)
	$(call test_core,clang,sanitized,$(sanitizers))

lint: setup build/tidy.stamp ## Check style and types
	@ruff check
	@ruff format --check
	@mypy
	@find csrc -name '*.[ch]' | xargs clang-format --dry-run --Werror

build/tidy.stamp: $(VENV)/weighbridge.stamp .clang-tidy
	@echo "Reading the core with clang-tidy"
	@cmake -S csrc -B build/csrc-tidy -G Ninja >build/configure.log
	@find csrc/src -name '*.c' -print0 | xargs -0 -n 4 -P 2 clang-tidy -p build/csrc-tidy --quiet
	@touch $@

format: setup ## Bring every file into the house's style
	@ruff check --fix-only
	@ruff format
	@find csrc -name '*.[ch]' | xargs clang-format -i

docs: setup ## Render the reference pages from the code
	@$(BIN)/python docs/generate.py

bench: setup ## Measure the core, counting against json.loads, sweeps against pure Python, HTTP against a constant view
	@$(BIN)/python -m bench.run

# On JAX, the smallest of the backends that Keras runs on by itself.
bench-peers: setup ## Measure counting against Keras, in an environment of its own (.venv-peers)
	@test -d .venv-peers || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --upgrade keras jax
	@KERAS_BACKEND=jax $(BIN)/python -m bench.run peers

clean: ## Remove what was built, and .venv
	@rm -rf $(VENV) .venv-peers build dist
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
