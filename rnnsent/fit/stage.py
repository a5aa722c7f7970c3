"""What a training run is made of: stages on one network, one after the other, each of which can be stopped and gone on with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor


class Place(Protocol):
    """Where a stage stands."""

    epoch: int  # passes that are done


class Stage(Protocol):
    """One stage. Between two events of `run` its state is whole."""

    STAGE: str  # its name in the state that is kept

    @property
    def place(self) -> Place: ...

    def run(self) -> Iterator[Any]: ...

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors by name and plain values, from which `restore` goes on."""
        ...

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Go on from a `state()` of a run with the same settings, data and device."""
        ...


@dataclass(frozen=True)
class PretrainingUpdate:
    """Where pre-training stands. The loss, where it is known, is the mean over the epoch so far, in nats a token."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float | None
    tokens_per_second: float
