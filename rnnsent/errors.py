"""What can go wrong, as the user should read it: one line that names the culprit and the remedy.

Library code raises these; only `rnnsent.cli.app.main` turns them into a line on stderr and an exit code.
"""


class RnnsentError(Exception):
    """Anything that a user can mend. Its message is one line; `exit_code` is the process's."""

    exit_code = 1


class SettingsError(RnnsentError):
    """A setting or an argument that cannot be: the command was called wrongly."""

    exit_code = 2


class DataError(RnnsentError):
    """A data set or an input file that cannot be found, read or used."""


class ModelError(RnnsentError):
    """A model that cannot be found, read or used."""


class DeviceError(RnnsentError):
    """A device that was asked for and is not there."""
