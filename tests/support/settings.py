"""Settings as keyword arguments."""

from typing import Any

from rnnsent.config import KEYS

TABLES = {name: table for table, _, name in (key.partition(".") for key in KEYS)}


def dotted(**settings: Any) -> dict[str, Any]:
    """The settings by TABLE.KEY, as a TrainingRequest takes them: `epochs=2` becomes {"training.epochs": 2}."""
    assert len(TABLES) == len(KEYS)  # no two tables have a setting of the same name
    return {f"{TABLES[name]}.{name}": value for name, value in settings.items()}
