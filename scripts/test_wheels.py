"""Install the rnnsent-predict wheel of dist/ in a clean environment and run it: `make test-wheels`.

Every check runs, each failure is printed, and any failure makes the exit code 1.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import tomllib
import traceback
import venv
from collections.abc import Callable
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
ABSENT = ("torch", "datasets", "sklearn", "scipy", "pyarrow")  # import names
LARGEST = 200_000_000  # bytes of site-packages, pip among them


def only(pattern: str) -> Path:
    """The one file of dist/ that matches; SystemExit where there is none, or more than one."""
    found = sorted(DIST.glob(pattern))
    if len(found) != 1:
        sys.exit(f"{DIST / pattern}: {len(found)} files; run `make wheels` first")
    return found[0]


FULL, SLIM = only("rnnsent-*.whl"), only("rnnsent_predict-*.whl")


class Environment:
    """A virtual environment with the slim wheel, and an empty working directory beside it."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        self.bin = folder / "venv" / "bin"
        venv.create(folder / "venv", with_pip=True, symlinks=True)
        subprocess.run([self.bin / "python", "-m", "pip", "install", "--quiet", SLIM], check=True, cwd=self.work)
        self.variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("RNNSENT_", "PYTHON"))},
            "HOME": str(folder),
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, with nothing on its stdin."""
        name, *arguments = command
        return subprocess.run(
            [self.bin / name, *arguments],
            cwd=self.work,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def output(self, *command: str) -> str:
        """The stdout of a command that must succeed and say nothing on stderr."""
        answer = self.run(*command)
        assert answer.returncode == 0, f"{command} exited with {answer.returncode}: {answer.stderr}"
        assert not answer.stderr, f"{command} wrote to stderr: {answer.stderr}"
        return answer.stdout

    def python(self, code: str) -> str:
        return self.output("python", "-c", code)


def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def package_files(wheel: Path) -> dict[str, int]:
    """Each file of the package, with its checksum."""
    with ZipFile(wheel) as archive:
        return {each.filename: each.CRC for each in archive.infolist() if each.filename.startswith("rnnsent/")}


def check_both_wheels_have_the_same_package(_: Environment) -> None:
    full, slim = package_files(FULL), package_files(SLIM)
    assert full == slim, f"these files differ: {sorted(set(full.items()) ^ set(slim.items()))}"


def check_the_package_is_complete(_: Environment) -> None:
    """Compare with the source tree: what is there must be in the wheel, and nothing else."""
    places = {"rnnsent": ROOT / "rnnsent", "rnnsent/models/english": ROOT / "models" / "english"}
    expected = {
        f"{prefix}/{path.relative_to(folder).as_posix()}"
        for prefix, folder in places.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = package_files(SLIM).keys()
    assert found == expected, f"missing: {sorted(expected - found)}, unexpected: {sorted(found - expected)}"
    for name in ("rnnsent/py.typed", "rnnsent/recipes/best.toml", "rnnsent/models/english/model.safetensors"):
        assert name in found, f"{name} is missing"
    assert any(name.startswith("rnnsent/assets/sentences/") for name in found), "the embedded sentences are missing"


def check_the_metadata(_: Environment) -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    full, slim = metadata(FULL), metadata(SLIM)
    assert full["Name"] == "rnnsent", full["Name"]
    assert slim["Name"] == "rnnsent-predict", slim["Name"]
    assert full["Version"] == slim["Version"], f"{full['Version']} is not {slim['Version']}"
    bounds = full.get_all("Requires-Dist", [])
    needed = slim.get_all("Requires-Dist", [])
    names = pyproject["tool"]["rnnsent"]["predict-only"]["dependencies"]
    assert len(needed) == len(names), f"{needed} are not {names}"
    assert set(needed) <= set(bounds), f"bounds differ: {sorted(set(needed) - set(bounds))}"
    assert slim.get_all("Provides-Extra") is None, "the slim wheel has extras"


def check_nothing_for_training_is_there(environment: Environment) -> None:
    code = f"import importlib.util as u; print([name for name in {ABSENT} if u.find_spec(name)])"
    found = environment.python(code).strip()
    assert found == "[]", f"can be imported: {found}"


def check_the_size(environment: Environment) -> None:
    packages = Path(environment.python("import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    size = sum(path.lstat().st_size for path in packages.rglob("*") if not path.is_dir())
    print(f"     site-packages: {size / 1e6:.0f} MB")
    assert size < LARGEST, f"{size / 1e6:.0f} MB are not below {LARGEST / 1e6:.0f} MB"


def check_version(environment: Environment) -> None:
    expected = f"rnnsent {metadata(SLIM)['Version']}\n"
    assert (found := environment.output("rnnsent", "--version")) == expected, f"{found!r} is not {expected!r}"


def check_predict_a_text(environment: Environment) -> None:
    found = environment.output("rnnsent", "predict", "A quiet triumph.")
    label, probability, text = found.rstrip("\n").split("\t")
    assert (label, text) == ("positive", "A quiet triumph."), found
    assert 0.5 < float(probability) <= 1, found


def check_predict_a_csv_file(environment: Environment) -> None:
    rows = [["id", "text"], ["1", "A quiet triumph."], ["2", "Dull, and far too long."]]
    path = environment.work / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    found = list(csv.reader(environment.output("rnnsent", "predict", path.name, "--text-column", "text").splitlines()))
    assert [row[:2] for row in found] == rows, found
    labels = [dict(zip(found[0], row, strict=True))["label"] for row in found[1:]]
    assert labels == ["positive", "negative"], found


def check_models(environment: Environment) -> None:
    (model,) = json.loads(environment.output("rnnsent", "models", "--json"))
    assert model["name"] == "english", model["name"]
    found = environment.output("rnnsent", "models")
    assert "english" in found, found
    environment.output("rnnsent", "models", "verify", "english")


def check_predict_from_python(environment: Environment) -> None:
    code = "import rnnsent; print([p.label for p in rnnsent.load('english').predict(['A quiet triumph.', 'Dull.'])])"
    assert (found := environment.python(code).strip()) == "['positive', 'negative']", found


def check_train_names_the_full_package(environment: Environment) -> None:
    answer = environment.run("rnnsent", "train", "sentences")
    assert answer.returncode in (1, 2), f"exit code {answer.returncode}"
    assert not answer.stdout, f"stdout: {answer.stdout}"
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, f"{len(lines)} lines on stderr, of which the last is: {lines[-1:]}"
    assert "pip install rnnsent" in lines[0], lines[0]


def main() -> None:
    checks: list[Callable[[Environment], None]] = [
        check for name, check in globals().items() if name.startswith("check_")
    ]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(Path(folder).resolve())
        for check in checks:
            name = check.__name__.removeprefix("check_").replace("_", " ")
            try:
                check(environment)
            except Exception as error:
                failed += 1
                print(f"FAIL {name}: {error}")
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
            else:
                print(f"ok   {name}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
