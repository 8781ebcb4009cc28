# Thin: the work is done by scripts/dev.py, which needs Python 3.11 or newer and nothing else.
# Arguments: make test ARGS='tests/unit -k holder'

PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check dev serve bench contract browser web format setup lock clean

help demo test check dev serve bench contract browser web format setup lock clean:
	@$(PYTHON) scripts/dev.py $@ $(ARGS)
