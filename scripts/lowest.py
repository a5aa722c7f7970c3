"""Print the lowest release of every dependency as a constraint for pip: `python scripts/lowest.py > lowest.txt`.

`name>=X` in pyproject.toml becomes `name==X`, so that `make test-lowest` runs the suite on what is promised to do.
"""

import sys
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def lowest(requirement: Requirement) -> str:
    """Raises ValueError where there is no one lower bound, which nobody could test."""
    (bound,) = (each.version for each in requirement.specifier if each.operator == ">=")
    return f"{requirement.name}=={bound}"


def main() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    requirements = chain(project["dependencies"], *project["optional-dependencies"].values())
    sys.stdout.writelines(f"{line}\n" for line in sorted({lowest(Requirement(each)) for each in requirements}))


if __name__ == "__main__":
    main()
