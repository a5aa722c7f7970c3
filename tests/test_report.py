"""Proves that every format gives back what went into it, that no text of a user reaches a terminal as a command, and
that a line fits the terminal."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress as Display
from rich.progress import TextColumn

from rnnsent.data.catalog import CATALOG
from rnnsent.data.overview import overview
from rnnsent.data.sources import Corpus, find_source, read_corpus
from rnnsent.errors import DataError, ModelError
from rnnsent.evaluate import Evaluation
from rnnsent.fit.loop import Epoch, Update
from rnnsent.metrics import compute_metrics
from rnnsent.predict import Prediction
from rnnsent.report import progress, terminal
from rnnsent.report.predictions import Csv, Formatter, Jsonl, Table, TableRows, Tsv
from rnnsent.report.tables import print_catalog, print_evaluation, print_models, print_overview
from rnnsent.report.terminal import Output, file_output, say, say_error, visible
from rnnsent.train import Prepared

CLASSES = ("negative", "positive")
BLANK = Prediction("", None, None, None, 0, None)
# Every character that moves a cursor, changes a colour or turns text round, some of them as a terminal would get them.
HOSTILE = "\x1b[31mred\x1b[0m \x07\x08\x9b2J\x7f\u202eabc\u2066 \r\x0b\x0c\x85"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def prediction(text: str, share: float = 0.25) -> Prediction:
    probabilities = {"negative": 1 - share, "positive": share}
    label = max(probabilities, key=lambda name: probabilities[name])
    return Prediction(text, label, probabilities[label], probabilities, 1, 0.0)


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def printed(print_it: Callable[[Output], None]) -> str:
    stream = io.BytesIO()
    print_it(Output(stream))
    return stream.getvalue().decode()


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_characters="\n")), st.floats(0, 1))
def test_a_line_of_tsv_gives_back_label_probability_and_text(text: str, share: float) -> None:
    given_ = prediction(text, share)
    line = Tsv().record(given_)
    label, probability, rest = line.removesuffix("\n").split("\t", 2)
    assert (label, rest) == (given_.label, text)
    assert float(probability) == pytest.approx(given_.probability, abs=1e-4)


def test_a_line_end_in_a_text_is_a_space_where_records_are_lines_and_itself_where_they_end_at_nul() -> None:
    assert Tsv().record(prediction("two\nlines")) == "negative\t0.7500\ttwo lines\n"
    assert Tsv("\0").record(prediction("two\nlines\0")) == "negative\t0.7500\ttwo\nlines \0"


@settings(deadline=None, derandomize=True)
@given(st.text(), st.floats(0, 1))
def test_csv_gives_back_any_text_and_every_probability(text: str, share: float) -> None:
    formatter, given_ = Csv(CLASSES), prediction(text, share)
    header, row = rows_of(formatter.header() + formatter.record(given_))
    assert header == ["text", "label", "probability", "probability_negative", "probability_positive"]
    assert row[:2] == [text, given_.label]
    assert list(map(float, row[2:])) == [given_.probability, 1 - share, share]


@settings(deadline=None, derandomize=True)
@given(st.text(), st.floats(0, 1))
def test_json_lines_give_back_the_whole_prediction(text: str, share: float) -> None:
    line = Jsonl().record(prediction(text, share))
    assert line.count("\n") == 1
    assert json.loads(line) == prediction(text, share).to_dict()


@pytest.mark.parametrize(
    ("formatter", "line"),
    [
        (Tsv(), "\t\t\n"),
        (Csv(CLASSES), ",,,,\n"),
        (Table(CLASSES, width=None, color=False), "-        ··········   -    \n"),
    ],
)
def test_a_blank_record_still_is_a_record(formatter: Formatter, line: str) -> None:
    assert formatter.record(BLANK) == line
    assert json.loads(Jsonl().record(BLANK))["label"] is None


@settings(deadline=None, derandomize=True)
@given(
    st.text(st.one_of(st.characters(), st.sampled_from("電影👍ａ\x1b\t"))),
    st.integers(40, 130),
    st.booleans(),
    st.sampled_from([CLASSES, ("負面", "正面")]),
)
def test_a_line_of_the_table_fits_the_terminal_whatever_its_text(text, width, color, classes) -> None:
    given_ = replace(prediction(text), label=classes[0])
    line = Table(classes, width=width, color=color).record(given_)
    bare = line.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert bare.endswith("\n")
    assert not FORBIDDEN.search(bare)
    assert cell_len(bare.removesuffix("\n")) <= width
    assert bare.startswith(classes[0])


def test_a_terminal_that_is_too_small_still_shows_the_label() -> None:
    for width in (1, 10, 28):
        line = Table(CLASSES, width=width, color=False).record(prediction("a good film"))
        assert line.startswith("negative ████████·· 0.750  ")
        assert line.endswith("…\n")


def test_labels_in_wide_characters_stand_in_one_column_with_others() -> None:
    table = Table(("負面", "positive"), width=None, color=False)
    wide = table.record(replace(prediction("x"), label="負面"))
    narrow = table.record(replace(prediction("x"), label="positive"))
    assert cell_len(wide.partition("█")[0]) == cell_len(narrow.partition("█")[0]) == 9


def test_a_text_that_fits_is_shown_whole_and_one_that_does_not_is_cut_with_a_sign() -> None:
    head = "negative ████████·· 0.750  "
    table = Table(CLASSES, width=len(head) + 6, color=False)
    assert table.record(prediction("abcdef")) == head + "abcdef\n"
    assert table.record(prediction("abcdefg")) == head + "abcde…\n"
    assert table.record(prediction("電影電影")) == head + "電影…\n"


def test_the_first_class_is_red_the_last_green_and_the_text_plain() -> None:
    table = Table(("a", "b", "c"), width=None, color=True)
    lines = [table.record(Prediction("x", name, 1.0, {}, 1, 0.0)) for name in ("a", "b", "c")]
    assert [line.partition("m")[0] if line[0] == "\x1b" else "" for line in lines] == ["\x1b[31", "", "\x1b[32"]
    assert all(line.endswith("x\n") for line in lines)


@pytest.mark.parametrize(("format_", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_rows_keep_their_cells_beside_what_is_added(format_: Any, delimiter: str) -> None:
    rows = TableRows(format_, ["id", "label"], CLASSES, "in.jsonl")
    text = (
        rows.header()
        + rows.record({"id": 'a\r"b",\t\n', "label": None}, prediction("x"))
        + rows.record({"id": 3}, BLANK)
    )
    header, first, second = rows_of(text, delimiter)
    assert header == [
        "id", "label", "predicted_label", "predicted_probability", "predicted_probability_negative",
        "predicted_probability_positive",
    ]  # fmt: skip
    assert first == ['a\r"b",\t\n', "", "negative", "0.75", "0.75", "0.25"]
    assert second == ["3", "", "", "", "", ""]


def test_rows_as_json_keep_their_types_and_columns_that_come_later() -> None:
    rows = TableRows("jsonl", ["id"], CLASSES, "in.jsonl")
    assert rows.header() == ""
    record = json.loads(rows.record({"id": [1, {"a": None}], "later": True}, prediction("x")))
    assert record == {
        "id": [1, {"a": None}], "later": True, "label": "negative", "probability": 0.75,
        "probability_negative": 0.75, "probability_positive": 0.25,
    }  # fmt: skip


def test_a_column_that_comes_later_does_not_fit_into_a_table_with_a_header() -> None:
    rows = TableRows("csv", ["id"], CLASSES, "in.jsonl")
    rows.record({"id": 1}, prediction("x"))
    with pytest.raises(DataError, match=r"in\.jsonl: row 2 has the column 'later', which the first row lacks.*jsonl$"):
        rows.record({"id": 1, "later": True}, prediction("x"))


def test_a_column_that_comes_later_is_not_overwritten_by_what_is_added() -> None:
    with pytest.raises(DataError, match="row 1 has the column 'label', which the first row lacks"):
        TableRows("jsonl", ["id"], CLASSES, "in.jsonl").record({"id": 1, "label": "mine"}, prediction("x"))


def test_what_is_no_text_is_json_in_a_delimited_file_and_bytes_are_their_text() -> None:
    rows = TableRows("csv", ["a"], CLASSES, "in.parquet")
    values = [{"a": [1]}, ["電", None], True, b"caf\xc3\xa9\xff", 7, 0.5, None]
    written = "".join(rows.record({"a": value}, BLANK) for value in values)
    assert [row[0] for row in rows_of(written)] == [
        '{"a": [1]}', '["電", null]', "true", "café\ufffd", "7", "0.5", ""
    ]  # fmt: skip
    lines = TableRows("jsonl", ["a"], CLASSES, "in.parquet").record({"a": [b"caf\xc3\xa9"]}, BLANK)
    assert json.loads(lines)["a"] == ["café"]


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_what_is_visible_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = visible(text)
    assert not FORBIDDEN.search(shown)
    assert "\n" not in shown
    assert visible(shown) == shown
    plain = "".join(letter for letter in text if letter.isalnum())
    assert visible(plain) == plain


def test_controls_are_shown_as_pictures() -> None:
    assert visible("a\x1b[0m\n\x7f\x9b\u202e") == "a␛[0m␊␡<U+009B><U+202E>"


def test_an_output_is_utf_8_whatever_it_is_given() -> None:
    stream = io.BytesIO()
    Output(stream).write("電\ud800\x1b\n")
    assert stream.getvalue() == "電?\x1b\n".encode()


def test_a_guarded_output_keeps_lines_and_tabs_and_no_other_control() -> None:
    stream = io.BytesIO()
    Output(stream, guarded=True).write("a\tb\n\x1b[0m\r")
    assert stream.getvalue().decode() == "a\tb\n␛[0m␍"


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is quiet, before and after."""
    monkeypatch.setattr(terminal, "_quiet", False)
    yield


