"""Imports between the modules point one way."""

import ast
from pathlib import Path

import rnnsent

PACKAGE = Path(rnnsent.__file__).parent
LAYERS = (
    "errors atomic lock pipeline settings config data model metrics predict evaluate fit teach request lessons train rounds tune report cli".split()  # noqa: SIM905
)


def layer(module: str) -> int | None:
    parts = module.split(".")
    return LAYERS.index(parts[1]) if parts[0] == "rnnsent" and len(parts) > 1 and parts[1] in LAYERS else None


def test_no_module_imports_from_a_layer_above_its_own() -> None:
    checked = 0
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(("rnnsent", *path.relative_to(PACKAGE).with_suffix("").parts))
        own = layer(module)
        if own is None:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in imported(node):
                if (other := layer(name)) is not None:
                    checked += 1
                    assert other <= own, f"{module} imports {name}"
    assert checked > 50


def imported(node: ast.AST) -> list[str]:
    """Modules, however they are imported."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []
