"""Build every distribution into dist/: `make wheels`, or `python scripts/build_wheels.py`.

- rnnsent, an sdist and a wheel, from pyproject.toml as it is;
- rnnsent-predict, a wheel of the same package and command with the dependencies of `[tool.rnnsent.predict-only]` alone.

Both wheels are built from the sdist, so they contain the same files, and nothing that the sdist lacks. Needs the
packages `build` and `tomli-w`.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SLIM = "rnnsent-predict"


def build(source: Path, *options: str) -> None:
    """Build the distributions of a source tree into dist/."""
    subprocess.run([sys.executable, "-m", "build", "--outdir", DIST, *options, source], check=True)


def slim_project(pyproject: dict[str, Any]) -> dict[str, Any]:
    """The pyproject.toml of the slim distribution: without extras, and with bounds taken from the full one.

    Raises SystemExit where a slim dependency is not among the full ones.
    """
    slim = pyproject["tool"]["rnnsent"]["predict-only"]
    bounds = {Requirement(each).name: each for each in pyproject["project"]["dependencies"]}
    if unknown := sorted(set(slim["dependencies"]) - bounds.keys()):
        sys.exit(f"pyproject.toml: [tool.rnnsent.predict-only] lists what [project] does not: {', '.join(unknown)}")
    project = {
        **pyproject["project"],
        "name": SLIM,
        "description": slim["description"],
        "dependencies": [bounds[name] for name in slim["dependencies"]],
    }
    project.pop("optional-dependencies", None)
    return {
        "build-system": pyproject["build-system"],
        "project": project,
        "tool": {"hatch": pyproject["tool"]["hatch"]},
    }


def main() -> None:
    for old in DIST.glob("rnnsent[-_]*"):
        old.unlink()
    build(ROOT)
    (sdist,) = DIST.glob("rnnsent-*.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(sdist, folder, filter="data")
        (source,) = Path(folder).iterdir()
        (source / "PKG-INFO").unlink()  # of the full distribution
        path = source / "pyproject.toml"
        path.write_text(tomli_w.dumps(slim_project(tomllib.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
        build(source, "--wheel")
    for built in sorted(DIST.glob("rnnsent[-_]*")):
        print(f"{built.relative_to(ROOT)}  {built.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
