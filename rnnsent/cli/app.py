"""The application, and the one place where an error becomes a line on stderr and an exit code."""

import os
import sys
from typing import Annotated, Any

import typer

import rnnsent
from rnnsent.cli import datasets, evaluate, models, predict, train
from rnnsent.cli.options import QuietOption
from rnnsent.errors import RnnsentError
from rnnsent.report.interrupts import install
from rnnsent.report.terminal import let_go, say_error

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

# Typer carries a copy of click, or depends on it, by its version; its errors are reached through a public name.
CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="rnnsent",
    rich_markup_mode=None,  # plain help starts quicker, and writes no escape codes into pipes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"rnnsent {rnnsent.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Sentiment analysis with recurrent networks: train, evaluate, predict.

    Example: rnnsent predict "A quiet triumph."
    """


app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(predict.predict)
app.add_typer(models.app, name="models")
app.command()(datasets.datasets)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrongly called, 130 stopped by Ctrl-C, 143 by SIGTERM."""
    try:
        code = run(arguments)
    except SystemExit as stopped:  # by a signal
        code = stopped.code if isinstance(stopped.code, int) else FAILED
    code = _written(code)
    pipeline = sys.modules.get("rnnsent.pipeline")  # where it is not loaded, nothing runs in it
    if pipeline is not None and pipeline.is_work_under_way():
        os._exit(code)  # Python would wait for threads that compute what nobody waits for
    sys.exit(code)


def _written(code: int) -> int:
    """The exit code once all output is written; left to Python, which does it last, a full disk would exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError as error:
            let_go(stream)
            if stream is sys.stdout and code == DONE and not isinstance(error, BrokenPipeError):
                say_error(f"stdout: {error.strerror or error}")
                code = FAILED
    return code


def run(arguments: list[str] | None = None) -> int:
    """The exit code of a command line, every error told in one line."""
    install()
    try:
        given = sys.argv[1:] if arguments is None else arguments
        code = app(args=given or ["--help"], prog_name="rnnsent", standalone_mode=False)
    except RnnsentError as error:
        say_error(str(error))
        return error.exit_code
    except CommandLineError as error:
        say_error(_usage(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say_error(f"{place}{error.strerror or error}")
        return FAILED
    except MemoryError:
        say_error("out of memory; train with a smaller --batch-tokens, or predict shorter records")
        return FAILED
    return code if isinstance(code, int) else DONE


def _usage(error: Any) -> str:
    """What was called wrongly, and whose help tells how it is called."""
    command = error.ctx.command_path if error.ctx else "rnnsent"
    return f"{error.format_message().replace('Value error, ', '')} (see `{command} --help`)"
