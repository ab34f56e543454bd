PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test lint fuzz clean

help: ## say what can be made
	@grep -hE '^[a-zA-Z_%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

install: $(VENV)/.installed ## build .venv with the meshgate command in it

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: install ## run the story on embedded parts; Ctrl-C ends it
	$(BIN)/meshgate demo

test: install lint ## everything that must hold: style, types, architecture, tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

fuzz: install ## the long run of the property tests; EXAMPLES=5000 of each
	$(BIN)/python -m pytest tests/query/test_two_worlds.py tests/query/plan/test_barrier.py tests/query/plan/test_same_answers.py tests/frontends/test_any_bytes.py tests/test_tokens.py -q -s --hypothesis-profile=fuzz --hypothesis-show-statistics

lint: install ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

bench-%: install ## run benchmarks/bench_<name>.py
	$(BIN)/python benchmarks/bench_$(subst -,_,$*).py

clean: ## remove what make built
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
