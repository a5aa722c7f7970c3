"""The sections of docs/results.md on domains: held-out texts, unseen domains, few labels, accuracy against speed."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from markdown_table import table

Entries = Mapping[str, Mapping[str, Any]]


def format_domains(runs: Entries) -> list[str]:
    rows = [
        [
            run["domain"], name.partition(" on ")[2], run["license"], f"{run['n_classes']}", f"{run['n']:,}",
            f"{run['accuracy']:.1%} ({run['interval'][0]:.1%} to {run['interval'][1]:.1%})", f"{run['macro_recall']:.1%}",
            f"{run['ece']:.3f}",
        ]
        for name, run in sorted(runs.items(), key=lambda item: (item[1]["domain"], item[0]))
        if name.startswith("english on ")
    ]  # fmt: skip
    header = ["domain", "corpus", "license", "classes", "texts", "accuracy (interval)", "macro recall", "ECE"]
    return [
        "## The English model by domain",
        "",
        "On held-out parts of public corpora, among the classes of each corpus (`python benchmarks/domains.py`;",
        "scripts/corpora.py has the origins and the rule of the parts). Restricted corpora were for evaluation only. The labels of",
        "the others, from their training parts, taught the teacher, and those of the open ones the model.",
        "",
        *table(header, rows),
        "",
    ] if rows else []  # fmt: skip


def format_unseen_domains(runs: Entries) -> list[str]:
    rows = []
    for name, run in runs.items():
        corpus = name.partition(" on ")[2]
        if not run["left_out"]:
            continue
        with_domain = runs[f"all-domains on {corpus}"]
        rows.append(
            [
                run["domain"], corpus, f"{run['n']:,}",
                *(f"{each[key]:.1%}" for key in ("accuracy", "macro_recall") for each in (run, with_domain)),
                f"{run['ece']:.3f}", f"{with_domain['ece']:.3f}",
            ]
        )  # fmt: skip
    header = [
        "domain",
        "corpus",
        "texts",
        "accuracy without",
        "with",
        "macro recall without",
        "with",
        "ECE without",
        "with",
    ]
    return [
        "## Domains that training left out",
        "",
        "Models trained on the labels of all domains but one, and of all, without teachers and word vectors, on the held-out texts of",
        "that domain (`python benchmarks/unseen_domains.py BUILD`):",
        "",
        *table(header, rows),
        "",
    ] if rows else []  # fmt: skip


def format_few_labels(runs: Entries) -> list[str]:
    if not runs:
        return []
    corpora = list(dict.fromkeys(name.partition(", ")[0] for name in runs))
    tools = list(dict.fromkeys(name.partition(" labels: ")[2] for name in runs))
    sizes = sorted({int(name.partition(", ")[2].partition(" ")[0]) for name in runs} - {0})
    rows = []
    for corpus in corpora:
        for tool in tools:
            cells = [_format_scores(runs.get(f"{corpus}, {size} labels: {tool}")) for size in sizes]
            if any(cells):
                rows.append([corpus, tool, "", *cells])
            else:
                rows.append([corpus, tool, _format_scores(runs.get(f"{corpus}, 0 labels: {tool}")), *cells])
    return [
        "## Few labels",
        "",
        "Macro recall on up to 1,000 other texts, mean of three draws of the training texts (smallest to largest), of corpora of",
        "which neither the bundled model nor its teacher has seen a text (`python benchmarks/few_labels.py`):",
        "",
        *table(["corpus", "tool", "no labels", *(f"{size:,} labels" for size in sizes)], rows),
        "",
        "![macro recall by the number of labels](few_labels.png)",
        "",
    ]


def _format_scores(run: Mapping[str, Any] | None) -> str:
    if run is None:
        return ""
    scores = run["macro_recall"]
    spread = f" ({min(scores):.1%} to {max(scores):.1%})" if len(scores) > 1 else ""
    return f"{mean(scores):.1%}{spread}"


def format_tradeoff(runs: Entries) -> list[str]:
    rows = [
        [
            name.rpartition(" on ")[2],
            name.rpartition(" on ")[0],
            f"{run['macro_recall']:.1%}",
            f"{run['texts_per_second']:,}",
        ]
        for name, run in sorted(
            runs.items(), key=lambda item: (item[0].rpartition(" on ")[2], -item[1]["macro_recall"])
        )
    ]
    machine = next(iter(runs.values()))["machine"] if runs else ""
    return [
        "## Accuracy against speed",
        "",
        "Macro recall and texts per second in one process, on film reviews (imdb test, two classes) and tweets (SemEval 2017 test,",
        f"three classes), in one run on {machine} (`python benchmarks/tradeoff.py TEACHER`). fastText and the static vectors were",
        "trained on the train split of the same data set.",
        "",
        *table(["texts", "tool", "macro recall", "texts/s"], rows),
        "",
        "![macro recall against texts per second](tradeoff.png)",
        "",
    ] if rows else []  # fmt: skip


def format_network_sizes(runs: Entries) -> list[str]:
    rows = [
        [
            name, f"{run['weights']:,}", f"{run['accuracy']:.2%}", f"{run['accuracy_8_bits']:.2%}", f"{run['log_loss']:.3f}",
            f"{run['reviews_per_second']:,}", f"{run['tweets_per_second']:,}",
        ]
        for name, run in runs.items()
    ]  # fmt: skip
    header = [
        "network",
        "weights beside the embedding",
        "accuracy",
        "embedding in 8 bits",
        "log loss",
        "reviews/s",
        "tweets/s",
    ]
    return [
        "## Size and speed of the network",
        "",
        "Networks without n-grams after one epoch on a part of the English model's training data, validated on a tenth of the labeled",
        "texts, and texts per second of the network on one thread (`python benchmarks/network_sizes.py BUILD`):",
        "",
        *table(header, rows),
        "",
    ] if rows else []  # fmt: skip
