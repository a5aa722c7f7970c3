"""Proves that a model card is what the Hub reads: a YAML header that no name can break, and the figures of the model."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from rnnsent.model.card import model_card
from rnnsent.model.checkpoint import Checkpoint

SCORES = {"n": 1_234, "accuracy": 0.87654, "accuracy_interval": [0.85, 0.9], "macro_f1": 0.8, "log_loss": 0.3}


def header(card: str) -> dict[str, Any]:
    start, text, _ = card.split("---\n", 2)
    assert start == ""
    return yaml.safe_load(text)


def test_the_header_tells_the_hub_what_the_model_is(model: Checkpoint) -> None:
    found = header(model_card(model, {}))
    assert found == {
        "library_name": "rnnsent",
        "pipeline_tag": "text-classification",
        "tags": ["sentiment", "lstm"],
    }


def test_scores_stand_in_the_header_and_in_the_table(model: Checkpoint) -> None:
    card = model_card(model, {"imdb:test": SCORES})
    (index,) = header(card)["model-index"]
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
    assert "| imdb:test | 1,234 | 87.65% | 85.00% to 90.00% | 0.800 | 0.300 |" in card.splitlines()


@pytest.mark.parametrize("name", ['a"b', "a: b", "a, {b}", "# a", "- a", "電影", "owner/name:config", "a\\b"])
def test_no_name_of_a_source_breaks_the_header(model: Checkpoint, name: str) -> None:
    (index,) = header(model_card(model, {f"{name}:test": SCORES}))["model-index"]
    assert index["results"][0]["dataset"] == {"name": name, "type": name, "split": "test"}


def test_the_hubs_own_data_sets_are_linked_and_no_path_of_this_machine_is_shown(model: Checkpoint) -> None:
    data: tuple[dict[str, Any], ...] = (
        {"name": "imdb", "location": "stanfordnlp/imdb", "train_rows": 22_500, "validation_rows": 2_500, "validation_from": "train"},
        {"name": "sentences", "location": "the package"},
        {"name": "mine.csv", "location": "/home/someone/mine.csv"},
    )  # fmt: skip
    card = model_card(replace(model, data=data), {})
    assert header(card)["datasets"] == ["stanfordnlp/imdb"]
    assert "| imdb (stanfordnlp/imdb) | 22,500 | 2,500 (train) |" in card.splitlines()
    assert "/home/someone" not in card
    assert "| mine.csv | 0 | 0 (None) |" in card.splitlines()


def test_the_card_tells_the_network_the_classes_and_the_command(model: Checkpoint) -> None:
    card = model_card(replace(model, command=("rnnsent", "train", "imdb"), versions={"rnnsent": "9.9"}), {})
    assert "A bidirectional LSTM text classifier with the classes negative, positive, trained by rnnsent 9.9." in card
    assert "1 layer(s) of 3 hidden units, embedding of 4, pooling mean-max; tokens by word; seed 0." in card
    assert "Trained with: `rnnsent train imdb`" in card
    assert "Trained with" not in model_card(model, {})
