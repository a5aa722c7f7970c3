"""`python -m rnnsent` is `rnnsent`: loads the application, which takes a moment, and runs it."""

import sys


def main() -> None:
    """Run the command line and exit. Ctrl-C ends it as quietly while it is loaded as later."""
    try:
        from rnnsent.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
