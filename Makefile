# Everything lands in .venv/ and .cache/; nothing is started as a service.
PYTHON ?= python3
SYSTEM ?= yes
TESTS ?= tests
BIN := .venv/bin

.PHONY: help demo test check lock clean .venv

help:
	@echo 'make demo    a simulated campus with its pages, on http://127.0.0.1:8000 (Ctrl-C ends it)'
	@echo 'make test    all tests, against real programs; SYSTEM=no installs no Debian package; TESTS=tests/unit runs a part'
	@echo 'make check   style, types, layers, and the rules of the repository'
	@echo 'make lock    pin the dependencies anew'
	@echo 'make clean   remove what the above made'

demo: .venv
	@exec $(BIN)/campus demo

test: .venv
	@[ '$(SYSTEM)' = no ] || tests/system-packages.sh
	@exec $(BIN)/pytest $(TESTS)

check: .venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest tests/repository

lock: .cache/lock/bin/uv
	$< pip compile pyproject.toml --all-extras --group dev --generate-hashes --no-emit-index-url \
	  --universal --python-version 3.11 --no-annotate --custom-compile-command "make lock" --quiet --upgrade -o requirements.lock

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info

.venv: .venv/.done

.venv/.done: requirements.lock pyproject.toml deploy/environment.sh
	@deploy/environment.sh $(PYTHON)

.cache/lock/bin/uv:
	$(PYTHON) -m venv .cache/lock
	.cache/lock/bin/pip install --quiet --disable-pip-version-check uv
