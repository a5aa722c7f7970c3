"""Record measured values in results.json, each entry with its command, date and machine.

`python benchmarks/report.py` generates docs/results.md from it. Nothing else writes either file.
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
    """All entries, by section and name."""
    return dict(json.loads(RESULTS.read_text(encoding="utf-8"))) if RESULTS.is_file() else {}


def record(section: str, name: str, values: Mapping[str, Any]) -> None:
    """Add or replace one entry. The file is replaced atomically, so a script that is stopped cannot corrupt it."""
    entries = read()
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    entries.setdefault(section, {})[name] = {**values, "machine": describe_machine(), "date": date}
    temporary = RESULTS.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(entries, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(RESULTS)


def meets_target(value: float, target: float, *, lower_is_better: bool) -> bool:
    return value <= target if lower_is_better else value >= target


def describe_machine() -> str:
    """Cores, instruction set, thread limit, and Python and PyTorch versions."""
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
