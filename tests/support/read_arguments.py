"""What a user specifies about an input, as arguments of the command line."""

from rnnsent.data.read_options import ReadOptions


def read_arguments(options: ReadOptions) -> list[str]:
    """The arguments of `predict` that give these options; it has no label column."""
    given = {
        "--input-format": options.input_format,
        "--encoding": options.encoding,
        "--delimiter": options.delimiter,
        "--on-error": options.on_error if options.on_error != "stop" else None,
    }
    arguments = [argument for option, value in given.items() if value for argument in (option, value)]
    arguments += [argument for name in options.text_columns for argument in ("--text-column", name)]
    return arguments + ([] if options.header is None else ["--header" if options.header else "--no-header"])
