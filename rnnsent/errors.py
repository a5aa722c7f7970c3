"""Errors that a user can fix. Each message is one line that names the culprit and the remedy.

Library code raises them; only `rnnsent.cli.app.main` prints them, as one line on stderr, and exits.
"""


class RnnsentError(Exception):
    """Base class of all errors that a user can fix. `exit_code` is the exit code of the process."""

    exit_code = 1


class SettingsError(RnnsentError):
    """An invalid setting, option or argument."""

    exit_code = 2


class DataError(RnnsentError):
    """A data set or an input file that is missing, unreadable or unusable."""


class ModelError(RnnsentError):
    """A model that is missing, unreadable or unusable."""


class DeviceError(RnnsentError):
    """A requested device that is not available."""


class GateError(RnnsentError):
    """A result that does not meet what the user requires of it."""

    exit_code = 3
