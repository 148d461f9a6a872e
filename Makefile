# make demo · make test · make check. Everything lands in .venv/ and .cache/; nothing is started as a service.
PYTHON ?= python3
BIN := .venv/bin
.PHONY: demo test check lock clean

.venv/.done: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python >= 3.11 is needed: make PYTHON=python3.12 …'; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
