"""`rnnsent models`, `models verify`, `models default` and `models rename`, and the note that names a model which was not named."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from rnnsent.checkpoint.checkpoint import FILES
from rnnsent.checkpoint.store import pin_default
from rnnsent.cli.app import run
from rnnsent.cli.models import app, complete_classes

pytestmark = pytest.mark.usefixtures("working_dir")

Capture = pytest.CaptureFixture[str]
NOTE = (
    "note: using models/tiny, the newest model in models/; choose another with --model, or pin one with "
    '"rnnsent models default NAME"\n'
)


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch, working_dir: Path) -> Path:
    """The working directory, without a model in $RNNSENT_MODEL."""
    monkeypatch.delenv("RNNSENT_MODEL")
    return working_dir


@pytest.fixture
def pinned(unnamed: Path, write_model: Callable[..., object]) -> Path:
    """The model `other` in another folder, pinned as the default."""
    write_model(unnamed / "elsewhere" / "other")
    pin_default("elsewhere/other")
    return unnamed / "elsewhere" / "other"


def test_list(run_ok) -> None:
    """Models are listed as a table and as JSON, with the default marked."""
    assert re.search(r"^ \* tiny ", run_ok("models"), re.MULTILINE)
    listed = {entry["name"]: entry for entry in json.loads(run_ok("models", "--json"))}
    assert sorted(listed) == ["english", "tiny"]
    assert listed["tiny"]["classes"] == ["negative", "positive"]
    assert listed["tiny"]["model"]["hidden_size"] == 3
    assert {name: entry["default"] for name, entry in listed.items()} == {"english": False, "tiny": True}


def test_list_pinned(run_ok, pinned: Path) -> None:
    """A default that is pinned in another folder is listed too."""
    listed = {entry["name"]: entry["default"] for entry in json.loads(run_ok("models", "--json"))}
    assert listed == {"english": False, "tiny": False, "other": True}
    assert re.search(r"^ \* other ", run_ok("models"), re.MULTILINE)


def test_list_pinned_local(run_ok, unnamed: Path) -> None:
    """A pinned model of the models folder is listed once, although the pin is an absolute path."""
    pin_default("tiny")
    listed = [(entry["name"], entry["default"]) for entry in json.loads(run_ok("models", "--json"))]
    assert sorted(listed) == [("english", False), ("tiny", True)]
    assert len(re.findall(r"\btiny\b", run_ok("models"))) == 1


def test_list_pinned_missing(unnamed: Path, pinned: Path, capsys: Capture) -> None:
    """If the pinned default is gone, the models are listed with a note."""
    shutil.rmtree(pinned)
    assert run(["models", "--json"]) == 0
    out, err = capsys.readouterr()
    assert {entry["name"]: entry["default"] for entry in json.loads(out)} == {"english": False, "tiny": False}
    assert err.startswith(f"note: the default model {pinned}, pinned in ")
    assert err.count("\n") == 1


def test_verify(run_ok, working_dir: Path) -> None:
    """Verified models are listed one per line."""
    assert run_ok("models", "verify", "tiny") == "tiny: OK (6 files)\n"
    assert [line.partition(":")[0] for line in run_ok("models", "verify").splitlines()] == ["english", "tiny"]
    (working_dir / "models" / "tiny" / "manifest.json").unlink()
    assert run_ok("models", "verify", str(working_dir / "models" / "tiny")) == "tiny: OK (no manifest.json)\n"


@pytest.mark.parametrize("name", FILES)
def test_flipped_byte(run_error, working_dir: Path, name: str) -> None:
    """A flipped byte is reported with the name of its file."""
    path = working_dir / "models" / "tiny" / name
    content = bytearray(path.read_bytes() or b"{}")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, line = run_error("models", "verify", "tiny")
    assert code == 1
    assert f"models/tiny/{name}" in line


def test_verify_continues(working_dir: Path, capsys: Capture) -> None:
    """Every damaged model is reported, and every intact one."""
    for name in ("first", "second"):
        shutil.copytree(working_dir / "models" / "tiny", working_dir / "models" / name)
        (working_dir / "models" / name / "README.md").write_text("changed")
    assert run(["models", "verify"]) == 1
    out, err = capsys.readouterr()
    assert [line.partition(":")[0] for line in out.splitlines()] == ["english", "tiny"]
    assert [Path(line.split()[2]).parts[1] for line in err.splitlines()] == ["first", "second"]


def test_rename(run_ok, run_error, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Classes are renamed one by one; what cannot be done is a usage error."""
    assert run(["models", "rename", "tiny", "negative=bad", "positive=very good"]) == 0
    assert capsysbinary.readouterr() == (b"", b"the classes of tiny are bad, very good\n")
    assert run_ok("models", "verify", "tiny") == "tiny: OK (6 files)\n"
    assert run_ok("-q", "models", "rename", "tiny", "bad=very good,very good=bad") == ""
    for arguments, message in {
        ("nosuch=x",): "'tiny' has no class 'nosuch'; its classes are 'very good', 'bad'",
        ("bad",): "rename 'bad': 'bad' is invalid; write OLD=NEW",
        ("bad=",): "rename: the class 'bad' needs a new name; write OLD=NEW",
        ("bad=very good",): "two classes of 'tiny' would be called 'very good'",
    }.items():
        code, line = run_error("models", "rename", "tiny", *arguments)
        assert (code, message in line) == (2, True)
    assert run_error("models", "rename", "english", "positive=good")[0] == 2


