PYTHON ?= python3
DEMO := .venv-demo/bin
TEST := .venv-test/bin
LOWEST := .venv-lowest/bin
ENGLISH := .venv-english/bin
WHEELS := .venv-wheels/bin

.PHONY: demo test test-lowest audit golden docs english results bench torture wheels test-wheels clean

demo: .venv-demo/ready  ## train on the embedded sentences, evaluate, and pipe a file through predict
	rm -rf .venv-demo/models
	RNNSENT_MODELS_DIR=.venv-demo/models $(DEMO)/rnnsent train sentences
	RNNSENT_MODELS_DIR=.venv-demo/models $(DEMO)/rnnsent evaluate sentences
	printf 'Works great, and the price is right.\n\nThe battery died in a day.\n' > .venv-demo/lines.txt
	RNNSENT_MODELS_DIR=.venv-demo/models $(DEMO)/rnnsent predict - < .venv-demo/lines.txt

test: .venv-test/ready  ## lint, types, current docs, the test suite with its coverage, a short table of speed
	$(TEST)/ruff check .
	$(TEST)/ruff format --check .
	$(TEST)/mypy
	$(TEST)/cog --check -Urc docs/commands.md
	$(TEST)/pytest -n 2 --cov --cov-report=term
	$(TEST)/python benchmarks/speed.py --short  # printed, and held to nothing

test-lowest: .venv-lowest/ready  ## the suite on the lowest release of every dependency; downloads gigabytes once
	$(LOWEST)/pytest -n 2

audit: .venv-test/ready .venv-audit/ready  ## look up the known vulnerabilities of every release that is installed; asks the package index
	$(TEST)/pip freeze --exclude-editable | sed 's/+cpu$$//' > .venv-audit/installed.txt
	.venv-audit/bin/pip-audit --strict --no-deps --disable-pip --requirement .venv-audit/installed.txt

golden: .venv-test/ready  ## record the predictions of the English model for 200 texts, after an intended change
	$(TEST)/python tests/golden/update.py

docs: .venv-test/ready  ## write every command's help into docs/commands.md
	$(TEST)/cog -Urc docs/commands.md

english: .venv-english/ready  ## rebuild models/english: hours on two cores, needs the Hub and all-mpnet-base-v2 (scripts/english.py); every step can be stopped and goes on
	$(ENGLISH)/python scripts/english.py .venv-english/build

results: .venv-english/ready  ## write docs/results.md out of benchmarks/results.json
	$(ENGLISH)/python benchmarks/report.py

bench: .venv-english/ready  ## measure the speed against peers, 20 minutes on a quiet machine, needs the Hub
	$(ENGLISH)/python benchmarks/speed.py
	$(ENGLISH)/python benchmarks/bfloat16.py
	$(ENGLISH)/python benchmarks/speed_plot.py
	$(ENGLISH)/python benchmarks/report.py

torture: .venv-test/ready  ## kill, fill, fuzz and cut off for ten minutes, and count what is lost
	$(TEST)/python -m tests.torture.kills --minutes 4
	$(TEST)/python tests/torture/fuzz_checkpoints.py --minutes 3
	$(TEST)/python -m tests.torture.inputs --minutes 1
	$(TEST)/python -m tests.torture.flaky_hub --minutes 1
	$(TEST)/python -m tests.torture.same_answer

wheels: .venv-wheels/ready  ## build the distributions rnnsent and rnnsent-predict into dist/
	$(WHEELS)/python scripts/build_wheels.py

test-wheels: wheels  ## install rnnsent-predict in a clean environment and run it
	$(WHEELS)/python scripts/test_wheels.py

.venv-demo/ready: pyproject.toml
	$(PYTHON) -m venv .venv-demo
	$(DEMO)/pip install --quiet .
	touch $@

.venv-test/ready: pyproject.toml
	$(PYTHON) -m venv .venv-test
	$(TEST)/pip install --quiet --editable '.[test]'
	touch $@

.venv-lowest/ready: pyproject.toml scripts/lowest.py
	$(PYTHON) -m venv --clear .venv-lowest
	$(LOWEST)/pip install --quiet packaging
	$(LOWEST)/python scripts/lowest.py > .venv-lowest/constraints.txt
	$(LOWEST)/pip install --quiet --constraint .venv-lowest/constraints.txt --editable '.[test]'
	touch $@

.venv-audit/ready:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet pip-audit
	touch $@

.venv-english/ready: pyproject.toml
	$(PYTHON) -m venv .venv-english
	$(ENGLISH)/pip install --quiet --editable '.[bench,distill,english]'
	touch $@

.venv-wheels/ready:
	$(PYTHON) -m venv .venv-wheels
	$(WHEELS)/pip install --quiet build tomli-w
	touch $@

clean:
	rm -rf .venv-demo .venv-test .venv-lowest .venv-audit .venv-english .venv-wheels dist
