"""The application, and the one place where an error becomes a line on stderr and an exit code."""

import os
import sys
from typing import Annotated, Any, ClassVar

import typer

import rnnsent
from rnnsent.cli import packages
from rnnsent.cli.lazy_group import LazyGroup
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.environment import limit_spinning, silence_libraries
from rnnsent.errors import RnnsentError
from rnnsent.output.interrupts import install_signal_handlers, uninterruptible
from rnnsent.output.python_warnings import shorten_warnings
from rnnsent.output.terminal import notify, print_error, redirect_to_devnull

SUCCESS, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130
ALLOCATION_FAILURES = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "ALLOC_FAILED",
)  # in PyTorch's errors

# Depending on its version, Typer vendors click or depends on it; its base error is reached through a public name.
CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]


class RootGroup(LazyGroup):
    """The commands of the program."""

    package = "rnnsent.cli"
    summaries: ClassVar[dict[str, str]] = {  # the first line of each command's help
        "train": "Train a model and save it to models/NAME.",
        "tune": "Tune hyperparameters on the validation split.",
        "evaluate": "Evaluate a model on labeled splits.",
        "compare": "Compare two models on the same texts.",
        "check": "Check how a model handles negation, names, typos and the like.",
        "predict": "Print the label and probability of each text.",
        "summarize": "Summarize a whole table: shares of classes, by group and over time, and phrases.",
        "datasets": "List data sets, or describe one.",
        "models": "List models and their metrics.",
    }


app = typer.Typer(
    name="rnnsent",
    cls=RootGroup,
    rich_markup_mode=None,  # plain help starts faster and writes no escape codes into pipes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"rnnsent {rnnsent.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Sentiment analysis with recurrent networks: train, evaluate, predict.

    Example: rnnsent predict "A quiet triumph."
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Exit codes: 0 success, 1 failure, 2 usage error, 3 a gate failed, 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.
    """
    if sys.platform == "win32":
        print_error("Windows is not supported; use Linux, macOS, or the Windows Subsystem for Linux")
        sys.exit(USAGE)
    limit_spinning()
    silence_libraries()
    shorten_warnings()
    try:
        code = run(arguments)
    except SystemExit as stopped:  # by a signal
        code = _exit_code(stopped)
    code = _flush(code)
    parallel = sys.modules.get("rnnsent.parallel")  # if it is not loaded, no thread of it runs
    if parallel is not None and parallel.is_working():
        os._exit(code)  # Python would wait for threads whose results nobody needs
    sys.exit(code)


def _flush(code: int) -> int:
    """The exit code after all output is flushed; Python itself flushes last, and would exit with 120 on a full disk.

    What a signal finds in the buffers is discarded if nothing reads it.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is None or stream.closed:
            continue
        try:
            with uninterruptible():
                stream.flush()
        except (KeyboardInterrupt, SystemExit) as stopped:
            redirect_to_devnull(stream)
            code = _exit_code(stopped)
        except OSError as error:
            redirect_to_devnull(stream)
            if stream is sys.stdout and code == SUCCESS and not isinstance(error, BrokenPipeError):
                print_error(f"stdout: {error.strerror or error}")
                code = FAILURE
    return code


def _exit_code(stopped: KeyboardInterrupt | SystemExit) -> int:
    """The exit code for a signal."""
    if isinstance(stopped, KeyboardInterrupt):
        return INTERRUPTED
    return stopped.code if isinstance(stopped.code, int) else FAILURE


def run(arguments: list[str] | None = None) -> int:
    """The exit code of a command line; every error is reported in one line."""
    install_signal_handlers()
    try:
        given = sys.argv[1:] if arguments is None else arguments
        code = app(args=given or ["--help"], prog_name="rnnsent", standalone_mode=False)
    except RnnsentError as error:
        print_error(str(error))
        return error.exit_code
    except CommandLineError as error:
        print_error(_usage(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in packages.FULL_ONLY:
            raise
        print_error(str(packages.missing("this", module)))
        return FAILURE
    except OSError as error:
        path = f"{error.filename}: " if error.filename else ""
        print_error(f"{path}{error.strerror or error}")
        return FAILURE
    except MemoryError:
        print_error("out of memory; train with a smaller training.batch_tokens, or predict shorter records")
        return FAILURE
    except RuntimeError as error:
        if not _is_out_of_memory(error):
            raise
        print_error("PyTorch is out of memory; train with a smaller training.batch_tokens, or use --device cpu")
        return FAILURE
    if packages.has_conflict():
        notify(
            "warning: rnnsent and rnnsent-predict are both installed and share their files; keep one: "
            "pip uninstall rnnsent rnnsent-predict && pip install rnnsent"
        )
    return code if isinstance(code, int) else SUCCESS


def _is_out_of_memory(error: RuntimeError) -> bool:
    """Whether PyTorch could not allocate memory: on a GPU by the error's name, which needs no import, on a CPU by its text."""
    return type(error).__name__ == "OutOfMemoryError" or any(text in str(error) for text in ALLOCATION_FAILURES)


def _usage(error: Any) -> str:
    """What is wrong with the command line, and whose help explains it."""
    command = error.ctx.command_path if error.ctx else "rnnsent"
    message = error.format_message().replace("Value error, ", "")  # which Typer puts before an invalid choice
    return f"{message} (see `{command} --help`)"