def test_messages_go_to_stderr_a_line_each_and_none_when_quiet(loud: None, capsys: pytest.CaptureFixture[str]) -> None:
    say(f"note: {HOSTILE}\nend")
    say_error(f"bad {HOSTILE}\n  thing")
    terminal.set_quiet()
    say("not said")
    say_error("still said")
    out, err = capsys.readouterr()
    first, second, third = err.splitlines()
    assert out == ""
    assert first.startswith("note: ␛[31mred")
    assert first.endswith("␊end")
    assert second.startswith("rnnsent: error: bad ␛[31mred")
    assert second.endswith(" thing")
    assert third == "rnnsent: error: still said"
    assert not FORBIDDEN.search(err)


def test_a_file_of_results_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.tsv"
    with file_output(path) as output:
        output.write("one\n")
    with pytest.raises(RuntimeError), file_output(path) as output:
        output.write("two\n")
        raise RuntimeError
    assert path.read_text() == "one\n"
    assert list(tmp_path.iterdir()) == [path]


def evaluation_of(classes: tuple[str, ...], **values: Any) -> Evaluation:
    probabilities = np.eye(len(classes)) * 0.7 + 0.3 / len(classes)
    lengths = np.full(len(classes), 20)
    metrics = compute_metrics(np.arange(len(classes)), probabilities, list(classes), lengths)
    plain = {
        "source": "imdb",
        "split": "test",
        "model": "tiny",
        "left_out": 0,
        "texts_per_second": 1234.5,
        "seen_as": None,
    }
    return Evaluation(**{**plain, **values, "metrics": metrics})


