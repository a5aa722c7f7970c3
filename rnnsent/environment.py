"""Environment variables that libraries read once, when they are loaded. Set before that, and never over a user's value."""

import os

# OpenMP threads that wait for each other spin, by default for milliseconds. On idle cores that saves waking them; beside
# another busy process it takes the core from the very thread that they wait for. PyTorch and scikit-learn each bring a
# runtime of their own: libgomp, or that of LLVM.
SPIN_VARIABLES = {
    "GOMP_SPINCOUNT": "1000",  # iterations, some microseconds
    "KMP_BLOCKTIME": "1",  # milliseconds; the default is 200
}
WAIT_POLICY = "OMP_WAIT_POLICY"  # the standard's variable, which both runtimes obey


def limit_spinning() -> None:
    """Let waiting OpenMP threads sleep soon, unless the user has set how they wait.

    Has no effect on a runtime that is loaded already.
    """
    if not os.environ.keys() & {*SPIN_VARIABLES, WAIT_POLICY}:
        os.environ.update(SPIN_VARIABLES)


def silence_libraries() -> None:
    """Let PyTorch's C++ code, which writes to stderr directly, report errors only."""
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")


def silence_downloads() -> None:
    """Let `datasets` and `huggingface_hub` show no progress bars."""
    for name in ("HF_DATASETS_DISABLE_PROGRESS_BARS", "HF_HUB_DISABLE_PROGRESS_BARS"):
        os.environ.setdefault(name, "1")
