"""A checkpoint's README.md: a model card with the Hub's metadata, so that the folder can be uploaded as it is."""

import json
from collections.abc import Mapping
from typing import Any

from rnnsent.data.catalog import CATALOG
from rnnsent.model.checkpoint import Checkpoint


def model_card(checkpoint: Checkpoint, metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """The card of a checkpoint with its scores by "source:split"."""
    model, training = checkpoint.recipe.model, checkpoint.recipe.training
    direction = "bidirectional " if model.bidirectional else ""
    rows = [
        f"| {_source(record)} | {record.get('train_rows', 0):,} | {record.get('validation_rows', 0):,} "
        f"({record.get('validation_from')}) |"
        for record in checkpoint.data
    ]
    scores = [
        f"| {name} | {each['n']:,} | {each['accuracy']:.2%} | {each['accuracy_interval'][0]:.2%} to {each['accuracy_interval'][1]:.2%} "
        f"| {each['macro_f1']:.3f} | {each['log_loss']:.3f} |"
        for name, each in metrics.items()
    ]
    return "\n".join(
        [
            _metadata(checkpoint, metrics),
            f"# {checkpoint.name}",
            "",
            f"A {direction}{model.cell.upper()} text classifier with the classes {', '.join(checkpoint.classes)}, "
            f"trained by rnnsent {checkpoint.versions.get('rnnsent', '')}.",
            "",
            '    rnnsent predict --model PATH/TO/THIS/FOLDER "A quiet triumph."',
            "",
            "## Data",
            "",
            "| source | train | validation (from) |",
            "|---|---|---|",
            *rows,
            "",
            "The rights of the data are those of its sources.",
            "",
            "## Scores",
            "",
            "| source and split | texts | accuracy | 95 % interval | macro F1 | log loss |",
            "|---|---|---|---|---|---|",
            *scores,
            "",
            "A validation split chose the epoch, so its score flatters; a test split chose nothing.",
            "",
            "## Model",
            "",
            f"{model.layers} layer(s) of {model.hidden} hidden units, embedding of {model.embedding_dim}, pooling {model.pooling}; "
            f"tokens by {checkpoint.recipe.tokenizer.tokenizer}; seed {training.seed}.",
            f"Trained with: `{' '.join(checkpoint.command)}`" if checkpoint.command else "",
            "",
            "All settings are in `config.json`, every epoch in `history.jsonl`.",
            "",
        ]
    )


def _metadata(checkpoint: Checkpoint, metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """The YAML header. Every string is written as JSON, which YAML reads, so that no name can break it."""
    lines = [
        "---",
        "library_name: rnnsent",
        "pipeline_tag: text-classification",
        "tags:",
        "- sentiment",
        f"- {checkpoint.recipe.model.cell}",
    ]
    known = [CATALOG[record["name"]].location for record in checkpoint.data if record.get("name") in CATALOG]
    hub = [location for location in known if not location.startswith("/")]
    if hub:
        lines += ["datasets:", *(f"- {json.dumps(location)}" for location in hub)]
    if metrics:
        lines += ["model-index:", f"- name: {json.dumps(checkpoint.name)}", "  results:"]
        for name, each in metrics.items():
            source, _, split = name.rpartition(":")
            lines += [
                "  - task: {type: text-classification}",
                f"    dataset: {{name: {json.dumps(source)}, type: {json.dumps(source)}, split: {json.dumps(split)}}}",
                "    metrics:",
                f"    - {{type: accuracy, value: {each['accuracy']:.4f}}}",
                f"    - {{type: f1, name: macro F1, value: {each['macro_f1']:.4f}}}",
            ]
    return "\n".join([*lines, "---", ""])


def _source(record: Mapping[str, Any]) -> str:
    name, location = str(record.get("name")), str(record.get("location"))
    return f"{name} ({location})" if location not in (name, "") and not location.startswith("/") else name
