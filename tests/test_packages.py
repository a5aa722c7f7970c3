"""What a command says where a package is missing, where two packages are installed, and on Windows."""

import subprocess
import sys
from pathlib import Path

import pytest

from rnnsent.cli import packages
from rnnsent.cli.app import main, run

pytestmark = pytest.mark.usefixtures("working_dir")


def test_windows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On Windows every command line is one error."""
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(SystemExit) as exit_:
        main(["predict", "good"])
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == ("rnnsent: error: Windows is not supported; use Linux, macOS, or the Windows Subsystem for Linux\n")


def test_windows_import(working_dir: Path) -> None:
    """The application can be imported without the modules that Windows lacks, so that it can print the error."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['fcntl', 'grp', 'pty', 'pwd', 'resource', 'termios', 'tty'])); "
        "from rnnsent.__main__ import main; import rnnsent.cli.app; sys.platform = 'win32'; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=working_dir, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("rnnsent: error: Windows is not supported; ")
    assert result.stderr.count("\n") == 1


REMEDY = "install the full package: pip uninstall rnnsent-predict && pip install rnnsent"


@pytest.mark.parametrize(
    ("arguments", "module", "feature"),
    [
        (["train", "in.csv"], "torch", "train"),
        (["train", "in.csv"], "filelock", "train"),
        (["tune", "in.csv"], "datasets", "tune"),
        (["evaluate", "in.csv"], "sklearn", "evaluate"),
        (["predict", "good", "-o", "out.parquet"], "pyarrow", "this"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_missing_package(
    run_error, working_dir: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], module: str, feature: str
) -> None:
    """A command that needs a package which rnnsent-predict lacks says how to install it."""
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "rnnsent.output.parquet_writer", raising=False)
    monkeypatch.delitem(sys.modules, "rnnsent.data.arrow", raising=False)
    code, line = run_error(*arguments)
    assert code == 1
    assert line == f"rnnsent: error: {feature} needs {module}, which is not installed; {REMEDY}\n"
    assert not (working_dir / "out.parquet").exists()


def test_unknown_missing_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing module that no package leaves out is a bug and not hidden."""
    monkeypatch.setitem(sys.modules, "rnnsent.data.inputs", None)
    with pytest.raises(ModuleNotFoundError, match=r"rnnsent\.data\.inputs"):
        run(["predict", "good"])


def test_both_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With rnnsent and rnnsent-predict both installed, a command prints one warning after its results."""
    site = tmp_path / "site-packages"
    monkeypatch.setattr(packages, "__file__", str(site / "rnnsent" / "cli" / "packages.py"))
    for name in ("rnnsent-0.1.0.dist-info", "rnnsent_other-0.1.0.dist-info"):
        (site / name).mkdir(parents=True)
    assert run(["predict", "good"]) == 0
    assert capsys.readouterr().err == ""
    (site / "rnnsent_predict-0.1.0.dist-info").mkdir()
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    assert err == (
        "warning: rnnsent and rnnsent-predict are both installed and share their files; keep one: "
        "pip uninstall rnnsent rnnsent-predict && pip install rnnsent\n"
    )
    assert run(["predict", "good", "-q"]) == 0
    assert capsys.readouterr().err == ""
