# Two commands for everybody: make demo, make test. The rest is for those who change the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check format lint types bench soak attacks interop fuzz samples clean

demo: $(READY)
	@$(BIN)/asw demo

test: $(READY)
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test ARGS='--cov --cov-report=term:skip-covered'

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) build/xmlsec/.ready build/mock-bank/.ready
	$(BIN)/python -m benchmarks

# python-xmlsec has an environment of its own: its wheel and lxml's must hold the same libxml2.
build/xmlsec/.ready: benchmarks/requirements-xmlsec.txt
	@$(PYTHON) -m venv build/xmlsec
	@build/xmlsec/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@build/xmlsec/bin/python -c "import xmlsec, lxml.etree" && touch $@

build/mock-bank/.ready: benchmarks/requirements-mock-bank.txt
	@$(PYTHON) -m venv build/mock-bank
	@build/mock-bank/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

soak: $(READY)
	@$(BIN)/python -m tests.soak

attacks: $(READY)
	@$(BIN)/asw attack matrix

interop: $(READY)
	@$(BIN)/python -m tests.interop

# atheris is not part of the usual set-up: it has wheels for few Pythons.
fuzz: SECONDS = 600
fuzz: SEED = 0
fuzz: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,fuzz]' \
		|| echo "the extra fuzz could not be installed"
	@$(BIN)/python -m fuzz --seconds $(SECONDS) --seed $(SEED)

samples: $(READY)
	$(BIN)/python -c "from tests.samples import write; write()"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist build