def test_an_evaluation_shows_its_figures() -> None:
    shown = printed(lambda output: print_evaluation(output, evaluation_of(CLASSES, left_out=3)))
    assert shown.startswith(
        "tiny on imdb (test): 2 texts, 3 left out\naccuracy 100.00% (95 % interval 34.24% to 100.00%)"
    )
    for words in (
        "macro F1 1.0000",
        "ROC-AUC 1.0000",
        "log loss 0.1625",
        "1,234 texts/s",
        "true \\ predicted",
        "17-32",
    ):
        assert words in shown
    assert re.search(r"negative +1\.000 +1\.000 +1\.000 +1\n", shown)


def test_names_in_wide_characters_keep_the_columns_straight() -> None:
    shown = printed(lambda output: print_evaluation(output, evaluation_of(("很差", "bad", "好"))))
    table = [
        line for line in shown.splitlines() if line.split()[:1] and line.split()[0] in ("class", "很差", "bad", "好")
    ][:4]
    assert len({cell_len(line) for line in table}) == 1


@pytest.mark.parametrize("name", [HOSTILE, "[red]x[/red]", "[/]", ":smile:", "a\nb"])
def test_no_name_is_obeyed_or_read_as_markup(tmp_path: Path, name: str, write_model) -> None:
    shown = printed(lambda output: print_evaluation(output, evaluation_of((name, "b"), source=name, model=name)))
    model = write_model(tmp_path / "m", classes=(name, "b"))
    shown += printed(lambda output: print_models(output, [model], [ModelError(name)]))
    assert not FORBIDDEN.search(shown)
    assert shown.startswith(visible(name) + " on " + visible(name))
    assert f"unreadable: {visible(name)}\n" in shown


def test_models_are_listed_newest_first_with_their_scores(tmp_path: Path, write_model) -> None:
    old = write_model(tmp_path / "old", created="2026-01-01T08:09:10+00:00", cell="gru", bidirectional=False)
    new = replace(write_model(tmp_path / "new", created="2026-02-01T00:00:00+00:00"), finished=False)
    others = {"n": 9, "accuracy_interval": [0.1, 0.9], "macro_f1": 0.5, "log_loss": 0.7}
    scores = {"imdb:test": {"accuracy": 0.91234, **others}, "imdb:validation": {"accuracy": 0.5, **others}}
    old.record(scores, "")
    lines = printed(lambda output: print_models(output, [old, new], [])).splitlines()
    rows = [line for line in lines if line.startswith((" new", " old"))]
    assert [row.split()[0] for row in rows] == ["new", "old"]
    assert "(stopped early)" in rows[0]
    assert "bilstm 3, mean-max" in rows[0]
    assert "gru 3, mean-max" in rows[1]
    assert "2026-01-01 08:09" in rows[1]
    assert "imdb:test 91.23%" in rows[1]
    assert lines[lines.index(rows[1]) + 1].strip() == "imdb:validation 50.00%"


