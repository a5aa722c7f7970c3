"""The summary of a table as an HTML page, in the frame of the evaluation report."""

import shlex
from collections.abc import Sequence

from rnnsent import __version__
from rnnsent.output.report.charts import Axis, Series, bar_chart, line_chart
from rnnsent.output.report.page import Command, Figure, Page, Part, Section, Table, name_in_sentence, quote, render
from rnnsent.output.summary_table import format_shares
from rnnsent.output.terminal import Output, pluralize
from rnnsent.summary.summarize import PartSummary, Summary, TypicalPhrase

MAX_BARS, MAX_TICKS = 12, 5
TEMPLATE = "evaluation.html.j2"


def write_summary(output: Output, summary: Summary, command: Sequence[str]) -> None:
    output.write(render(make_page(summary, command), TEMPLATE))


def make_page(summary: Summary, command: Sequence[str]) -> Page:
    """Everything that the page shows, in words and coordinates."""
    whole = summary.whole
    shares = ", ".join(f"{share.share:.1%} {name_in_sentence(name)}" for name, share in whole.classes.items())
    sections = [_classes_section(summary)]
    if summary.groups:
        sections.append(_groups_section(summary))
    if summary.periods:
        sections.append(_periods_section(summary))
    sections.append(_phrases_section(summary))
    if summary.clearest or summary.least_certain:
        sections.append(_examples_section(summary))
    return Page(
        title=f"Summary: {name_in_sentence(summary.source)}",
        summary=f"Of {pluralize(whole.n - whole.n_unlabeled, 'text')}, the model labels {shares}."
        if shares
        else "No text has a label.",
        notices=_notices(summary),
        figures=[
            Figure("Records", f"{whole.n:,}", f"{whole.n_unlabeled:,} without a label"),
            *(
                Figure(
                    quote(name),
                    f"{share.share:.1%}",
                    f"95% interval: {share.interval[0]:.1%} to {share.interval[1]:.1%}",
                )
                for name, share in whole.classes.items()
            ),
        ],
        sections=sections,
        footer=[
            f"Made with rnnsent {__version__}. Model {name_in_sentence(summary.model)}.",
            "Intervals are 95% Wilson intervals of the labels and say nothing of the model's errors. Corrected shares are those that make "
            "the labels most likely, given how the model errs on its validation texts; on texts of another kind it may err otherwise.",
        ],
        commands=[Command("To repeat this summary", quote(shlex.join(command), 2_000))],
    )


def _notices(summary: Summary) -> list[str]:
    notices = []
    if summary.n_undated:
        notices.append(f"{pluralize(summary.n_undated, 'record')} without a date left out of the periods.")
    if summary.n_other_groups:
        notices.append(f"The largest groups are shown; {pluralize(summary.n_other_groups, 'smaller group')} left out.")
    if summary.n_sampled < summary.whole.n - summary.whole.n_unlabeled:
        notices.append(f"Phrases and their quotes are those of a random sample of {summary.n_sampled:,} texts.")
    return notices


def _classes_section(summary: Summary) -> Section:
    classes = summary.whole.classes
    chart = bar_chart(
        "classes",
        "Shares of the classes",
        "The share of each class among the labels, with its 95% interval as a vertical line.",
        x_label="class",
        y_label="share",
        bars=[
            (quote(name, 12), share.share, share.interval, not summary.whole.is_small)
            for name, share in classes.items()
        ],
    )
    table = Table(
        "Shares of the classes",
        ["class", "records", "share", "95% interval", "corrected"],
        [
            [
                quote(name), f"{share.count:,}", f"{share.share:.1%}", f"{share.interval[0]:.1%} to {share.interval[1]:.1%}",
                "-" if share.corrected is None else f"{share.corrected:.1%}",
            ]
            for name, share in classes.items()
        ],
        numeric=(1, 2, 3, 4),
    )  # fmt: skip
    return Section("classes", "Classes", "", [Part([chart], [table])])


