"""Data sets on the Hugging Face Hub, read with the `datasets` library, whose errors become one line each."""

import logging
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rnnsent.data.columns import SAMPLE_ROWS, find_label_column, find_text_columns
from rnnsent.data.examples import UNLABELED, Examples, make_examples, map_classes
from rnnsent.data.fields import read_text
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.splits import is_unlabeled_split
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
# The branch with the rows of data sets that were published as a loading script, which `datasets` no longer runs.
PARQUET_REVISION = "refs/convert/parquet"
# Seconds to wait before each retry after a transient error; files already downloaded come from the cache then.
RETRY_DELAYS = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0)
RETRY_TIMEOUT = 60.0  # seconds since the first attempt, after which there are no retries; one attempt can take 30
# What must not appear in an error: the user name and password in an endpoint's URL, and a token.
SECRETS = re.compile(r"(?<=://)[^/@\s]+@|\bhf_\w{8,}")
TRANSIENT_STATUSES = (429, 500, 502, 503, 504)
TRANSIENT_ERRORS = ("RemoteProtocolError", "ReadError", "ReadTimeout", "IncompleteRead", "ChunkedEncodingError")


@dataclass(frozen=True)
class HubSource:
    """A data set by its Hub id; nothing is downloaded until a property or method needs it. See `Source`."""

    name: str
    repo_id: str
    config: str | None = None
    options: ReadOptions = ReadOptions()
    class_names: tuple[str, ...] | None = None  # the names of integer labels, instead of those on the Hub
    label_map: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def location(self) -> str:
        return f"{self.repo_id}:{self.config}" if self.config else self.repo_id

    @cached_property
    def _dataset(self) -> dict[str, Any]:
        return dict(_load(self.repo_id, self.config))

    @property
    def splits(self) -> list[str]:
        return list(self._dataset)

    def read(self, split: str) -> Examples:
        """All labeled texts of a split.

        Raises:
            DataError: a column is ambiguous, a label has no class, or the label map names an unknown class.
        """
        return map_classes(self._read_split(split), self.label_map, self._describe(split), self._all_classes)

    def read_texts(self, split: str) -> list[str]:
        """All texts of a split, labeled or not. Raises DataError if the text column is ambiguous."""
        texts = self._read_columns(split, self._find_text_columns(split))
        return [text for text in texts if isinstance(text, str)]

    def _all_classes(self) -> set[str]:
        return {name for split in self.splits for name in self._read_split(split).classes}

    def _read_split(self, split: str) -> Examples:
        from datasets import ClassLabel

        rows, source_name = self._dataset[split], self._describe(split)
        class_labels = [name for name, feature in rows.features.items() if isinstance(feature, ClassLabel)]
        label_column = find_label_column(
            rows.column_names, self.options.label_column, source_name, class_labels=class_labels
        )
        text_columns = self._find_text_columns(split, label_column)
        feature = rows.features[label_column]
        class_names = self.class_names or (tuple(feature.names) if isinstance(feature, ClassLabel) else None)
        labels = rows[label_column]
        if is_unlabeled_split(split):
            labels = [None if label in UNLABELED else label for label in labels]
        origin = f"text {' + '.join(map(repr, text_columns))}, label {label_column!r}"
        return make_examples(self._read_columns(split, text_columns), labels, class_names, source_name, origin=origin)

    def _find_text_columns(self, split: str, label_column: str | None = None) -> tuple[str, ...]:
        from datasets import Value

        features = self._dataset[split].features
        strings = [
            name
            for name, feature in features.items()
            if isinstance(feature, Value) and "string" in feature.dtype and name != label_column
        ]
        return find_text_columns(
            list(features),
            self.options.text_columns,
            self._describe(split),
            sample=self._sample(split),
            strings=strings,
        )

    def _sample(self, split: str) -> list[dict[str, Any]]:
        columns = self._dataset[split][:SAMPLE_ROWS]
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def _read_columns(self, split: str, names: Sequence[str]) -> list[str | None]:
        """The text of each row, that of several columns on lines of their own."""
        columns = [self._dataset[split][name] for name in names]
        rows = (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
        return [read_text(row, names, is_cell=False) for row in rows]

    def _describe(self, split: str) -> str:
        return f"{self.name} ({split})" if self.name == self.location else f"{self.name} ({self.location}, {split})"


def _load(repo_id: str, config: str | None) -> Any:
    """All splits of a data set, from the Hub or its local cache. Raises DataError if they cannot be loaded."""
    LOG.info("loading %s from the Hugging Face Hub or its cache ...", repo_id)
    import datasets

    # A failure is reported in one line, so the warnings of these libraries on the way to it are silenced.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    datasets.logging.set_verbosity_error()
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        return _load_with_retries(repo_id, name=config)
    except Exception as error:
        if not (isinstance(error, RuntimeError) and "scripts are no longer supported" in str(error)):
            raise _to_data_error(repo_id, error) from None
    try:
        return _load_with_retries(repo_id, data_dir=config, revision=PARQUET_REVISION)
    except Exception as error:
        raise _to_data_error(repo_id, error) from None


def _load_with_retries(repo_id: str, **options: Any) -> Any:
    import datasets

    deadline = time.monotonic() + RETRY_TIMEOUT
    for delay in RETRY_DELAYS:
        try:
            return datasets.load_dataset(repo_id, **options)
        except Exception as error:
            if not _is_transient(error) or time.monotonic() > deadline:
                raise
            time.sleep(delay)
    return datasets.load_dataset(repo_id, **options)


def _to_data_error(repo_id: str, error: Exception) -> DataError:
    """The library's error as one line with a remedy, without a token or a password."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    line = f"{repo_id} {_describe_error(repo_id, error, endpoint)}"
    if token := os.environ.get("HF_TOKEN"):
        line = line.replace(token, "***")
    return DataError(SECRETS.sub("", line))


def _describe_error(repo_id: str, error: Exception, endpoint: str) -> str:
    """What is wrong and what to do; an unknown error keeps its first line."""
    import datasets
    import huggingface_hub.errors as hub
    from huggingface_hub.constants import HF_HUB_OFFLINE

    first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    causes = _causes(error)

    def is_caused_by(*types: type[BaseException]) -> bool:
        return any(isinstance(cause, types) for cause in causes)

    statuses = [status for cause in causes if (status := _http_status(cause))]
    if is_caused_by(hub.GatedRepoError) or "is a gated dataset" in first_line:
        return f"is gated: accept its terms on {endpoint}, then set HF_TOKEN or run `hf auth login`"
    if is_caused_by(hub.OfflineModeIsEnabled) or (HF_HUB_OFFLINE and isinstance(error, OSError)):
        return "is not in the cache and HF_HUB_OFFLINE is set; unset it to download the data set once"
    if isinstance(error, datasets.exceptions.DatasetNotFoundError) or is_caused_by(hub.RepositoryNotFoundError):
        return (
            f"was not found: no data set {repo_id!r} on {endpoint} (a private one needs HF_TOKEN or "
            "`hf auth login`); `rnnsent datasets` lists the short names"
        )
    if {401, 403} & set(statuses):
        return (
            f"was refused by {endpoint} ({statuses[0]}): the token is invalid or lacks access; "
            "set HF_TOKEN to one with access, or run `hf auth login`"
        )
    if statuses and statuses[0] in TRANSIENT_STATUSES:
        return f"cannot be loaded: {endpoint} responded with error {statuses[0]}; try again later"
    if is_caused_by(ConnectionError, TimeoutError) or any("Connect" in type(cause).__name__ for cause in causes):
        return f"cannot be loaded: cannot connect to {endpoint}; check the network, or use a local file"
    if isinstance(error, ValueError) and "Config name is missing" in str(error):
        names = str(error).partition("[")[2].partition("]")[0].replace("'", "")
        return f"has several configurations; use {repo_id}:NAME with one of {names}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be loaded: {error.strerror or first_line}"
    return f"cannot be loaded: {first_line}"


def _http_status(error: BaseException) -> int | None:
    """The status code of the Hub's response, if the error has one."""
    return getattr(getattr(error, "response", None), "status_code", None)


def _is_transient(error: Exception) -> bool:
    """Whether a retry may succeed: the Hub responded with a server error or an incomplete response."""
    return any(
        _http_status(cause) in TRANSIENT_STATUSES
        or type(cause).__name__ in TRANSIENT_ERRORS
        or "Consistency check failed" in str(cause)
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and the chain of errors that it was raised from."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
