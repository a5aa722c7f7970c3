"""Where the arithmetic runs, and in which number format. The only module that asks the hardware."""

from contextlib import AbstractContextManager

import torch

from rnnsent.config import Device, Precision
from rnnsent.errors import DeviceError


def choose_device(asked: Device) -> torch.device:
    """The device asked for; `auto` is cuda where it is present, else the CPU.

    Raises:
        DeviceError: the device asked for is not there.
    """
    present = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if asked == "auto":
        return torch.device("cuda" if present["cuda"] else "cpu")
    if not present[asked]:
        raise DeviceError(f"--device {asked}: PyTorch finds no such device here; use --device cpu or auto")
    return torch.device(asked)


def has_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is quicker than float32 here: a GPU that has it, or a CPU with AVX512-BF16 or AMX.

    On other CPUs it is emulated and up to 500 times slower.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # PyTorch has no public name for these
        return any(getattr(torch.cpu, probe, lambda: False)() for probe in probes)
    return False


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """The context in which a training step runs its arithmetic."""
    use = precision == "bfloat16" or (precision == "auto" and has_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=use)
