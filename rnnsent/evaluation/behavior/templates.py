"""Templates -> cases. The templates are data in rnnsent/assets/behavior; equal templates give equal cases everywhere."""

import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import numpy as np

from rnnsent.evaluation.behavior.perturbations import PERTURBATIONS

FOLDER = Path(__file__).parents[2] / "assets" / "behavior"
CAPABILITIES = ("vocabulary", "robustness", "names", "temporal", "negation", "opinion", "contrast")
CASES_PER_TEST = 200
MAX_DRAWS = 50_000  # for the cases of one test

Kind = Literal["label", "invariance", "direction"]
Slots = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class BehaviorTest:
    """One test of the suite.

    Attributes:
        name: unique in the suite.
        kind: `label` expects a label, `invariance` the same label for both texts of a case, and `direction` no lower
            probability of the class for the second text.
        expect: of `label`: "positive", "negative", "neutral" or "not negative".
        direction: of `direction`: "up" for the positive class, "down" for the negative one.
        templates: texts with slots in braces. {Name} is the slot `name` with a capital letter.
        changed: of `direction`: the second text of each template.
        perturbation: of `invariance`: what changes the second text.
        target: slots with the words that a perturbation needs.
        swap: of `invariance`: slots, of which the one in the template has another value in the second text.
    """

    capability: str
    name: str
    description: str
    templates: tuple[str, ...]
    kind: Kind = "label"
    expect: str = ""
    direction: str = ""
    changed: tuple[str, ...] = ()
    perturbation: str = ""
    target: tuple[str, ...] = ()
    swap: tuple[str, ...] = ()
    slots: Slots = field(default_factory=dict)

    @property
    def needs_neutral(self) -> bool:
        """Whether only a model with a neutral class can pass."""
        return self.expect == "neutral"

    @cached_property
    def cases(self) -> list[tuple[str, ...]]:
        """The distinct cases, each of one text, or of two for `invariance` and `direction`."""
        random = np.random.default_rng(zlib.crc32(self.name.encode()))
        cases: dict[tuple[str, ...], None] = {}
        for draw in range(MAX_DRAWS):
            if len(cases) == CASES_PER_TEST:
                break
            case = self._draw_case(draw % len(self.templates), random)
            if len(set(case)) == len(case):  # a perturbation may find nothing to change
                cases[case] = None
        return list(cases)

    def _draw_case(self, index: int, random: np.random.Generator) -> tuple[str, ...]:
        template = self.templates[index]
        changed = self.changed[index] if self.changed else template
        values = {name: _draw(self.slots[name], random) for name in slot_names(template + changed)}
        text = fill(template, values)
        if self.kind == "label":
            return (text,)
        if self.swap:
            swapped = next(name for name in self.swap if name in values)
            others = [value for value in self.slots[swapped] if value != values[swapped]]
            return text, fill(template, {**values, swapped: _draw(others, random)})
        if self.perturbation:
            words = [values[name] for name in self.target if name in values]
            return text, PERTURBATIONS[self.perturbation](text, random, words)
        return text, fill(changed, values)


@cache
def read_suite() -> tuple[BehaviorTest, ...]:
    """All tests, by capability in the order of CAPABILITIES."""
    shared = _read("words")
    return tuple(
        _make_test(entry, capability, shared) for capability in CAPABILITIES for entry in _read(capability)["test"]
    )


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with a value in each slot."""
    capitalized = {name.capitalize(): value[:1].upper() + value[1:] for name, value in values.items()}
    return template.format_map({**values, **capitalized})


def slot_names(template: str) -> list[str]:
    """The slots of a template in the order of their first use."""
    return list(dict.fromkeys(name.lower() for _, name, _, _ in Formatter().parse(template) if name))


def _draw(values: Sequence[str], random: np.random.Generator) -> str:
    return values[int(random.integers(len(values)))]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _make_test(entry: Mapping[str, Any], capability: str, shared: Mapping[str, Any]) -> BehaviorTest:
    """A test from its table; a template @NAME stands for the shared ones of this name."""
    templates = [
        template
        for written in entry["templates"]
        for template in (shared["templates"][written.removeprefix("@")] if written.startswith("@") else [written])
    ]
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    fields |= {"templates": tuple(templates), "slots": {**shared["slots"], **entry.get("slots", {})}}
    return BehaviorTest(capability=capability, **fields)
