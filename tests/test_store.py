"""Which model a name refers to, and which model is the default."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.checkpoint import store
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import (
    BUNDLED,
    ModelChoice,
    available_models,
    choose_model,
    find_model,
    models_folder,
    new_path,
    pin_default,
    pinned_default,
    unpin_default,
)
from rnnsent.errors import ModelError, SettingsError

OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_model: Callable[..., Checkpoint]) -> Path:
    """A working folder with two models in models/, one elsewhere, and no pinned default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write_model(tmp_path / "models" / "imdb", created=NEW)
    write_model(tmp_path / "models" / "yelp", created=OLD)
    write_model(tmp_path / "elsewhere" / "far", created=NEW)
    return tmp_path


@pytest.fixture
def pin_file(folder: Path) -> Path:
    """The file of the pinned default in a folder that exists."""
    (folder / "config" / "rnnsent").mkdir(parents=True)
    return folder / "config" / "rnnsent" / "default-model"


def summary(choice: ModelChoice) -> tuple[str, str]:
    return choice.checkpoint.name, choice.source


def test_name() -> None:
    """A name refers to the model in the models folder."""
    assert find_model("yelp").path == Path("models/yelp")


def test_path(folder: Path) -> None:
    """A path, relative or absolute, refers to the model in that folder."""
    assert find_model("elsewhere/far").name == "far"
    assert find_model(str(folder / "models" / "yelp")).created == OLD


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """$RNNSENT_MODEL is a name or a path; an explicit name overrides it."""
    for value, name in (("yelp", "yelp"), ("elsewhere/far", "far")):
        monkeypatch.setenv("RNNSENT_MODEL", value)
        assert summary(choose_model(None)) == (name, "environment")
        assert summary(choose_model("imdb")) == ("imdb", "explicit")


def test_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the newest model in models/ is used; an empty variable counts as none."""
    monkeypatch.setenv("RNNSENT_MODEL", "")
    assert summary(choose_model(None)) == ("imdb", "newest")


def test_empty_name() -> None:
    """An empty name, as from an unset variable of a shell, is an error rather than the default."""
    with pytest.raises(ModelError, match="the name of the model is empty"):
        choose_model("")


def test_environment_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the variable names it."""
    monkeypatch.setenv("RNNSENT_MODEL", "nosuch")
    with pytest.raises(ModelError, match=r"^\$RNNSENT_MODEL: no model named 'nosuch'"):
        choose_model(None)


def test_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a models folder the bundled model is the default and the only one available."""
    (tmp_path / "bare").mkdir()
    monkeypatch.chdir(tmp_path / "bare")
    assert summary(choose_model(None)) == ("english", "bundled")
    assert list(available_models()) == ["english"]


def test_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a checkout models/ is also the folder of the bundled model, whose choice needs no reason."""
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(BUNDLED))
    choice = choose_model(None)
    assert (*summary(choice), choice.reason) == ("english", "bundled", None)


def test_models_folder_variable(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """$RNNSENT_MODELS_DIR replaces models/."""
    assert models_folder() == Path("models")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(folder / "elsewhere"))
    assert models_folder() == folder / "elsewhere"
    assert find_model(None).name == "far"
    assert sorted(available_models()) == ["english", "far"]


def test_local_hides_bundled(folder: Path, write_model) -> None:
    """A model in models/ hides the bundled model of the same name."""
    write_model(folder / "models" / "english", created=OLD)
    assert find_model("english").created == OLD


def test_not_a_model(folder: Path, write_model) -> None:
    """Hidden folders, folders without a config.json and files are not models."""
    write_model(folder / "models" / ".imdb.resume")
    (folder / "models" / "empty").mkdir()
    (folder / "models" / "file").write_text("")
    assert sorted(available_models()) == ["english", "imdb", "yelp"]
    assert find_model(None).name == "imdb"


def test_name_before_folder(folder: Path) -> None:
    """A folder in the working folder does not hide a model of the same name; with ./ it is meant."""
    (folder / "yelp").mkdir()
    assert find_model("yelp").path == Path("models/yelp")
    with pytest.raises(ModelError, match="is not a model"):
        find_model("./yelp")


def test_similar_name() -> None:
    """An unknown name gets the closest one as a suggestion."""
    with pytest.raises(ModelError, match=r"^no model named 'imbd' in models; did you mean 'imdb'\?$"):
        find_model("imbd")


def test_unknown_name() -> None:
    """A name that resembles no other gets the list of all models."""
    with pytest.raises(ModelError, match=r"^no model named 'zzzzzz' in models; available: english, imdb, yelp$"):
        find_model("zzzzzz")


