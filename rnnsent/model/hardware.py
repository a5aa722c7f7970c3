"""What can be told of the hardware without loading PyTorch."""

import os
from pathlib import Path

MOST_WORKERS = 16  # beyond it, they wait for each other's Python more than they compute

GPU_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # of NVIDIA, of Windows below WSL, of AMD


def workers() -> int:
    """Threads that may compute at once: OMP_NUM_THREADS where it is set, as for PyTorch, else the processors allowed."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked):
        return min(int(asked), MOST_WORKERS)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, MOST_WORKERS)


def may_have_gpu() -> bool:
    """Whether a driver of CUDA or ROCm is there; only then is it worth asking PyTorch, which takes seconds."""
    return any(Path(driver).exists() for driver in GPU_DRIVERS)
