"""Proves which model a word means, and which one no word at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.errors import ModelError, SettingsError
from rnnsent.model import store
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.store import available, choose_model, find_model, models_folder, new_path

OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_model: Callable[..., Checkpoint]) -> Path:
    """A working folder with two models in models/ and one that lies elsewhere."""
    monkeypatch.chdir(tmp_path)
    write_model(tmp_path / "models" / "imdb", created=NEW)
    write_model(tmp_path / "models" / "yelp", created=OLD)
    write_model(tmp_path / "elsewhere" / "far", created=NEW)
    return tmp_path


def test_a_name_means_the_model_in_the_folder() -> None:
    assert find_model("yelp").path == Path("models/yelp")


def test_a_path_means_the_model_that_lies_there(folder: Path) -> None:
    assert find_model("elsewhere/far").name == "far"
    assert find_model(str(folder / "models" / "yelp")).created == OLD


def test_without_a_word_the_variable_means_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    for word, name in (("yelp", "yelp"), ("elsewhere/far", "far")):
        monkeypatch.setenv("RNNSENT_MODEL", word)
        assert find_model(None).name == name
        assert find_model("imdb").name == "imdb"


@pytest.mark.parametrize("word", [None, ""])
def test_without_a_word_or_a_variable_it_is_the_newest(monkeypatch: pytest.MonkeyPatch, word: str | None) -> None:
    monkeypatch.setenv("RNNSENT_MODEL", "")
    assert find_model(word).name == "imdb"


def test_without_any_model_it_is_the_one_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bare").mkdir()
    monkeypatch.chdir(tmp_path / "bare")
    assert find_model(None).name == "english"
    assert list(available()) == ["english"]


def test_the_folder_may_be_another(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    assert models_folder() == Path("models")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(folder / "elsewhere"))
    assert models_folder() == folder / "elsewhere"
    assert find_model(None).name == "far"
    assert sorted(available()) == ["english", "far"]


def test_a_model_here_hides_the_one_that_ships_under_its_name(folder: Path, write_model) -> None:
    write_model(folder / "models" / "english", created=OLD)
    assert find_model("english").created == OLD


def test_what_is_no_model_is_not_among_them(folder: Path, write_model) -> None:
    write_model(folder / "models" / ".imdb.resume")
    (folder / "models" / "empty").mkdir()
    (folder / "models" / "file").write_text("")
    assert sorted(available()) == ["english", "imdb", "yelp"]
    assert find_model(None).name == "imdb"


def test_a_folder_of_the_same_name_here_does_not_hide_a_model(folder: Path) -> None:
    (folder / "yelp").mkdir()
    assert find_model("yelp").path == Path("models/yelp")
    with pytest.raises(ModelError, match="is not a model"):
        find_model("./yelp")


def test_a_word_close_to_a_name_is_answered_with_it() -> None:
    with pytest.raises(ModelError, match=r"^there is no model 'imbd' in models; did you mean 'imdb'\?$"):
        find_model("imbd")


def test_another_word_is_answered_with_all_names() -> None:
    with pytest.raises(ModelError, match="no model 'zzzzzz' in models; there are english, imdb, yelp"):
        find_model("zzzzzz")


def test_where_there_is_nothing_at_all_one_is_to_be_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "absent")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "absent"))
    for word in (None, "x"):
        with pytest.raises(ModelError, match="train one with `rnnsent train`"):
            find_model(word)


def test_the_newest_that_can_be_read_is_taken_and_the_others_are_told(folder: Path) -> None:
    (folder / "models" / "imdb" / "config.json").write_text("{")
    choice = choose_model(None)
    assert (choice.checkpoint.name, choice.named) == ("yelp", False)
    assert [str(error).partition(" ")[0] for error in choice.passed_over] == ["models/imdb/config.json"]
    assert choose_model("yelp").passed_over == ()
    (folder / "models" / "yelp" / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"models/imdb/config\.json"):
        choose_model(None)


def test_a_word_and_the_variable_name_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_model("imdb").named
    assert not choose_model(None).named
    monkeypatch.setenv("RNNSENT_MODEL", "yelp")
    assert choose_model(None).named


def test_a_place_where_no_model_can_be_written_names_the_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    for place in (folder / "file", folder / "file" / "deep"):
        monkeypatch.setenv("RNNSENT_MODELS_DIR", str(place))
        with pytest.raises(SettingsError, match=r"file is no folder; set \$RNNSENT_MODELS_DIR"):
            new_path("x")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(folder / "new" / "deep"))
    assert new_path("x") == folder / "new" / "deep" / "x"
    assert not (folder / "new").exists()


@pytest.mark.parametrize("name", ["imdb", "a", "_b", "a.b+c-d_1", "電影"])
def test_a_plain_name_is_a_place_in_the_folder(name: str) -> None:
    assert new_path(name) == Path("models") / name


@pytest.mark.parametrize("name", ["../x", "a/b", "/x", "", ".", "..", ".hidden", "-m", "a b", "a\n", "a\0", "a\\b"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=r"^--name is .*make a name$"):
        new_path(name)
