"""The guarantees of SECURITY.md that concern the package itself: data is never executed, no program is started, the
network is only used for the Hub, and no token is stored."""

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

import rnnsent
from tests.support.hub import serve

PACKAGE = Path(rnnsent.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
RUFF = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--output-format", "json"]
BANNED = """\
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

# Runs the command lines on stdin and prints the interpreter's audit events for starting a program, using the network and
# unpickling.
AUDIT = """
import sys
from rnnsent.cli.app import run
EVENTS = set()
def audit(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "pickle.", "urllib.")):
        EVENTS.add(f"{event}:{arguments[1][0]}" if event == "subprocess.Popen" else event)
sys.addaudithook(audit)
for line in sys.stdin.read().splitlines():
    assert run(line.split()) == 0, line
print("events:", *sorted(EVENTS), file=sys.stderr)
print("torch" in sys.modules, file=sys.stderr)
"""
# Older releases of threadpoolctl and of numpy.testing, which scipy imports, run these to identify the machine.
LIBRARY_EVENTS = {"subprocess.Popen:/sbin/ldconfig", "subprocess.Popen:lscpu"}
SMALL = (
    "--hidden-size 4 --epochs 1 --set model.embedding_dim=4 --set training.min_steps=0 --set tokenizer.min_frequency=1"
)


def test_lint_bans_unsafe_code() -> None:
    """The linter rejects every statement that could execute data, start a program or use the network."""
    imports = "import hashlib\nimport os\nimport tempfile\n\nimport torch\n\n"
    name = str(PACKAGE / "network" / "pooling.py")  # a module that may import torch at the top
    code = imports + BANNED
    done = subprocess.run([*RUFF, "--stdin-filename", name, "-"], input=code, capture_output=True, text=True)
    rules = re.compile(r"S\d{3}|TID251|T100")
    rejected = {error["location"]["row"] for error in json.loads(done.stdout) if rules.fullmatch(error["code"])}
    lines = code.splitlines()
    first = imports.count("\n") + 1
    assert [lines[row - 1] for row in range(first, len(lines) + 1) if row not in rejected] == []


def test_lint_has_no_exceptions() -> None:
    """No module switches a security rule off."""
    assert len(MODULES) > 50
    exception = re.compile(r"#\s*(ruff|noqa)\b.*\b(S\d+|TID251)", re.IGNORECASE)
    assert [str(path) for path in MODULES if exception.search(path.read_text(encoding="utf-8"))] == []


def test_safe_arguments() -> None:
    """No call switches off a safety check of a library."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in UNSAFE:
                value = node.value.value if isinstance(node.value, ast.Constant) else None
                assert value is (not UNSAFE[node.arg]), f"{path}:{node.value.lineno} {node.arg}"


def test_audit_events(tmp_path: Path) -> None:
    """With local data no command starts a program, opens a socket or unpickles anything."""
    rows = [f"{'good' if i % 2 else 'bad'} film number {i},{i % 2}" for i in range(40)]
    (tmp_path / "texts.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    commands = [
        "predict good", f"train texts.csv {SMALL} -q", "evaluate texts.csv --split train", "models", "models verify",
        "datasets sentences", "predict texts.csv --text-column text",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", AUDIT], cwd=tmp_path, input="\n".join(commands), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    events, imported_torch = done.stderr.splitlines()[-2:]
    assert set(events.split()) - {"events:"} <= LIBRARY_EVENTS
    assert imported_torch == "True"


@pytest.mark.parametrize("command", ["train", "datasets"])
def test_token_is_not_stored(tmp_path: Path, command: str) -> None:
    """A Hub token appears in no output and in no file."""
    token = "hf_" + "secret" * 6
    data = tmp_path / "hub" / "owner" / "name" / "data"
    data.mkdir(parents=True)
    texts = [f"{'good' if i % 2 else 'bad'} film {i}" for i in range(40)]
    table = pyarrow.table({"text": texts, "label": [i % 2 for i in range(40)]})
    pyarrow.parquet.write_table(table, data / "train-00000-of-00001.parquet")
    home = tmp_path / "home"
    home.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    with serve(tmp_path / "hub") as endpoint:
        environment = inherited | {
            "HF_ENDPOINT": endpoint, "HF_HOME": str(home / "cache"), "HF_TOKEN": token, "HOME": str(home),
            "NO_PROXY": "127.0.0.1", "TMPDIR": str(home), "XDG_CACHE_HOME": str(home), "XDG_CONFIG_HOME": str(home),
        }  # fmt: skip
        settings = SMALL.split() if command == "train" else []
        command_line = [sys.executable, "-m", "rnnsent", command, "owner/name", *settings]
        done = subprocess.run(command_line, env=environment, cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".arrow" for path in files)
    assert (command == "train") == any(path.name == "model.safetensors" for path in files)
    assert token not in done.stdout + done.stderr
    assert [path for path in files if token.encode() in path.read_bytes()] == []
