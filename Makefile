# Needs python3 >= 3.11 and make, nothing else.  `make help` lists the targets.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
PIP     := $(BIN)/python -m pip install -qq --disable-pip-version-check
# Debian packages that `make test-full` needs, separated by spaces.
DEBIAN  := iproute2 systemd redis-tools openssh-server openssh-client rsync e2fsprogs strace
UV      := $(or $(shell command -v uv),$(BIN)/uv)
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --annotation-style line --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

PEER_LOCKS := haystack llamaindex pathway spark

.DEFAULT_GOAL := help
.PHONY: install run test test-full check torture evaluate fuzz bench bench-peers lock clean help debian

install: $(STAMP)  ## make .venv with everything, hashes checked; nothing to do while it is fresh
	@:

# The stamp is written last and says for which folder and Python.  No such stamp
# (interrupted, moved, copied, Python upgraded): .venv is made anew.  An older
# one: what changed is installed over it.
HERE := $(CURDIR) $(shell $(BIN)/python --version 2>/dev/null)
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(HERE))
.PHONY: $(STAMP)
endif

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.version_info >= (3, 11) or sys.exit( \
	  "Turnstream needs Python 3.11 or newer, and $(PYTHON) is " + v + "; try: make $(MAKECMDGOALS) PYTHON=python3.11")'
	@echo "installing into $(VENV)"
	@test "$$(cat $@ 2>/dev/null)" = "$(HERE)" || $(PYTHON) -m venv --clear $(VENV)
	@rm -f $@
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q worker
	@echo "$(CURDIR) $$($(BIN)/python --version)" > $@

run: $(STAMP)  ## server, watcher and worker in one; ROOT=folder (./data), ARGS="more options"
	@exec $(BIN)/turnstream run $(ARGS)
ifdef ROOT
run: export TURNSTREAM_ROOT := $(ROOT)
endif

test: $(STAMP)  ## the tests that need no root, server or system package; ARGS="-k name"
	@$(BIN)/python -m pytest tests -m "not full" $(ARGS)

test-full: $(STAMP) debian  ## the tests that need root or Debian's packages; ARGS="-k name"
	@$(BIN)/python -m pytest tests -m full $(ARGS)

debian:
	@command -v dpkg-query >/dev/null || exit 0; \
	missing=$$(for p in $(DEBIAN); do \
	  dpkg-query --show --showformat='$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || echo $$p; done); \
	test -n "$$missing" || exit 0; \
	test "$$(id -u)" = 0 || { echo "make test-full needs root once, or: apt-get install" $$missing >&2; exit 1; }; \
	echo "installing from Debian:" $$missing; \
	export DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes; \
	apt-get -qq update && apt-get -qq install --yes --no-install-recommends $$missing >/dev/null

check: $(STAMP)  ## style, types, direction of imports, and that the documents match the code
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --strict worker tests
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest --quiet tests/unit/test_docs.py

torture: $(STAMP)  ## nothing lost, nothing twice, whatever dies: FAULTS=150 SEED=n (a new one if not given)
	@$(BIN)/python -m tests.torture --faults $(or $(FAULTS),150) $(SEED:%=--seed %) $(ARGS)

evaluate: $(STAMP)  ## the parser against real transcripts: CORPORA=folder; UPDATE=1 keeps the figures, ARGS="--source NAME"
	@test -n "$(CORPORA)" || { echo "which corpora? make evaluate CORPORA=folder (it has raw/, gold/ and score.py)" >&2; exit 2; }
	@$(BIN)/python -m tests.evaluation $(CORPORA) $(if $(UPDATE),--update) $(ARGS)

fuzz: $(STAMP)  ## texts made up and broken, for MINUTES=10; SEED=n, TEXTS=folder to begin with; findings go to .fuzz/
	@$(PIP) --require-hashes --only-binary :all: -r requirements/fuzz.txt || echo "no atheris for this Python or machine" >&2
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10) $(SEED:%=--seed %) $(TEXTS:%=--texts %) $(ARGS)

bench: $(STAMP)  ## measure on this machine; QUICK=1 for less, GIANTS=1 for more, OUT=file for the figures, ARGS="--only NAME"
	@$(BIN)/python -m tests.bench $(OUT:%=--out %) $(if $(QUICK),--quick) $(if $(GIANTS),--giants) $(ARGS)

bench-peers: $(STAMP)  ## others with our function over the same files; PEERS="pathway haystack", QUICK=1, OUT=file
	@$(BIN)/python -m tests.bench.peers $(PEERS) $(OUT:%=--out %) $(if $(QUICK),--quick) $(ARGS)

lock: $(filter $(BIN)/%,$(UV))  ## pin again after a change of pyproject.toml; UPGRADE=1 takes newer versions
	@$(COMPILE) pyproject.toml --extra embedded --extra pdf -o requirements/run.txt
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
	  | $(COMPILE) - -c requirements/run.txt -o requirements/build.txt
	@$(COMPILE) pyproject.toml --extra embedded --extra pdf --group dev \
	  -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt
	@$(COMPILE) --group fuzz -o requirements/fuzz.txt
	@for peer in $(PEER_LOCKS); do $(COMPILE) pyproject.toml --extra embedded --group peer-$$peer \
	  -c requirements/run.txt -o requirements/peers/$$peer.txt || exit; done

$(BIN)/uv: $(STAMP)
	@$(PIP) uv

clean:  ## remove .venv, .bench and every cache; data/ stays
	@rm -rf $(VENV) .bench build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find worker tests -name __pycache__ -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
