PYTHON ?= python3
DEMO := .venv-demo/bin
TEST := .venv-test/bin
LOWEST := .venv-lowest/bin
ENGLISH := .venv-english/bin
WHEELS := .venv-wheels/bin
BROWSER := .venv-browser/bin

.PHONY: demo test test-browser test-lowest audit golden docs english results bench torture wheels test-wheels clean

demo: .venv-demo/ready  ## train on the bundled sentences, evaluate, and pipe a file through predict
	rm -rf .venv-demo/models
	RNNSENT_MODELS_DIR=.venv-demo/models $(DEMO)/rnnsent train sentences
	RNNSENT_MODELS_DIR=.venv-demo/models $(DEMO)/rnnsent evaluate sentences
	printf 'Works great, and the price is right.\n\nThe battery died in a day.\n' > .venv-demo/lines.txt
	RNNSENT_MODELS_DIR=.venv-demo/models $(DEMO)/rnnsent predict - < .venv-demo/lines.txt

test: .venv-test/ready  ## lint, types, generated docs, the test suite with coverage, and a short benchmark
	$(TEST)/ruff check .
	$(TEST)/ruff format --check .
	$(TEST)/mypy
	$(TEST)/cog --check -Urc docs/commands.md docs/settings.md
	OMP_NUM_THREADS=1 $(TEST)/pytest -n 2 --cov --cov-report=term
	$(TEST)/python benchmarks/speed.py --short  # printed, not checked

test-browser: .venv-browser/ready  ## open reports in headless Chromium, which must be installed: apt install chromium
	$(BROWSER)/pytest -o addopts=-q tests/browser

test-lowest: .venv-lowest/ready  ## the test suite with the lowest supported version of every dependency; downloads gigabytes once
	$(LOWEST)/pytest -n 2

audit: .venv-test/ready .venv-audit/ready  ## check installed packages for known vulnerabilities; needs the package index
	$(TEST)/pip freeze --exclude-editable | sed 's/+cpu$$//' > .venv-audit/installed.txt
	.venv-audit/bin/pip-audit --strict --no-deps --disable-pip --requirement .venv-audit/installed.txt

golden: .venv-test/ready  ## record the predictions of the English model for 200 texts, after an intended change
	$(TEST)/python tests/golden/update.py

docs: .venv-test/ready  ## update the generated parts of docs/: every --help, every setting, the picture of the terminal
	$(TEST)/cog -Urc docs/commands.md docs/settings.md
	$(TEST)/python scripts/terminal_picture.py

english: .venv-english/ready  ## rebuild models/english: hours on two cores, needs the Hub and all-mpnet-base-v2 (scripts/english.py); every step can be resumed
	$(ENGLISH)/python scripts/english.py .venv-english/build

results: .venv-english/ready  ## write docs/results.md from benchmarks/results.json
	$(ENGLISH)/python benchmarks/report.py

bench: .venv-english/ready  ## compare the speed with other tools; 20 minutes on an idle machine, needs the Hub
	$(ENGLISH)/python benchmarks/speed.py
	$(ENGLISH)/python benchmarks/bfloat16.py
	$(ENGLISH)/python benchmarks/speed_plot.py
	$(ENGLISH)/python benchmarks/report.py

torture: .venv-test/ready  ## kill, fill the disk, fuzz, misread and disconnect for a quarter of an hour, and count what is lost
	$(TEST)/python -m tests.torture.kills --minutes 4
	$(TEST)/python -m tests.torture.fuzz_checkpoints --minutes 3
	$(TEST)/python -m tests.torture.inputs --minutes 1
	$(TEST)/python -m tests.torture.tables --minutes 5
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

.venv-browser/ready: pyproject.toml
	$(PYTHON) -m venv .venv-browser
	$(BROWSER)/pip install --quiet --editable '.[browser]'
	touch $@

.venv-wheels/ready:
	$(PYTHON) -m venv .venv-wheels
	$(WHEELS)/pip install --quiet build tomli-w
	touch $@

clean:
	rm -rf .venv-demo .venv-test .venv-lowest .venv-audit .venv-english .venv-wheels .venv-browser dist
