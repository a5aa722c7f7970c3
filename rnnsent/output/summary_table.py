"""A summary of a table as tables for people."""

from collections.abc import Sequence

from rnnsent.output.printer import Printer
from rnnsent.output.tables import shorten
from rnnsent.output.terminal import Output, pluralize
from rnnsent.summary.summarize import PartSummary, Share, Summary, TypicalPhrase

QUOTE_LENGTH = 100  # characters


def print_summary(output: Output, summary: Summary) -> None:
    """Print the shares of classes, by group and over time, typical phrases, and examples."""
    printer = Printer(output)
    whole = summary.whole
    unlabeled = f", {whole.n_unlabeled:,} without a label" if whole.n_unlabeled else ""
    printer.line(f"{summary.source} by {summary.model}: {pluralize(whole.n, 'record')}{unlabeled}")
    printer.table(
        ["class", "records", "share", "95% interval", "corrected"],
        [
            [
                name,
                f"{share.count:,}",
                f"{share.share:.1%}",
                f"{share.interval[0]:.1%} to {share.interval[1]:.1%}",
                "-" if share.corrected is None else f"{share.corrected:.1%}",
            ]
            for name, share in whole.classes.items()
        ],
    )
    if any(share.corrected is not None for share in whole.classes.values()):
        printer.line(
            "corrected: the shares that make these labels most likely, given how the model errs on its validation texts"
        )
    if summary.groups:
        _print_parts(printer, summary.by or "group", summary.groups)
        if summary.n_other_groups:
            printer.line(f"and {pluralize(summary.n_other_groups, 'smaller group')}")
    if summary.periods:
        _print_parts(printer, summary.over or "period", summary.periods)
    if summary.n_undated:
        printer.line(f"{pluralize(summary.n_undated, 'record')} without a date")
    if any(part.is_small for part in (*summary.groups, *summary.periods)):
        printer.line("*: too few records to say anything")
    for name, phrases in summary.phrases.items():
        _print_phrases(printer, f"typical of {name}", phrases)
    for name, phrases in summary.group_phrases.items():
        _print_phrases(printer, f"typical of {summary.by} {name}", phrases)
    if summary.phrases and summary.n_sampled < whole.n - whole.n_unlabeled:
        printer.line(f"phrases are those of a sample of {summary.n_sampled:,} texts")
    for name, texts in summary.clearest.items():
        if texts:
            printer.line(f"clearest {name}: " + " | ".join(shorten(text, QUOTE_LENGTH) for text in texts))
    if summary.least_certain:
        quotes = [
            f"{shorten(text, QUOTE_LENGTH)} ({label} {value:.2f})" for text, label, value in summary.least_certain
        ]
        printer.line("least certain: " + " | ".join(quotes))


def format_shares(parts: Sequence[PartSummary]) -> tuple[list[str], list[list[str]]]:
    """The classes of all parts, and for each part its share of each class, with the corrected share in parentheses."""
    names = list(dict.fromkeys(name for part in parts for name in part.classes))
    return names, [[_format_share(part.classes.get(name)) for name in names] for part in parts]


def _format_share(share: Share | None) -> str:
    if share is None:
        return "-"
    return f"{share.share:.0%}" + ("" if share.corrected is None else f" ({share.corrected:.0%})")


def _print_parts(printer: Printer, title: str, parts: Sequence[PartSummary]) -> None:
    names, shares = format_shares(parts)
    rows = [
        [part.name + ("*" if part.is_small else ""), f"{part.n:,}", *cells]
        for part, cells in zip(parts, shares, strict=True)
    ]
    printer.table([title, "records", *(f"{name} (corrected)" for name in names)], rows)


def _print_phrases(printer: Printer, title: str, phrases: Sequence[TypicalPhrase]) -> None:
    if not phrases:
        return
    has_quotes = any(phrase.quote for phrase in phrases)
    rows = [
        [
            phrase.phrase,
            f"{phrase.n_texts:,} of {phrase.n_all:,}",
            *([shorten(phrase.quote or "", QUOTE_LENGTH)] if has_quotes else []),
        ]
        for phrase in phrases
    ]
    printer.table([title, "texts", *(["shortest of them"] if has_quotes else [])], rows)
