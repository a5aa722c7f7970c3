"""The sections of the report of an evaluation: which chart and which table shows what."""

from collections.abc import Sequence

from rnnsent.evaluation.curves import ReliabilityBin
from rnnsent.evaluation.report import Report
from rnnsent.output.report.charts import Axis, Series, bar_chart, fit_axis, line_chart
from rnnsent.output.report.page import Part, Section, Table, quote
from rnnsent.output.terminal import pluralize

COVERAGES = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
MAX_CONFLICTS = 10
FEW_TEXTS = 20


def reliability_section(report: Report) -> Section:
    after = report.evaluation.metrics.expected_calibration_error
    name = "after calibration" if report.uncalibrated else "predictions"
    series = [Series(name, [(row.confidence, row.accuracy) for row in report.reliability], True)]
    text = f"{_describe_reliability(report.reliability)} The calibration error is {after:.4f}"
    details = [
        _reliability_table(
            f"Texts by probability{', after calibration' if report.uncalibrated else ''}", report.reliability
        )
    ]
    if report.uncalibrated:
        before, error = report.uncalibrated
        series.append(Series("before calibration", [(row.confidence, row.accuracy) for row in before], True))
        text += f"; before calibration it was {error:.4f}."
        details.append(_reliability_table("Texts by probability, before calibration", before))
    else:
        text += ". What it was before calibration is unknown, because the model does not record its calibration."
    chart = line_chart(
        "reliability",
        "Reliability diagram",
        "How often predictions are right (vertical) by their probability (horizontal); lines: "
        f"{', '.join(each.name for each in series)}. {_describe_reliability(report.reliability)}",
        x_label="probability of the prediction",
        y_label="fraction that is right",
        series=series,
        diagonal=True,
    )
    return Section("reliability", "Reliability", text, [Part([chart], details[:1], details[1:])])


def risk_section(report: Report) -> Section:
    risk, n = report.risk_coverage, report.evaluation.metrics.n
    limits = ", ".join(f"{limit:.0%}: {coverage:.1%}" for limit, coverage in risk.coverage_at.items())
    chart = line_chart(
        "risk",
        "Risk by coverage",
        f"The fraction of mistakes (vertical) among the texts that the model is most sure of, by their fraction (horizontal). "
        f"Coverage at a risk of {limits}.",
        x_label="coverage: texts that the model answers",
        y_label="risk: mistakes among these",
        series=[Series("risk", risk.points)],
        y=fit_axis([0.05, *(value for coverage, value in risk.points if coverage >= 0.05)]),
    )
    table = Table(
        "Texts that the model answers alone, if people check the others",
        ["texts that the model answers", "mistakes among them", "texts"],
        [
            *(
                [
                    f"the most with {limit:.0%} mistakes: {coverage:.1%}",
                    f"{limit:.0%}",
                    f"{coverage * n:,.0f}",
                ]
                if coverage * n >= FEW_TEXTS
                else [f"the most with {limit:.0%} mistakes", "not reached", ""]
                for limit, coverage in risk.coverage_at.items()
            ),
            *(
                [f"the surest {coverage:.0%}", f"{_risk_at(risk.points, coverage):.1%}", f"{coverage * n:,.0f}"]
                for coverage in COVERAGES
            ),
        ],
        numeric=(1, 2),
    )
    text = f"If people check the fifth of the texts that the model is least sure of, {risk.accuracy_at_80:.1%} of the others are right."
    return Section("risk", "Risk and coverage", text, [Part([chart], [table])])


def length_section(report: Report) -> Section:
    bands = report.evaluation.metrics.accuracy_by_length
    rows = list(zip(bands, report.length_intervals, strict=True))
    chart = bar_chart(
        "length",
        "Accuracy by length",
        "The accuracy for texts of similar length, with its 95% interval as a vertical line. Bars of fewer than "
        f"{FEW_TEXTS} texts are pale.",
        x_label="up to this number of tokens",
        y_label="accuracy",
        bars=[(f"{band.max_tokens:,}", band.accuracy, interval, band.n >= FEW_TEXTS) for band, interval in rows],
    )
    table = Table(
        "Accuracy by number of tokens",
        ["tokens", "texts", "accuracy", "95% interval"],
        [
            [
                f"{band.min_tokens:,} to {band.max_tokens:,}",
                f"{band.n:,}",
                f"{band.accuracy:.1%}",
                f"{low:.1%} to {high:.1%}",
            ]
            for band, (low, high) in rows
        ],
        numeric=(1, 2, 3),
    )
    return Section("length", "Accuracy by length", "", [Part([chart], [table])])


