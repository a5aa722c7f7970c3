"""Proves what SECURITY.md promises of the package itself: no code runs out of data, no program is started, the network
is the Hub's alone, and no token is written down."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from hub import serve

import rnnsent

PACKAGE = Path(rnnsent.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
RUFF = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--output-format", "json"]
REFUSED = """\
torch.load(path)
from torch import load
torch.save(weights, path)
torch.hub.load(repository, name)
import pickle
import dill
import cloudpickle
import joblib
import marshal
import shelve
import yaml
import subprocess
import socket
import urllib.request
import requests
import httpx
eval(text)
exec(text)
os.system(text)
os.popen(text)
os.execv(path, words)
tempfile.mktemp()
hashlib.md5(text)
breakpoint()
"""
UNSAFE = {"allow_pickle": True, "trust_remote_code": True, "weights_only": False, "shell": True, "verify": False}

# What a process would do to start a program, reach the network or unpickle, as the interpreter itself tells.
WATCH = """
import sys
from rnnsent.cli.app import run
SEEN = set()
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "pickle.", "urllib.")):
        SEEN.add(f"{event}:{arguments[1][0]}" if event == "subprocess.Popen" else event)
sys.addaudithook(watch)
for line in sys.stdin.read().splitlines():
    assert run(line.split()) == 0, line
print("events:", *sorted(SEEN), file=sys.stderr)
print("torch" in sys.modules, file=sys.stderr)
"""
# Older releases of threadpoolctl and of numpy.testing, which scipy loads, ask these about the machine.
ASKED_BY_LIBRARIES = ("subprocess.Popen:/sbin/ldconfig", "subprocess.Popen:lscpu")
SMALL = "--hidden 4 --embedding-dim 4 --epochs 1 --min-updates 0 --min-frequency 1"


def test_the_lint_refuses_what_could_run_out_of_data_or_leave_the_machine() -> None:
    imports = "import hashlib\nimport os\nimport tempfile\n\nimport torch\n\n"
    name = str(PACKAGE / "model" / "pooling.py")  # a module that may load torch
    code = imports + REFUSED
    answer = subprocess.run([*RUFF, "--stdin-filename", name, "-"], input=code, capture_output=True, text=True)
    rules = re.compile(r"S\d{3}|TID251|T100")
    found = {each["location"]["row"] for each in json.loads(answer.stdout) if rules.fullmatch(each["code"])}
    lines = code.splitlines()
    first = imports.count("\n") + 1
    assert [lines[row - 1] for row in range(first, len(lines) + 1) if row not in found] == []


def test_no_module_is_excepted_from_the_rules_of_security() -> None:
    assert len(MODULES) > 50
    excepted = re.compile(r"#\s*(ruff|noqa)\b.*\b(S\d+|TID251)", re.IGNORECASE)
    assert [str(path) for path in MODULES if excepted.search(path.read_text(encoding="utf-8"))] == []


def test_no_call_asks_a_library_to_be_less_careful() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in UNSAFE:
                value = node.value.value if isinstance(node.value, ast.Constant) else None
                assert value is (not UNSAFE[node.arg]), f"{path}:{node.value.lineno} {node.arg}"


def test_with_local_data_no_program_is_started_nothing_unpickled_and_the_network_not_reached(tmp_path: Path) -> None:
    rows = [f"{'good' if i % 2 else 'bad'} film number {i},{i % 2}" for i in range(40)]
    (tmp_path / "texts.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    commands = [
        "predict good", f"train texts.csv {SMALL} -q", "evaluate texts.csv --split train", "models", "models verify",
        "datasets sentences", "predict texts.csv --column text",
    ]  # fmt: skip
    answer = subprocess.run(
        [sys.executable, "-c", WATCH], cwd=tmp_path, input="\n".join(commands), capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    events, with_torch = answer.stderr.splitlines()[-2:]
    assert set(events.split()) - {"events:", *ASKED_BY_LIBRARIES} == set()
    assert with_torch == "True"


@pytest.mark.parametrize("command", ["train", "datasets"])
def test_a_token_of_the_hub_is_written_down_nowhere(tmp_path: Path, command: str) -> None:
    token = "hf_" + "secret" * 6
    data = tmp_path / "hub" / "owner" / "name" / "data"
    data.mkdir(parents=True)
    texts = [f"{'good' if i % 2 else 'bad'} film {i}" for i in range(40)]
    table = pyarrow.table({"text": texts, "label": [i % 2 for i in range(40)]})
    pyarrow.parquet.write_table(table, data / "train-00000-of-00001.parquet")
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    with serve(tmp_path / "hub") as endpoint:
        environment = kept | {
            "HF_ENDPOINT": endpoint, "HF_HOME": str(home / "cache"), "HF_TOKEN": token, "HOME": str(home),
            "NO_PROXY": "127.0.0.1", "TMPDIR": str(home),
        }  # fmt: skip
        settings = SMALL.split() if command == "train" else []
        line = [sys.executable, "-m", "rnnsent", command, "owner/name", *settings]
        answer = subprocess.run(line, env=environment, cwd=home, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    written = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".arrow" for path in written)
    assert (command == "train") == any(path.name == "model.safetensors" for path in written)
    assert token not in answer.stdout + answer.stderr
    assert [path for path in written if token.encode() in path.read_bytes()] == []
