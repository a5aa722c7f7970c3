"""The parts of docs/results.md about single sentences: probes, short texts and the behavioral suite."""

from collections.abc import Mapping
from typing import Any

from markdown_table import table

from rnnsent.evaluation.behavior.templates import CAPABILITIES, read_suite


def format_probes(runs: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, run in runs.items():
        counts = ", ".join(f"{kind} {count}" for kind, count in run.items() if " of " in str(count))
        lines += [
            f"Short texts of benchmarks/probes.csv that the model {name} labels correctly (`{run['command']}`): {counts}.",
            "",
        ]
    return lines


def format_short_texts(runs: Mapping[str, Any]) -> list[str]:
    kinds = ("negative", "positive", "without an opinion")
    rows = [[name, *(run[kind] for kind in kinds), f"`{run['command']}`"] for name, run in runs.items()]
    title = "Short service phrases, emoji, hashtags and markup that each tool labels correctly:"
    return [title, "", *table(["tool", *kinds, "command"], rows), ""] if rows else []


def format_behavior(entries: Mapping[str, Any]) -> list[str]:
    """Failure rates by capability, then by test, of all recorded entries; a test that a tool cannot take has none."""
    capabilities, tests = entries.get("behavior", {}), entries.get("behavior_tests", {})
    lines = ["## Behavior", "", "Cases of the behavioral suite (`rnnsent check`) that fail, in %; lower is better:", ""]
    for names, runs in ((CAPABILITIES, capabilities), ([test.name for test in read_suite()], tests)):
        lines += [*table(["", *runs], [[name, *(run.get(name, "") for run in runs.values())] for name in names]), ""]
    commands = dict.fromkeys(f"`{run['command']}`" for run in capabilities.values())
    return [
        *lines,
        f"By {', '.join(commands)}; sst2 is the model of `rnnsent train sst2`. The rates of the capabilities leave out the tests that",
        "expect neutral, which a model of two classes cannot pass. A tool that answers neutral fails a test of praise or criticism,",
        "and one that knows no names cannot fail a test of names.",
        "",
    ]
