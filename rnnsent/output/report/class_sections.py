"""The sections of the report about single classes: their scores, what they are confused with, and their curves."""

from collections.abc import Sequence

from rnnsent.evaluation.curves import RATES, RECALLS, ClassCurves
from rnnsent.evaluation.report import Report
from rnnsent.output.report.charts import MAX_SERIES, Series, line_chart
from rnnsent.output.report.page import Part, Section, Table, name_in_sentence, quote

MAX_CLASSES_BESIDE = 3  # of a confusion matrix beside another table
MAX_CONFUSIONS = 3  # in words


def classes_section(report: Report) -> Section:
    metrics = report.metrics
    names = list(map(quote, metrics.per_class))
    scores = Table(
        "Scores by class",
        ["class", "precision", "recall", "F1", "texts"],
        [
            [name, f"{row['precision']:.3f}", f"{row['recall']:.3f}", f"{row['f1']:.3f}", f"{row['support']:,.0f}"]
            for name, row in zip(names, metrics.per_class.values(), strict=True)
        ],
        numeric=(1, 2, 3, 4),
    )
    confusion = Table(
        "Confusion matrix",
        ["true class", *(f"predicted {name_in_sentence(name)}" for name in metrics.per_class)],
        [
            [name, *(f"{count:,} ({count / max(sum(row), 1):.0%})" for count in row)]
            for name, row in zip(names, metrics.confusion_matrix, strict=True)
        ],
        numeric=range(1, len(names) + 1),
        marks_diagonal=True,
    )
    is_wide = len(names) > MAX_CLASSES_BESIDE
    parts = [Part(tables=[scores]), Part(tables=[confusion])] if is_wide else [Part(tables=[scores, confusion])]
    return Section("classes", "Classes", _describe_confusions(list(metrics.per_class), metrics.confusion_matrix), parts)


def curves_section(report: Report) -> Section:
    """ROC and precision-recall; with many classes, lines for the most frequent ones."""
    most_frequent = sorted(report.curves, key=lambda curve: -curve.n)[:MAX_SERIES]
    drawn = [curve for curve in report.curves if curve in most_frequent]
    text = "Each class against the rest, for every threshold on its probability."
    if len(drawn) < len(report.curves):
        text += f" The lines are those of the {len(drawn)} most frequent classes."
    if not drawn:
        return Section("curves", "ROC and precision-recall", "All texts have one class, so there are no curves.")
    parts = [_roc_part(report.curves, drawn), _precision_part(report.curves, drawn)]
    return Section("curves", "ROC and precision-recall", text, parts)


def _roc_part(curves: Sequence[ClassCurves], drawn: Sequence[ClassCurves]) -> Part:
    chart = line_chart(
        "roc",
        "ROC curve",
        "How many texts of a class are found (vertical) by how many other texts are taken for it (horizontal). "
        + "; ".join(f"{name_in_sentence(curve.name)}: area {curve.roc_auc:.3f}" for curve in drawn),
        x_label="false positive rate",
        y_label="true positive rate",
        series=[Series(quote(curve.name), curve.roc) for curve in drawn],
        diagonal=True,
    )
    table = Table(
        "ROC: area, and texts found at a false positive rate",
        ["class", "area", *(f"found at {rate:.0%}" for rate in RATES)],
        [
            [quote(curve.name), f"{curve.roc_auc:.3f}", *(f"{found:.1%}" for found in curve.recall_at.values())]
            for curve in curves
        ],
        numeric=range(1, len(RATES) + 2),
    )
    return Part([chart], [table])


def _precision_part(curves: Sequence[ClassCurves], drawn: Sequence[ClassCurves]) -> Part:
    chart = line_chart(
        "precision-recall",
        "Precision-recall curve",
        "How many of the predictions of a class are right (vertical) by how many of its texts are found (horizontal). "
        + "; ".join(
            f"{name_in_sentence(curve.name)}: average precision {curve.average_precision:.3f}" for curve in drawn
        ),
        x_label="recall",
        y_label="precision",
        series=[Series(quote(curve.name), curve.precision_recall) for curve in drawn],
    )
    table = Table(
        "Average precision, and the best precision with at least a recall",
        ["class", "average", *(f"at recall {recall:.0%}" for recall in RECALLS)],
        [
            [
                quote(curve.name),
                f"{curve.average_precision:.3f}",
                *(f"{precision:.1%}" for precision in curve.precision_at.values()),
            ]
            for curve in curves
        ],
        numeric=range(1, len(RECALLS) + 2),
    )
    return Part([chart], [table])


def _describe_confusions(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> str:
    """The most frequent confusions in words."""
    confusions = sorted(
        ((count, i, j) for i, row in enumerate(matrix) for j, count in enumerate(row) if i != j and count), reverse=True
    )
    described = [
        f"{name_in_sentence(names[i])} taken for {name_in_sentence(names[j])} ({count:,}, {count / sum(matrix[i]):.0%})"
        for count, i, j in confusions[:MAX_CONFUSIONS]
    ]
    return f"Most often confused: {'; '.join(described)}." if described else "No text is labeled wrong."
