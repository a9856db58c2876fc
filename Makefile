# Two commands do everything: `make app` and `make test`.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: app test lint browser screenshots bench clean

app: $(VENV)/.app  ## Install what is needed and start the app on localhost:$(PORT)
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.test  ## Install what is needed and run all tests but the browser's
	$(BIN)/pytest -m "not browser"

browser: $(VENV)/.test  ## The browser tests; need Debian's chromium
	$(BIN)/pytest -m browser

screenshots: $(VENV)/.test  ## Take the pictures in docs/ again; needs Debian's chromium
	SPOTIFLIX_SCREENSHOTS=docs $(BIN)/pytest -m browser -k screenshot

lint: $(VENV)/.test  ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.test  ## Speed, as ratios against a baseline in the same run
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(VENV)/bin/python requirements.txt
	$(BIN)/python -m pip install --requirement requirements.txt
	touch $@

$(VENV)/.test: $(VENV)/.app requirements-dev.txt
	$(BIN)/python -m pip install --requirement requirements-dev.txt
	touch $@

clean:  ## Remove the environment and the caches
	rm -rf $(VENV) .cache .pytest_cache .ruff_cache .mypy_cache
