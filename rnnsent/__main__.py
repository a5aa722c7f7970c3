"""`python -m rnnsent` is `rnnsent`."""

from rnnsent.cli.app import main

if __name__ == "__main__":
    main()
