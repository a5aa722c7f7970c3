"""The sections of the report about all texts: which chart and which table shows what."""

from collections.abc import Sequence

from rnnsent.evaluation.curves import MIN_COVERAGE, ReliabilityBin
from rnnsent.evaluation.report import Report
from rnnsent.output.report.charts import Axis, Series, bar_chart, fit_axis, line_chart
from rnnsent.output.report.page import Part, Section, Table, name_in_sentence, quote
from rnnsent.output.terminal import pluralize

FEW_TEXTS = 20  # on fewer, a number is mostly chance
MAX_EPOCHS_BESIDE = 12  # of a table beside the chart


def reliability_section(report: Report) -> Section:
    after = report.metrics.expected_calibration_error
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
    risk, n = report.risk_coverage, report.metrics.n
    limits = ", ".join(f"{limit:.0%}: {coverage:.1%}" for limit, coverage in risk.coverage_at.items())
    chart = line_chart(
        "risk",
        "Risk by coverage",
        f"The fraction of mistakes (vertical) among the texts that the model is most sure of, by their fraction (horizontal), "
        f"from {MIN_COVERAGE:.0%}. Coverage at a risk of {limits}.",
        x_label="coverage: texts that the model answers",
        y_label="risk: mistakes among these",
        series=[Series("risk", risk.points)],
        y=fit_axis([MIN_COVERAGE, *(value for _, value in risk.points)]),
    )
    table = Table(
        "Texts that the model answers alone, if people check the others",
        ["which", "coverage", "texts", "risk"],
        [
            *(
                [f"risk up to {limit:.0%}", f"{coverage:.1%}", f"{coverage * n:,.0f}", f"{limit:.1%}"]
                if coverage * n >= FEW_TEXTS
                else [f"risk up to {limit:.0%}", "not reached", "", ""]
                for limit, coverage in risk.coverage_at.items()
            ),
            *(
                [f"the surest {coverage:.0%}", f"{coverage:.1%}", f"{coverage * n:,.0f}", f"{value:.1%}"]
                for coverage, value in risk.risk_at.items()
            ),
        ],
        numeric=(1, 2, 3),
    )
    text = f"If people check the fifth of the texts that the model is least sure of, {risk.accuracy_at_80:.1%} of the others are right."
    return Section("risk", "Risk and coverage", text, [Part([chart], [table])])


def length_section(report: Report) -> Section:
    bands = report.metrics.accuracy_by_length
    rows = list(zip(bands, report.length_intervals, strict=True))
    chart = bar_chart(
        "length",
        "Accuracy by length",
        "The accuracy for texts of similar length, with its 95% interval as a vertical line. Bars of fewer than "
        f"{FEW_TEXTS} texts are pale.",
        x_label="up to this number of tokens",
        y_label="accuracy",
        bars=[
            (_format_power(band.max_tokens), band.accuracy, interval, band.n >= FEW_TEXTS) for band, interval in rows
        ],
    )
    table = Table(
        "Accuracy by number of tokens",
        ["tokens", "texts", "accuracy", "95% interval"],
        [
            [
                f"{band.min_tokens:,}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{band.max_tokens:,}",
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
    history = report.history
    if len(history) < 2:
        return Section("learning", "Learning curve", "The model has no history of at least two epochs.")
    losses = [loss for epoch in history for loss in (epoch.train_loss, epoch.validation_loss)]
    chart = line_chart(
        "learning",
        "Learning curve",
        "The training loss (solid line) and the validation loss (dashed line) after each epoch. "
        f"The lowest validation loss is {min(epoch.validation_loss for epoch in history):.4f}.",
        x_label="epoch",
        y_label="loss",
        series=[
            Series("training", [(epoch.epoch, epoch.train_loss) for epoch in history], True),
            Series("validation", [(epoch.epoch, epoch.validation_loss) for epoch in history], True),
        ],
        x=_epoch_axis([epoch.epoch for epoch in history]),
        y=fit_axis(losses, lambda value: f"{value:.2f}", from_zero=False),
    )
    table = Table(
        "Loss and validation accuracy by epoch",
        ["epoch", "training loss", "validation loss", "validation accuracy"],
        [
            [
                f"{epoch.epoch:.0f}",
                f"{epoch.train_loss:.4f}",
                f"{epoch.validation_loss:.4f}",
                f"{epoch.validation_accuracy:.2%}",
            ]
            for epoch in history
        ],
        numeric=(1, 2, 3),
    )
    part = Part([chart], [table]) if len(history) <= MAX_EPOCHS_BESIDE else Part([chart], [], [table])
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
    text = (
        f"{pluralize(report.n_repeated, 'text')} also found earlier in the split, but for case and whitespace; "
        f"{pluralize(report.n_conflicts, 'distinct text')} with several labels."
    )
    if not report.conflicts or not quotes:
        return Section("duplicates", "Duplicates and label conflicts", text)
    table = Table(
        "Texts with several labels" + (", the first ones" if report.n_conflicts > len(report.conflicts) else ""),
        ["labels", "text"],
        [
            [
                ", ".join(f"{name_in_sentence(label)} {count:,}" for label, count in conflict.labels.items()),
                quote(conflict.text),
            ]
            for conflict in report.conflicts
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


def _format_power(number: int) -> str:
    """A power of two in a few characters: 512, 1K, 2K."""
    return f"{number // 1024}K" if number >= 1024 else str(number)


def _epoch_axis(epochs: Sequence[float]) -> Axis:
    low, high = int(min(epochs)), int(max(epochs)) + (min(epochs) == max(epochs))
    ticks = range(low, high + 1, max(1, round((high - low) / 8)))
    return Axis(low, high, ticks, lambda value: f"{value:.0f}")
