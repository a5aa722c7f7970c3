"""A run is resumed with the sources and the classes that it was started with."""

import pytest

from rnnsent.data.label_map import parse_label_map
from rnnsent.errors import SettingsError
from rnnsent.training.request import TrainingRequest, check_same_sources


def unfinished(**record: object) -> dict[str, object]:
    return {"sources": ["a.csv"], "data": [record]}


def test_same_sources() -> None:
    """Other sources are refused."""
    check_same_sources(TrainingRequest(("a.csv",)), unfinished())
    with pytest.raises(SettingsError, match=r"^the unfinished run was trained on a\.csv; --resume cannot change that$"):
        check_same_sources(TrainingRequest(("b.csv",)), unfinished())


def test_same_label_map() -> None:
    """Another label map is refused, and none where there was one."""
    label_map = parse_label_map(["1-2=negative, 3=", '"4, 5"=positive'])
    record = unfinished(label_map='1-2=negative,3=,"4, 5"=positive')
    check_same_sources(TrainingRequest(("a.csv",), label_map=label_map), record)
    for request in (TrainingRequest(("a.csv",)), TrainingRequest(("a.csv",), label_map={"3": None})):
        with pytest.raises(SettingsError) as error:
            check_same_sources(request, record)
        used = "--label-map '1-2=negative,3=,\"4, 5\"=positive'"
        assert str(error.value) == f"the unfinished run has {used}; --resume cannot change that"
    with pytest.raises(SettingsError, match=r"^the unfinished run has no --label-map; "):
        check_same_sources(TrainingRequest(("a.csv",), label_map=label_map), unfinished())


def test_same_class_size() -> None:
    """Another minimum size of a class is refused."""
    check_same_sources(TrainingRequest(("a.csv",), min_class_size=3), unfinished(min_class_size=3))
    with pytest.raises(SettingsError, match=r"^the unfinished run has --min-class-size 3; "):
        check_same_sources(TrainingRequest(("a.csv",)), unfinished(min_class_size=3))