def _groups_section(summary: Summary) -> Section:
    first = next(iter(summary.whole.classes), "")
    bars = [
        (quote(part.name, 10), part.classes[first].share, part.classes[first].interval, not part.is_small)
        for part in summary.groups[:MAX_BARS]
        if first in part.classes
    ]
    chart = bar_chart(
        "groups",
        f"Share of {name_in_sentence(first)} by group",
        f"The share of {name_in_sentence(first)} in the largest groups, with its 95% interval. Groups of few records are pale.",
        x_label=quote(summary.by or "group"),
        y_label=f"share of {quote(first, 20)}",
        bars=bars,
    )
    return Section(
        "groups",
        f"By {name_in_sentence(summary.by or 'group')}",
        "",
        [Part([chart], [_parts_table(summary.by or "group", summary.groups)])],
    )


def _periods_section(summary: Summary) -> Section:
    periods = summary.periods
    last = max(len(periods) - 1, 1)
    ticks = sorted(
        {round(k * last / max(min(MAX_TICKS, len(periods)) - 1, 1)) for k in range(min(MAX_TICKS, len(periods)))}
    )
    chart = line_chart(
        "periods",
        "Shares over time",
        "The share of each class among the labels of a period.",
        x_label=quote(summary.over or "period"),
        y_label="share",
        series=[
            Series(
                quote(name),
                [
                    (index / last, part.classes[name].share)
                    for index, part in enumerate(periods)
                    if name in part.classes
                ],
                True,
            )
            for name in summary.whole.classes
        ],
        x=Axis(
            -0.08,
            1.08,  # room for the names of the first and the last period
            [tick / last for tick in ticks],
            lambda value: periods[min(round(value * last), len(periods) - 1)].name,
        ),
    )
    return Section(
        "periods",
        f"Over {name_in_sentence(summary.over or 'time')}",
        "",
        [Part([chart], [_parts_table(summary.over or "period", periods)])],
    )


def _parts_table(title: str, parts: Sequence[PartSummary]) -> Table:
    names, shares = format_shares(parts)
    rows = [
        [quote(part.name) + (" *" if part.is_small else ""), f"{part.n:,}", *cells]
        for part, cells in zip(parts, shares, strict=True)
    ]
    marks = "; * too few records to say anything" if any(part.is_small for part in parts) else ""
    return Table(
        f"Shares, and corrected shares in parentheses{marks}",
        [quote(title), "records", *map(quote, names)],
        rows,
        numeric=tuple(range(1, 2 + len(names))),
    )


def _phrases_section(summary: Summary) -> Section:
    kinds = [
        *summary.phrases.items(),
        *((f"{summary.by} {name}", phrases) for name, phrases in summary.group_phrases.items()),
    ]
    tables = [_phrases_table(f"Typical of {name_in_sentence(name)}", phrases) for name, phrases in kinds if phrases]
    text = (
        "Phrases that set the texts of a class or group apart from all others, the most typical first."
        if tables
        else "No phrase is typical of a class."
    )
    return Section("phrases", "Phrases", text, [Part(tables=[table]) for table in tables])


def _phrases_table(caption: str, phrases: Sequence[TypicalPhrase]) -> Table:
    has_quotes = any(phrase.quote for phrase in phrases)
    return Table(
        caption,
        ["phrase", "texts", "of all with it", *(["the shortest of them"] if has_quotes else [])],
        [
            [
                quote(phrase.phrase),
                f"{phrase.n_texts:,}",
                f"{phrase.n_texts / phrase.n_all:.0%}",
                *([quote(phrase.quote or "")] if has_quotes else []),
            ]
            for phrase in phrases
        ],
        numeric=(1, 2),
        texts=(3,) if has_quotes else (),
    )


def _examples_section(summary: Summary) -> Section:
    tables = [
        Table(
            f"Clearest {name_in_sentence(name)}",
            ["", "text"],
            [[f"{k}", quote(text)] for k, text in enumerate(texts, 1)],
            texts=(1,),
        )
        for name, texts in summary.clearest.items()
        if texts
    ]
    if summary.least_certain:
        rows = [
            [f"{quote(label)} {probability:.2f}", quote(text)] for text, label, probability in summary.least_certain
        ]
        tables.append(Table("Least certain", ["label and probability", "text"], rows, texts=(1,)))
    return Section("examples", "Examples", "", [Part(tables=[table]) for table in tables])
