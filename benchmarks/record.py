"""Where every measured figure goes: results.json, each entry with its command, machine and versions.

`python benchmarks/report.py` makes docs/results.md of it. Nothing else writes either file.
"""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


def read() -> dict[str, dict[str, Any]]:
    """The entries by section and name."""
    return dict(json.loads(RESULTS.read_text(encoding="utf-8"))) if RESULTS.is_file() else {}


def record(section: str, name: str, figures: Mapping[str, Any]) -> None:
    """Replace one entry, at once, so that scripts that run side by side cannot break the file."""
    entries = read()
    entries.setdefault(section, {})[name] = {**figures, "on": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    written = RESULTS.with_suffix(f".{os.getpid()}")
    written.write_text(json.dumps(entries, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    written.replace(RESULTS)


def is_met(middle: float, bar: float, *, at_most: bool) -> bool:
    """Whether the median of a measured row reaches what is asked of it."""
    return middle <= bar if at_most else middle >= bar


def machine() -> str:
    """Cores, instruction set and versions, as the figures' reader needs them."""
    flags = _processor_flags()
    best = next((name for name in ("amx_bf16", "avx512_bf16", "avx512f", "avx2") if name in flags), platform.machine())
    threads = os.environ.get("OMP_NUM_THREADS")
    return ", ".join(
        [
            f"{os.cpu_count()} cores",
            best.replace("_", "-").upper(),
            *([f"OMP_NUM_THREADS={threads}"] if threads else []),
            f"Python {platform.python_version()}",
            f"torch {version('torch').partition('+')[0]}",
        ]
    )


def _processor_flags() -> set[str]:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())
