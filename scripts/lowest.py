"""Print the lowest supported version of every dependency as pip constraints: `python scripts/lowest.py > lowest.txt`.

`name>=X` in pyproject.toml becomes `name==X`, so `make test-lowest` tests the lower bounds that the project declares.
"""

import sys
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def pin_lowest(requirement: Requirement) -> str:
    """The constraint `name==X` for `name>=X`. Raises ValueError unless there is exactly one lower bound."""
    (bound,) = (specifier.version for specifier in requirement.specifier if specifier.operator == ">=")
    return f"{requirement.name}=={bound}"


def main() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    requirements = chain(project["dependencies"], *project["optional-dependencies"].values())
    constraints = {pin_lowest(Requirement(requirement)) for requirement in requirements}
    sys.stdout.writelines(f"{constraint}\n" for constraint in sorted(constraints))


if __name__ == "__main__":
    main()