def test_no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any model the error says how to train one."""
    monkeypatch.setattr(store, "BUNDLED", tmp_path / "missing")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "missing"))
    for name in (None, "x"):
        with pytest.raises(ModelError, match="train one with `rnnsent train`"):
            find_model(name)


def test_unreadable_models(folder: Path) -> None:
    """The newest readable model is used and the unreadable ones are reported; without a readable one it is an error."""
    (folder / "models" / "imdb" / "config.json").write_text("{")
    choice = choose_model(None)
    assert summary(choice) == ("yelp", "newest")
    assert [str(error).partition(" ")[0] for error in choice.unreadable_models] == ["models/imdb/config.json"]
    assert choose_model("yelp").unreadable_models == ()
    (folder / "models" / "yelp" / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"models/imdb/config\.json"):
        choose_model(None)


def test_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the choice of the newest model, which another training run would change, comes with a reason."""
    assert choose_model(None).reason == (
        "using models/imdb, the newest model in models/; choose another with --model, or pin one with "
        '"rnnsent models default NAME"'
    )
    assert choose_model("yelp").reason is None
    pin_default("yelp")
    assert choose_model(None).reason is None
    monkeypatch.setenv("RNNSENT_MODEL", "yelp")
    assert choose_model(None).reason is None
    unpin_default()
    monkeypatch.delenv("RNNSENT_MODEL")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(folder / "missing"))
    assert choose_model(None).reason is None


def test_pin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pinned default is used in every folder, after explicit names and $RNNSENT_MODEL, before the newest model."""
    assert pinned_default() is None
    assert pin_default("yelp").name == "yelp"
    assert pinned_default() == str(folder / "models" / "yelp")
    assert (folder / "config" / "rnnsent" / "default-model").read_text() == f"{folder / 'models' / 'yelp'}\n"
    assert summary(choose_model(None)) == ("yelp", "pinned")
    assert summary(choose_model("imdb")) == ("imdb", "explicit")
    monkeypatch.chdir(folder / "elsewhere")
    assert summary(choose_model(None)) == ("yelp", "pinned")
    monkeypatch.setenv("RNNSENT_MODEL", "far")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", ".")
    assert summary(choose_model(None)) == ("far", "environment")


def test_pin_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is pinned as an absolute one, without `..`; another pin replaces it."""
    pin_default("elsewhere/far")
    assert pinned_default() == str(folder / "elsewhere" / "far")
    monkeypatch.chdir(folder / "models")
    pin_default("../models/imdb")
    assert pinned_default() == str(folder / "models" / "imdb")
    assert [path.name for path in (folder / "config" / "rnnsent").iterdir()] == ["default-model"]


def test_pin_link(folder: Path) -> None:
    """A link to a model is pinned as the link, so that it can be pointed to another model."""
    (folder / "models" / "current").symlink_to("yelp")
    pin_default("current")
    (folder / "models" / "current").unlink()
    (folder / "models" / "current").symlink_to("imdb")
    assert choose_model(None).checkpoint.created == NEW


@pytest.mark.parametrize("name", ["english", str(BUNDLED / "english")], ids=["name", "path"])
def test_pin_bundled(folder: Path, monkeypatch: pytest.MonkeyPatch, write_model, name: str) -> None:
    """The bundled model is pinned by its name, which a local model cannot take over and another install keeps."""
    pin_default(name)
    assert pinned_default() == "english"
    write_model(folder / "models" / "english", created=OLD)
    assert choose_model(None).checkpoint.path == BUNDLED / "english"
    write_model(folder / "upgraded" / "english", created=NEW)
    monkeypatch.setattr(store, "BUNDLED", folder / "upgraded")
    assert choose_model(None).checkpoint.path == folder / "upgraded" / "english"


