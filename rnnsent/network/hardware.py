"""What can be known of the hardware without loading PyTorch."""

import os
from pathlib import Path

MAX_WORKERS = 16  # more wait for each other's Python code longer than they compute

GPU_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # NVIDIA, Windows under WSL, AMD


def count_workers() -> int:
    """Number of compute threads: OMP_NUM_THREADS if set, as for PyTorch, otherwise the available processors."""
    requested = os.environ.get("OMP_NUM_THREADS", "")
    if requested.isdecimal() and int(requested):
        return min(int(requested), MAX_WORKERS)
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MAX_WORKERS)


def may_have_gpu() -> bool:
    """Whether a CUDA or ROCm driver is present; only then is it worth asking PyTorch, which takes seconds to load."""
    return any(Path(driver).exists() for driver in GPU_DRIVERS)
