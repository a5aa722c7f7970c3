"""Data sets of the Hugging Face Hub through the `datasets` library, and its errors as one line each."""

import logging
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rnnsent.data.columns import label_column, text_column
from rnnsent.data.examples import Examples, make_examples
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
# Sets that were published as a loading script, which `datasets` no longer runs, have their rows on this branch.
CONVERTED = "refs/convert/parquet"
# Seconds before a load is tried again that the Hub has begun to answer; what was downloaded is in the cache by then.
PAUSES = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0)
PATIENCE = 60.0  # seconds from the first try after which there is no other; each can take half a minute by itself
# In an address or an error, what must stay secret: the name and password of an endpoint, and a token.
SECRETS = re.compile(r"(?<=://)[^/@\s]+@|\bhf_\w{8,}")
PASSING_STATUS = (429, 500, 502, 503, 504)
PASSING_ERRORS = ("RemoteProtocolError", "ReadError", "ReadTimeout", "IncompleteRead", "ChunkedEncodingError")


@dataclass(frozen=True)
class HubSource:
    """A data set by its Hub id; nothing is fetched before a property or `read` is used."""

    name: str
    identifier: str
    config: str | None = None
    text: str | None = None
    label: str | None = None
    classes: tuple[str, ...] | None = None

    @property
    def location(self) -> str:
        return f"{self.identifier}:{self.config}" if self.config else self.identifier

    @cached_property
    def _loaded(self) -> dict[str, Any]:
        return dict(_load(self.identifier, self.config))

    @property
    def splits(self) -> list[str]:
        return list(self._loaded)

    def read(self, split: str) -> Examples:
        """All labelled texts of a split. Raises DataError for an unclear column or a label without a class."""
        from datasets import ClassLabel

        rows, where = self._loaded[split], self._where(split)
        class_labels = [name for name, kind in rows.features.items() if isinstance(kind, ClassLabel)]
        label = label_column(rows.column_names, self.label, where, class_labels=class_labels)
        text = self._text_column(split, label)
        feature = rows.features[label]
        names = self.classes or (tuple(feature.names) if isinstance(feature, ClassLabel) else None)
        return make_examples(rows[text], rows[label], names, where)

    def texts(self, split: str) -> list[str]:
        """All texts of a split, labelled or not. Raises DataError for an unclear column."""
        rows = self._loaded[split]
        return [text for text in rows[self._text_column(split)] if isinstance(text, str)]

    def _text_column(self, split: str, label: str | None = None) -> str:
        from datasets import Value

        features = self._loaded[split].features
        strings = [name for name, kind in features.items() if isinstance(kind, Value) and "string" in kind.dtype]
        return text_column(list(features), self.text, self._where(split), strings=[s for s in strings if s != label])

    def _where(self, split: str) -> str:
        return f"{self.name} ({split})" if self.name == self.location else f"{self.name} ({self.location}, {split})"


def _load(identifier: str, config: str | None) -> Any:
    LOG.info("reading %s from the Hub, or from its cache ...", identifier)
    import datasets

    # What these libraries warn of on the way is told here in one line, once it has failed.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    datasets.logging.set_verbosity_error()
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()

    def load(**options: Any) -> Any:
        gives_up = time.monotonic() + PATIENCE
        for pause in PAUSES:
            try:
                return datasets.load_dataset(identifier, **options)
            except Exception as error:
                if not _passing(error) or time.monotonic() > gives_up:
                    raise
                time.sleep(pause)
        return datasets.load_dataset(identifier, **options)

    try:
        return load(name=config)
    except RuntimeError as error:
        if "scripts are no longer supported" not in str(error):
            raise _refusal(identifier, error) from None
        return _explained(identifier, lambda: load(data_dir=config, revision=CONVERTED))
    except Exception as error:
        raise _refusal(identifier, error) from None


def _explained(identifier: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except Exception as error:
        raise _refusal(identifier, error) from None


def _refusal(identifier: str, error: Exception) -> DataError:
    """The library's error as one line that says what to do, without a token or a password."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    line = f"{identifier} {_reason(identifier, error, endpoint)}"
    if token := os.environ.get("HF_TOKEN"):
        line = line.replace(token, "***")
    return DataError(SECRETS.sub("", line))


def _reason(identifier: str, error: Exception, endpoint: str) -> str:
    """An error with no known cause keeps its first line."""
    import datasets
    import huggingface_hub.errors as hub
    from huggingface_hub.constants import HF_HUB_OFFLINE

    first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    causes = _causes(error)

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in causes)

    statuses = [status for each in causes if (status := _status(each))]
    if has(hub.GatedRepoError) or "is a gated dataset" in first_line:
        return f"is gated: accept its terms on {endpoint}, then set HF_TOKEN or run `hf auth login`"
    if has(hub.OfflineModeIsEnabled) or (HF_HUB_OFFLINE and isinstance(error, OSError)):
        return "is not in the cache and HF_HUB_OFFLINE is set; unset it to download the data set once"
    if isinstance(error, datasets.exceptions.DatasetNotFoundError) or has(hub.RepositoryNotFoundError):
        return (
            f"cannot be found: there is no data set {identifier!r} on {endpoint} (a private one needs HF_TOKEN or "
            "`hf auth login`); `rnnsent datasets` lists the short names"
        )
    if {401, 403} & set(statuses):
        return (
            f"is refused by {endpoint} ({statuses[0]}): the token is not valid or may not read it; "
            "set HF_TOKEN to one that may, or run `hf auth login`"
        )
    if statuses and statuses[0] in PASSING_STATUS:
        return f"cannot be loaded: {endpoint} answers with the error {statuses[0]}; try again later"
    if has(ConnectionError, TimeoutError) or any("Connect" in type(each).__name__ for each in causes):
        return f"cannot be loaded: cannot reach {endpoint}; check the network, or use a local file"
    if isinstance(error, ValueError) and "Config name is missing" in str(error):
        names = str(error).partition("[")[2].partition("]")[0].replace("'", "")
        return f"has several configurations; write {identifier}:NAME with one of {names}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be loaded: {error.strerror or first_line}"
    return f"cannot be loaded: {first_line}"


def _status(error: BaseException) -> int | None:
    """Of the Hub's answer, where that is what the error tells."""
    return getattr(getattr(error, "response", None), "status_code", None)


def _passing(error: Exception) -> bool:
    """Whether the Hub answered, but not well: with an error of its own, or with an answer cut short."""
    return any(
        _status(each) in PASSING_STATUS
        or type(each).__name__ in PASSING_ERRORS
        or "Consistency check failed" in str(each)
        for each in _causes(error)
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