def test_pin_invalid(folder: Path) -> None:
    """Only a readable model can be pinned; the previous pin stays."""
    pin_default("yelp")
    with pytest.raises(ModelError, match="no model named 'imbd'"):
        pin_default("imbd")
    (folder / "models" / "imdb" / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json"):
        pin_default("imdb")
    assert pinned_default() == str(folder / "models" / "yelp")


def test_pin_line_break(folder: Path) -> None:
    """A path that does not fit on one line cannot be pinned."""
    (folder / "models" / "yelp").rename(folder / "a\nb")
    with pytest.raises(ModelError, match=r"a\\nb' cannot be the default model: .* line break; rename the folder$"):
        pin_default("./a\nb")
    assert pinned_default() is None


def test_pin_undecodable(folder: Path) -> None:
    """A path that is not UTF-8 can be pinned."""
    path = Path(os.fsdecode(bytes(folder) + b"/caf\xe9"))
    try:
        (folder / "models" / "yelp").rename(path)
    except OSError:
        pytest.skip("this file system accepts UTF-8 names only")
    pin_default(str(path))
    assert choose_model(None).checkpoint.path == path


def test_unpin(folder: Path) -> None:
    """Without the pin the newest model is the default again; removing no pin is not an error."""
    assert not unpin_default()
    pin_default("yelp")
    assert unpin_default()
    assert not unpin_default()
    assert pinned_default() is None
    assert summary(choose_model(None)) == ("imdb", "newest")


def test_pinned_missing(folder: Path) -> None:
    """A pinned model that was removed is an error with the file of the pin, not a silent choice of another model."""
    pin_default("yelp")
    (folder / "models" / "yelp").rename(folder / "models" / "moved")
    expected = (
        f"the default model {folder}/models/yelp, pinned in {folder}/config/rnnsent/default-model, does not exist; "
        "pin another with `rnnsent models default NAME`, or remove the pin with `rnnsent models default --unset`"
    )
    with pytest.raises(ModelError) as caught:
        choose_model(None)
    assert str(caught.value) == expected
    assert choose_model("imdb").source == "explicit"
    assert unpin_default()


def test_pinned_unreadable(folder: Path) -> None:
    """A pinned model that cannot be read is an error with the file of the pin, the file of the model and the remedy."""
    pin_default("yelp")
    (folder / "models" / "yelp" / "tokenizer.json").unlink()
    with pytest.raises(ModelError) as caught:
        choose_model(None)
    message = str(caught.value)
    assert f"pinned in {folder}/config/rnnsent/default-model, cannot be read" in message
    assert f"({folder}/models/yelp/tokenizer.json is listed in manifest.json but missing); " in message
    assert message.endswith("or remove the pin with `rnnsent models default --unset`")
    assert "--model" not in message


@pytest.mark.parametrize("content", ["", "\n", "a\nb\n", "/a\n\n"])
def test_pin_file_lines(pin_file: Path, content: str) -> None:
    """A file of the pin that is not one line is an error that names it."""
    pin_file.write_text(content)
    with pytest.raises(ModelError, match=r"default-model must be one line, .*`rnnsent models default --unset`$"):
        choose_model(None)


@pytest.mark.parametrize("content", ["imdb\n", "models/imdb\n", "a\0b\n", "/a\0b\n"])
def test_pin_file_unknown(pin_file: Path, content: str) -> None:
    """A line that is neither an absolute path nor the name of a bundled model does not exist."""
    pin_file.write_text(content)
    with pytest.raises(ModelError, match="does not exist; pin another"):
        choose_model(None)


def test_pin_file_unreadable(pin_file: Path) -> None:
    """A pin that cannot be read is an error, since another model would be used without notice."""
    pin_file.mkdir()
    with pytest.raises(ModelError, match=r"default-model cannot be read: .*choose .*--model$"):
        choose_model(None)
    assert choose_model("imdb").source == "explicit"


def test_pin_without_final_newline(pin_file: Path, folder: Path) -> None:
    """The file may be written by hand, without a newline at the end."""
    pin_file.write_text(f"{folder}/models/yelp")
    assert summary(choose_model(None)) == ("yelp", "pinned")


def test_pin_location(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without $XDG_CONFIG_HOME the pin is in ~/.config."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    monkeypatch.setenv("HOME", str(folder / "home"))
    pin_default("yelp")
    assert (folder / "home" / ".config" / "rnnsent" / "default-model").is_file()
    assert choose_model(None).source == "pinned"


def test_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home folder has no pin and can use every model."""

    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", fail)
    assert choose_model(None).source == "newest"
    assert not unpin_default()
    with pytest.raises(ModelError, match=r"there is no home folder; set \$XDG_CONFIG_HOME$"):
        pin_default("yelp")


def test_unwritable_models_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A models folder that cannot be created is an error that names the variable; a new one is not created yet."""
    (folder / "file").write_text("")
    for path in (folder / "file", folder / "file" / "deep"):
        monkeypatch.setenv("RNNSENT_MODELS_DIR", str(path))
        with pytest.raises(SettingsError, match=r"file is not a folder; set \$RNNSENT_MODELS_DIR"):
            new_path("x")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(folder / "new" / "deep"))
    assert new_path("x") == folder / "new" / "deep" / "x"
    assert not (folder / "new").exists()


@pytest.mark.parametrize("name", ["imdb", "a", "_b", "a.b+c-d_1", "電影"])
def test_valid_name(name: str) -> None:
    """A plain file name is a path in the models folder."""
    assert new_path(name) == Path("models") / name


@pytest.mark.parametrize("name", ["../x", "a/b", "/x", "", ".", "..", ".hidden", "-m", "a b", "a\n", "a\0", "a\\b"])
def test_invalid_name(name: str) -> None:
    """A name that leads out of the models folder, or is hidden or an option, is an error."""
    with pytest.raises(SettingsError, match=r"^--name .* is invalid; use letters, digits, "):
        new_path(name)