def learning_section(report: Report) -> Section:
    """The loss by epoch. A model may be without a history, or have one that is not a number."""
    keys = ("epoch", "train_loss", "validation_loss", "validation_accuracy")
    history = [
        {key: float(line[key]) for key in keys}
        for line in report.history
        if all(isinstance(line.get(key), int | float) and abs(line[key]) < 1e6 for key in keys)
    ]
    if len(history) < 2:
        return Section("learning", "Learning curve", "The model has no history of at least two epochs.")
    epochs = [line["epoch"] for line in history]
    losses = [line[key] for line in history for key in ("train_loss", "validation_loss")]
    chart = line_chart(
        "learning",
        "Learning curve",
        "The training loss (solid line) and the validation loss (dashed line) after each epoch. "
        f"The lowest validation loss is {min(line['validation_loss'] for line in history):.4f}.",
        x_label="epoch",
        y_label="loss",
        series=[
            Series("training", [(line["epoch"], line["train_loss"]) for line in history], True),
            Series("validation", [(line["epoch"], line["validation_loss"]) for line in history], True),
        ],
        x=_epoch_axis(epochs),
        y=fit_axis(losses, lambda value: f"{value:.2f}", from_zero=False),
    )
    table = Table(
        "Loss and validation accuracy by epoch",
        ["epoch", "training loss", "validation loss", "validation accuracy"],
        [
            [
                f"{line['epoch']:.0f}",
                f"{line['train_loss']:.4f}",
                f"{line['validation_loss']:.4f}",
                f"{line['validation_accuracy']:.2%}",
            ]
            for line in history
        ],
        numeric=(1, 2, 3),
    )
    part = Part([chart], [table]) if len(history) <= 12 else Part([chart], [], [table])
    text = (
        "How the network was trained, without its n-gram model. The epoch with the best validation accuracy is saved."
    )
    return Section("learning", "Learning curve", text, [part])


def mistakes_section(report: Report, *, quotes: bool) -> Section:
    title = "Most confident mistakes"
    if not report.mistakes:
        return Section("mistakes", title, "There are none.")
    table = Table(
        f"The {len(report.mistakes)} mistakes with the highest probability",
        ["row", "true label", "predicted", "probability", *(["text"] if quotes else [])],
        [
            [
                f"{mistake.number:,}",
                quote(mistake.label),
                quote(mistake.predicted),
                f"{mistake.probability:.3f}",
                *([quote(mistake.text)] if quotes else []),
            ]
            for mistake in report.mistakes
        ],
        numeric=(3,),
        texts=(4,),
    )
    text = "Some of these labels may be wrong. The row is the number of the text among those of the split with a label, from 1; long texts are cut."
    return Section("mistakes", title, text, [Part(tables=[table])])


def duplicates_section(report: Report, *, quotes: bool) -> Section:
    duplicates, classes = report.duplicates, report.evaluation.classes
    text = (
        f"{pluralize(duplicates.n_repeated, 'text')} also found earlier in the split, but for case and whitespace; "
        f"{pluralize(len(duplicates.conflicts), 'distinct text')} with several labels."
    )
    if not duplicates.conflicts or not quotes:
        return Section("duplicates", "Duplicates and label conflicts", text)
    table = Table(
        "Texts with several labels" + (", the first ones" if len(duplicates.conflicts) > MAX_CONFLICTS else ""),
        ["labels", "text"],
        [
            [", ".join(f"{quote(classes[label])} {count:,}" for label, count in labels.items()), quote(conflict)]
            for conflict, labels in duplicates.conflicts[:MAX_CONFLICTS]
        ],
        texts=(1,),
    )
    return Section("duplicates", "Duplicates and label conflicts", text, [Part(tables=[table])])


def _reliability_table(caption: str, bins: Sequence[ReliabilityBin]) -> Table:
    return Table(
        caption,
        ["probability", "texts", "mean probability", "fraction right", "95% interval"],
        [
            [
                f"{row.low:.0%}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{row.high:.0%}",
                f"{row.n:,}",
                f"{row.confidence:.1%}",
                f"{row.accuracy:.1%}",
                f"{row.interval[0]:.1%} to {row.interval[1]:.1%}",
            ]
            for row in bins
        ],
        numeric=(1, 2, 3, 4),
    )


def _describe_reliability(bins: Sequence[ReliabilityBin]) -> str:
    """Whether the probabilities can be trusted: the ranges whose mean probability is outside the interval."""
    above = [row for row in bins if row.confidence > row.interval[1]]
    below = [row for row in bins if row.confidence < row.interval[0]]
    parts = [
        f"{word} between {' and '.join((f'{row.low:.0%}', f'{row.high:.0%}'))} (says {row.confidence:.1%}, right {row.accuracy:.1%})"
        for word, rows in (("overconfident", above), ("too cautious", below))
        for row in rows
    ]
    if not parts:
        return "In every range of probabilities, the mean is within the 95% interval of the fraction that is right."
    return f"The model is {'; '.join(parts)}. In other ranges, the difference may be chance."


def _risk_at(points: Sequence[tuple[float, float]], coverage: float) -> float:
    """The risk at the smallest coverage of at least this size."""
    return next((risk for answered, risk in points if answered >= coverage - 1e-9), points[-1][1])


def _epoch_axis(epochs: Sequence[float]) -> Axis:
    step = max(1, round((epochs[-1] - epochs[0]) / 8))
    ticks = [float(value) for value in range(int(epochs[0]), int(epochs[-1]) + 1, step)]
    return Axis(epochs[0], epochs[-1], ticks, lambda value: f"{value:.0f}")
