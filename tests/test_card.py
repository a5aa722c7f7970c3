"""A model card has a YAML header that the Hub can read, and the metrics and settings of the model."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from rnnsent.checkpoint.card import model_card
from rnnsent.checkpoint.checkpoint import Checkpoint

METRIC_VALUES = {"n": 1_234, "accuracy": 0.87654, "accuracy_interval": [0.85, 0.9], "macro_f1": 0.8, "log_loss": 0.3}


def metadata(card: str) -> dict[str, Any]:
    start, text, _ = card.split("---\n", 2)
    assert start == ""
    return yaml.safe_load(text)


def test_metadata(model: Checkpoint) -> None:
    """The header has the library, the task and the tags."""
    assert metadata(model_card(model, {})) == {
        "library_name": "rnnsent",
        "pipeline_tag": "text-classification",
        "tags": ["sentiment", "lstm"],
    }


def test_metrics(model: Checkpoint) -> None:
    """Metrics are in the header and in the table."""
    card = model_card(model, {"imdb:test": METRIC_VALUES})
    (index,) = metadata(card)["model-index"]
    assert index["name"] == "tiny"
    assert index["results"] == [
        {
            "task": {"type": "text-classification"},
            "dataset": {"name": "imdb", "type": "imdb", "split": "test"},
            "metrics": [
                {"type": "accuracy", "value": 0.8765},
                {"type": "f1", "name": "macro F1", "value": 0.8},
            ],
        }
    ]
    assert "| data set and split | texts | accuracy | 95% interval | macro F1 | log loss |" in card.splitlines()
    assert "| imdb:test | 1,234 | 87.65% | 85.00% to 90.00% | 0.800 | 0.300 |" in card.splitlines()


@pytest.mark.parametrize("name", ['a"b', "a: b", "a, {b}", "# a", "- a", "電影", "owner/name:config", "a\\b"])
def test_special_characters(model: Checkpoint, name: str) -> None:
    """No name of a data set breaks the syntax of the header."""
    (index,) = metadata(model_card(model, {f"{name}:test": METRIC_VALUES}))["model-index"]
    assert index["results"][0]["dataset"] == {"name": name, "type": name, "split": "test"}


def test_data_sets(model: Checkpoint) -> None:
    """Data sets from the Hub are linked; local paths are not published."""
    data: tuple[dict[str, Any], ...] = (
        {"name": "imdb", "location": "stanfordnlp/imdb", "train_rows": 22_500, "validation_rows": 2_500, "validation_from": "train"},
        {"name": "sentences", "location": "bundled"},
        {"name": "mine.csv", "location": "/home/someone/mine.csv"},
    )  # fmt: skip
    card = model_card(replace(model, data=data), {})
    assert metadata(card)["datasets"] == ["stanfordnlp/imdb"]
    assert "| imdb (stanfordnlp/imdb) | 22,500 | 2,500 (from train) |" in card.splitlines()
    assert "/home/someone" not in card
    assert "| mine.csv | 0 | 0 |" in card.splitlines()


def test_local_file_of_short_name(model: Checkpoint) -> None:
    """A local file that is called like a data set on the Hub is not described as that data set."""
    data = ({"name": "imdb", "location": "imdb"}, {"name": "tweet_eval", "location": "cardiffnlp/tweet_eval:sentiment"})
    assert metadata(model_card(replace(model, data=data), {}))["datasets"] == ["cardiffnlp/tweet_eval"]


def test_description(model: Checkpoint) -> None:
    """The card has the network, the classes, the tokenizer and the command."""
    card = model_card(replace(model, command=("rnnsent", "train", "imdb"), versions={"rnnsent": "9.9"}), {})
    assert "A bidirectional LSTM text classifier with the classes negative, positive, trained with rnnsent 9.9." in card
    assert "1 layer, 3 hidden units per direction, 4-dimensional embeddings, mean-max pooling, word tokenizer, " in card
    assert "random seed 0." in card
    assert "Trained with: `rnnsent train imdb`" in card
    assert "Trained with" not in model_card(model, {})
