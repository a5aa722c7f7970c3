"""Proves what a training run reads: windows, hidden words, batches within their bounds, every text once an epoch."""

from fitting import examples, fit_of, seen_ids, updates

from rnnsent.data.tokenizer_rules import UNKNOWN_ID
from rnnsent.fit.loop import Update


def test_training_reads_windows_and_validation_whole_texts() -> None:
    long = examples(length=10)
    fit = fit_of(long, long, window=3, epochs=1)
    seen = seen_ids(fit)
    list(fit.run())
    assert [ids.shape for ids in seen] == [(4, 3), (4, 3), (8, 10)]
    texts = ["".join(map(str, row)) for row in long.rows]
    assert all(any("".join(map(str, row)) in text for text in texts) for ids in seen[:2] for row in ids.tolist())


def test_word_dropout_hides_words_in_training_alone() -> None:
    fit = fit_of(examples(64), word_dropout=0.5, batch_size=64, epochs=1)
    seen = seen_ids(fit)
    list(fit.run())
    assert 0.3 < float((seen[0] == UNKNOWN_ID).float().mean()) < 0.7
    assert all(not (ids == UNKNOWN_ID).any() for ids in seen[1:])


def test_a_batch_never_has_more_tokens_than_allowed() -> None:
    fit = fit_of(examples(20, length=6), batch_size=20, batch_tokens=13, epochs=1)
    seen = seen_ids(fit)
    assert len(updates(fit)) == 10
    assert {tuple(ids.shape) for ids in seen[:10]} == {(2, 6)}


def test_every_text_is_read_once_an_epoch_in_an_order_of_the_seed() -> None:
    def orders(seed: int) -> list[list[list[int]]]:
        fit = fit_of(examples(40), seed=seed, epochs=2)
        seen = seen_ids(fit)
        rows = [row for event in fit.run() if isinstance(event, Update) for row in seen[-1].tolist()]
        return [rows[:40], rows[40:]]

    first, second = orders(0)
    assert sorted(first) == sorted(second) == sorted(row.tolist() for row in examples(40).rows)
    assert first != second
    assert orders(0) == [first, second]
    assert orders(1)[0] != first
