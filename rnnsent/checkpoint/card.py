"""The model card of a checkpoint: its README.md, with the metadata that the Hugging Face Hub reads."""

import json
from collections.abc import Mapping
from typing import Any

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.catalog import CATALOG, Entry


def model_card(checkpoint: Checkpoint, metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """The model card of a checkpoint with metrics by "source:split"."""
    sections = [
        _metadata(checkpoint, metrics),
        *_introduction(checkpoint),
        *_training_data(checkpoint),
        *_evaluation(metrics),
        *_model(checkpoint),
    ]
    return "\n".join(sections)


def _introduction(checkpoint: Checkpoint) -> list[str]:
    model = checkpoint.recipe.model
    direction = "bidirectional " if model.bidirectional else ""
    return [
        f"# {checkpoint.name}",
        "",
        f"A {direction}{model.cell.upper()} text classifier with the classes {', '.join(checkpoint.classes)}, "
        f"trained with rnnsent {checkpoint.versions.get('rnnsent', '')}.",
        "",
        '    rnnsent predict --model PATH/TO/THIS/FOLDER "A quiet triumph."',
        "",
    ]


def _training_data(checkpoint: Checkpoint) -> list[str]:
    rows = [
        f"| {_describe_source(record)} | {record.get('train_rows', 0):,} | {_describe_validation(record)} |"
        for record in checkpoint.data
    ]
    return [
        "## Training data",
        "",
        "| source | training texts | validation texts |",
        "|---|---|---|",
        *rows,
        "",
        "The data sets have their own licenses.",
        "",
    ]


def _evaluation(metrics: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = [
        f"| {name} | {values['n']:,} | {values['accuracy']:.2%} "
        f"| {values['accuracy_interval'][0]:.2%} to {values['accuracy_interval'][1]:.2%} "
        f"| {values['macro_f1']:.3f} | {values['log_loss']:.3f} |"
        for name, values in metrics.items()
    ]
    return [
        "## Evaluation",
        "",
        "| data set and split | texts | accuracy | 95% interval | macro F1 | log loss |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "The epoch was selected on the validation split that the model was trained with, so metrics on that split "
        "are optimistic.",
        "",
    ]


def _model(checkpoint: Checkpoint) -> list[str]:
    model, recipe = checkpoint.recipe.model, checkpoint.recipe
    layers = f"{model.num_layers} layer" if model.num_layers == 1 else f"{model.num_layers} layers"
    return [
        "## Model",
        "",
        f"{layers}, {model.hidden_size} hidden units per direction, {model.embedding_dim}-dimensional embeddings, "
        f"{model.pooling} pooling, {recipe.tokenizer.kind} tokenizer, random seed {recipe.training.seed}.",
        f"Trained with: `{' '.join(checkpoint.command)}`" if checkpoint.command else "",
        "",
        "`config.json` has all settings, `history.jsonl` the metrics of each epoch.",
        "",
    ]


def _metadata(checkpoint: Checkpoint, metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """The YAML header. Strings are written as JSON, which is valid YAML, so that no name can break the syntax."""
    lines = [
        "---",
        "library_name: rnnsent",
        "pipeline_tag: text-classification",
        "tags:",
        "- sentiment",
        f"- {checkpoint.recipe.model.cell}",
    ]
    hub_ids = [entry.location for record in checkpoint.data if (entry := _find_entry(record))]
    if hub_ids:
        lines += ["datasets:", *(f"- {json.dumps(hub_id)}" for hub_id in hub_ids)]
    if metrics:
        lines += ["model-index:", f"- name: {json.dumps(checkpoint.name)}", "  results:"]
        for name, values in metrics.items():
            source, _, split = name.rpartition(":")
            lines += [
                "  - task: {type: text-classification}",
                f"    dataset: {{name: {json.dumps(source)}, type: {json.dumps(source)}, split: {json.dumps(split)}}}",
                "    metrics:",
                f"    - {{type: accuracy, value: {values['accuracy']:.4f}}}",
                f"    - {{type: f1, name: macro F1, value: {values['macro_f1']:.4f}}}",
            ]
    return "\n".join([*lines, "---", ""])


def _find_entry(record: Mapping[str, Any]) -> Entry | None:
    """The data set on the Hub that a record has by its short name; None for a local file of this name."""
    entry = CATALOG.get(str(record.get("name")))
    return entry if entry and str(record.get("location")).partition(":")[0] == entry.location else None


def _describe_source(record: Mapping[str, Any]) -> str:
    name, location = str(record.get("name")), str(record.get("location"))
    return f"{name} ({location})" if location not in (name, "") and not location.startswith("/") else name


def _describe_validation(record: Mapping[str, Any]) -> str:
    split = record.get("validation_from")
    return f"{record.get('validation_rows', 0):,}" + (f" (from {split})" if split else "")
