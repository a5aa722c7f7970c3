"""The state of a training stage as tensors by name: modules, optimizer state and random state."""

from collections.abc import Mapping

import torch
from torch import Tensor


def pack_state(
    parts: Mapping[str, Mapping[str, Tensor]], optimizer: torch.optim.Optimizer, device: torch.device
) -> dict[str, Tensor]:
    """Copies on the CPU of the tensors of each part, as PART.NAME, of the optimizer state and of the random state."""
    tensors = {f"{part}.{name}": tensor for part, state in parts.items() for name, tensor in state.items()}
    for index, optimizer_state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": tensor for name, tensor in optimizer_state.items()}
    tensors["random.cpu"] = torch.get_rng_state()
    if device.type == "cuda":
        tensors["random.cuda"] = torch.cuda.get_rng_state(device)
    # Copied because safetensors rejects tensors that share memory, and because training changes the originals.
    return {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}


def unpack_part(tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    """The tensors of one part of `pack_state`."""
    prefix = f"{part}."
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def restore_optimizer(tensors: Mapping[str, Tensor], optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Set the optimizer state and the random state to those of `pack_state`."""
    states: dict[int, dict[str, Tensor]] = {}
    for key, tensor in unpack_part(tensors, "optimizer").items():
        index, _, name = key.partition(".")
        states.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})
    torch.set_rng_state(tensors["random.cpu"])
    if device.type == "cuda" and "random.cuda" in tensors:  # absent from a run that began on a CPU
        torch.cuda.set_rng_state(tensors["random.cuda"], device)
