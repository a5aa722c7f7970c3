"""Imports between modules point one way, down a fixed list of layers. Imports inside functions count too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rnnsent

PACKAGE = Path(rnnsent.__file__).parent
LAYERS = (
    "environment", "errors", "atomic", "lock", "settings", "config", "recipe", "parallel", "data", "network", "explanation", "checkpoint",
    "prediction", "predictor", "evaluation", "summary", "training", "output", "api", "cli",
)  # fmt: skip
ENTRY_POINTS = {  # modules above all layers, and the layers that they may import
    "__init__": ("errors", "prediction", "predictor", "api"),
    "__main__": ("cli",),
}
FOR_NETWORK = {"rnnsent.data.ids", "rnnsent.data.batches"}  # what `network` may import of `data`
MODULES = {
    ".".join(("rnnsent", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in PACKAGE.rglob("*.py")
}


def layer(module: str) -> str:
    """The part of a module's name that names its layer."""
    return module.split(".")[1]


def layer_modules(name: str) -> list[str]:
    return [module for module in MODULES if layer(module) == name]


def read_imports(module: str) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of each import from the package; the name is empty if the module is imported."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            yield from ((name, "") for name in names if name.startswith("rnnsent."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            if node.module and node.module.split(".")[0] == "rnnsent":
                for alias in node.names:
                    submodule = f"{node.module}.{alias.name}"
                    yield (submodule, "") if submodule in MODULES else (node.module, alias.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "rnnsent":
            yield "rnnsent", node.attr  # after `import rnnsent`


def test_every_module_has_a_layer() -> None:
    assert [module for module in MODULES if layer(module) not in {*LAYERS, *ENTRY_POINTS}] == []
    assert [name for name in LAYERS if not layer_modules(name)] == []


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str) -> None:
    """A module imports only from its own layer and lower ones; `rnnsent` itself provides the version alone."""
    allowed = LAYERS[: LAYERS.index(name) + 1]
    for module in layer_modules(name):
        for imported, attribute in read_imports(module):
            if imported == "rnnsent":
                assert attribute == "__version__", f"{module} imports {attribute} from rnnsent"
            else:
                assert layer(imported) in allowed, f"{module} imports {imported}"


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_entry_points(name: str) -> None:
    """The package and `python -m rnnsent` import nothing of the package until it is used, and then only these layers."""
    module = f"rnnsent.{name}"
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    at_start = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    assert not {statement for statement in at_start if "rnnsent" in statement}
    for imported, _ in read_imports(module):
        assert layer(imported) in ENTRY_POINTS[name], f"{module} imports {imported}"


def test_network() -> None:
    """The network sees token ids and lengths, and no text."""
    for module in layer_modules("network"):
        imported = {name for name, _ in read_imports(module) if layer(name) == "data"}
        assert imported <= FOR_NETWORK, f"{module} imports {imported - FOR_NETWORK}"


def test_output() -> None:
    """Output formats what training and checkpoints return: it imports their types, and calls none of their functions."""
    for module in layer_modules("output"):
        for imported, name in read_imports(module):
            if imported != "rnnsent" and layer(imported) in ("training", "checkpoint"):
                assert name[:1].isupper(), f"{module} imports {imported}.{name}"