def test_an_overview_shows_splits_classes_repeats_and_examples(tmp_path: Path) -> None:
    rows = [("A film", "neg"), ("a film", "pos"), ("x" * 400, "pos"), (HOSTILE, "neg")]
    (tmp_path / "train.jsonl").write_text("\n".join(json.dumps({"text": t, "label": c}) for t, c in rows))
    (tmp_path / "valid.jsonl").write_text(json.dumps({"text": "A FILM", "label": "pos"}))
    found = overview(find_source(str(tmp_path)))
    shown = printed(lambda output: print_overview(output, found))
    assert re.search(r"train +4 +0 +1 +1\n", shown)
    assert re.search(r"negative .*2 \(50\.0%\)", shown)
    assert "texts in both train and validation: 1\n" in shown
    assert f"positive: {'x' * 300}…\n" in shown
    assert not FORBIDDEN.search(shown)


def test_the_catalog_names_every_data_set() -> None:
    shown = printed(lambda output: print_catalog(output, CATALOG))
    assert all(re.search(rf"^ {name} ", shown, re.MULTILINE) for name in CATALOG)
    assert "ships with rnnsent" in shown
    assert str(CATALOG["sentences"].location) not in shown


UPDATE = Update(epoch=1, epochs=3, batch=2, batches=10, loss=0.5, accuracy=0.25, tokens_per_second=12_345.6)
EPOCH = Epoch(
    epoch=1, epochs=3, train_loss=0.5, train_accuracy=0.75, validation_loss=0.25, validation_accuracy=0.9,
    learning_rate=0.1, tokens_per_second=12_345.6, seconds=9.6, best=True,
)  # fmt: skip


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n,a\n" + "".join(f"text {i},{'ab'[i % 2]}\n" for i in range(20)))
    corpus: Corpus = read_corpus([find_source(str(path))], validation_share=0.1, seed=0)
    return Prepared(corpus, taught=0, vocabulary=1_234, parameters=56_789, epochs=3, device="cpu", resumed_epoch=None)


def test_before_training_it_is_said_what_is_trained_on_what(prepared: Prepared) -> None:
    data, network = progress.preparation(prepared)
    assert data.endswith(": 18 texts to train on, 2 to validate on (from train); left out 1 rows without label or text")
    assert network == "2 classes, vocabulary 1,234, 56,789 parameters, 3 epochs on cpu"
    assert progress.preparation(replace(prepared, taught=1_000))[1] == "1,000 texts that the teacher has labelled"
    assert progress.preparation(replace(prepared, resumed_epoch=2))[-1].endswith(", going on in epoch 2")


def test_what_will_spoil_a_training_is_said_before_it(prepared: Prepared) -> None:
    again = {**prepared.corpus.sources[0], "validation_in_train": 2}
    doubtful = replace(prepared, vocabulary=2, epochs=1, corpus=replace(prepared.corpus, sources=(again,)))
    _, overlap, network, vocabulary = progress.preparation(doubtful)
    assert overlap.startswith("note: 2 of the texts to validate on stand in train too")
    assert network.endswith(", 1 epoch on cpu")
    assert "--min-frequency 1" in vocabulary


def test_an_epoch_and_an_update_are_a_line_of_figures() -> None:
    assert progress.figures(UPDATE) == "loss 0.500, accuracy 25.0%, 12,346 tokens/s"
    assert progress.summary(EPOCH) == (
        "epoch 1/3: loss 0.500, accuracy 75.0%; validation loss 0.250, accuracy 90.0%; 12,346 tokens/s, 10 s  best so far"
    )
    assert not progress.summary(replace(EPOCH, best=False)).endswith("best so far")


def test_a_log_has_a_line_an_epoch_and_updates_only_now_and_then(loud, capsys, prepared, monkeypatch) -> None:
    with progress.training_progress() as display:
        display.prepared(prepared)
        display.update(UPDATE)
        display.epoch(EPOCH)
        monkeypatch.setattr(progress, "LOG_EVERY", -math.inf)
        display.update(UPDATE)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        *progress.preparation(prepared),
        progress.summary(EPOCH),
        f"epoch 1/3, batch 2/10: {progress.figures(UPDATE)}",
    ]


def test_a_live_display_shows_how_far_the_run_is() -> None:
    stream = io.StringIO()
    with Display(TextColumn("{task.fields[figures]}"), console=Console(file=stream, width=200)) as display:
        live = progress.Live(display)
        live.update(replace(UPDATE, epoch=2))
        live.epoch(EPOCH)
        (task,) = display.tasks
        assert (task.completed, task.total, task.description) == (12, 30, "epoch 2/3")
        assert task.fields["figures"] == progress.figures(UPDATE)
    assert progress.summary(EPOCH) in stream.getvalue()