def test_complete_classes() -> None:
    """A shell completes the classes of the model that was named."""
    context = typer.Context(typer.main.get_command(app), info_name="rename")
    context.params = {"name": "tiny"}
    assert complete_classes(context, "") == ["negative=", "positive="]
    assert complete_classes(context, "p") == ["positive="]
    context.params = {"name": "nosuch"}
    assert complete_classes(context, "") == []


def test_default(
    run_ok,
    unnamed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    write_model: Callable[..., object],
) -> None:
    """A pinned model is the default in every folder, until the pin is removed."""
    assert run_ok("models", "default") == "models/tiny\n"
    write_model(unnamed / "models" / "newer", created="2026-02-01T00:00:00+00:00")
    assert run_ok("models", "default") == "models/newer\n"
    assert run_ok("models", "default", "tiny") == "models/tiny\n"
    (unnamed / "another folder").mkdir()
    monkeypatch.chdir(unnamed / "another folder")
    assert run_ok("models", "default") == f"{unnamed / 'models' / 'tiny'}\n"
    monkeypatch.chdir(unnamed)
    for message in (b"removed the pinned default\n", b"no default is pinned\n"):
        assert run(["models", "default", "--unset"]) == 0
        assert capsysbinary.readouterr() == (b"", message)
    assert run_ok("models", "default") == "models/newer\n"


def test_default_missing(run_error, run_ok, pinned: Path) -> None:
    """A pinned model that is gone is an error with the remedy, unless another model is named."""
    shutil.rmtree(pinned)
    for arguments in (["predict", "good"], ["models", "default"]):
        code, line = run_error(*arguments)
        assert code == 1
        assert line.startswith(f"rnnsent: error: the default model {pinned}, pinned in ")
        assert line.endswith(
            " does not exist; pin another with `rnnsent models default NAME`, or remove the pin with "
            "`rnnsent models default --unset`\n"
        )
    assert run_ok("predict", "-m", "tiny", "good").endswith("\tgood\n")
    assert run_ok("models", "default", "tiny") == "models/tiny\n"
    assert run_ok("predict", "good").endswith("\tgood\n")


def test_note(unnamed: Path, capsys: Capture, run_in_terminal) -> None:
    """The newest model in models/ is named on stderr, in a pipe and on a terminal."""
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    assert err == NOTE
    run_in_terminal("predict", "good")
    assert capsys.readouterr().err == NOTE
    (unnamed / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    assert run(["evaluate", "in.csv", "--json"]) == 0
    assert capsys.readouterr().err == f"{NOTE}in.csv: text 'text', label 'label': negative 1, positive 1\n"


@pytest.mark.parametrize("arguments", [["-q"], ["--quiet"]])
def test_note_quiet(run_ok, unnamed: Path, arguments: list[str]) -> None:
    assert run_ok("predict", "good", *arguments).endswith("\tgood\n")


def test_no_note(run_ok, unnamed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is named, pinned or bundled needs no note."""
    run_ok("predict", "-m", "tiny", "good")
    with monkeypatch.context() as patch:
        patch.setenv("RNNSENT_MODEL", "tiny")
        run_ok("predict", "good")
    run_ok("models", "default", "tiny")
    run_ok("predict", "good")
    run_ok("models", "default", "english")
    run_ok("predict", "good")
    run_ok("-q", "models", "default", "--unset")
    shutil.rmtree(unnamed / "models")
    run_ok("predict", "good")


def test_note_named_after_source(
    unnamed: Path, run_ok, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`evaluate SOURCE` notes that it uses the model named after the source, unless the user named it."""
    (unnamed / "tiny").mkdir()
    (unnamed / "tiny" / "test.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    assert run(["evaluate", "tiny", "--json"]) == 0
    out, err = capsysbinary.readouterr()
    assert json.loads(out)["model"] == "tiny"
    note, data = err.splitlines()
    assert note == b"note: using the model tiny, named after the data set; choose another with --model"
    assert run(["evaluate", "tiny", "--json", "-m", "tiny"]) == 0
    assert capsysbinary.readouterr().err.splitlines() == [data]
    assert json.loads(run_ok("evaluate", "tiny", "--json", "-q"))["model"] == "tiny"
    monkeypatch.setenv("RNNSENT_MODEL", "english")
    assert json.loads(run_ok("evaluate", "tiny", "--json", "-q"))["model"] == "english"


def test_unreadable_model(unnamed: Path, capsys: Capture) -> None:
    """A model that cannot be read is skipped with a note in the search for the newest."""
    (unnamed / "models" / "broken").mkdir()
    (unnamed / "models" / "broken" / "config.json").write_text("{")
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    first, second = err.splitlines(keepends=True)
    assert first.startswith("note: skipped a model that cannot be read: models/broken/config.json")
    assert second == NOTE
