"""What training reads: crops, word dropout, the size of batches, and the order of the texts."""

from rnnsent.data.tokenizer_rules import UNKNOWN_ID
from rnnsent.training.events import StepResult
from tests.support.training import make_dataset, make_trainer, record_ids, run_steps


def test_crops() -> None:
    """Training reads random crops of long texts, and validation whole texts."""
    dataset = make_dataset(length=10)
    trainer = make_trainer(dataset, dataset, crop_length=3, epochs=1)
    batches = record_ids(trainer)
    list(trainer.run())
    assert [ids.shape for ids in batches] == [(4, 3), (4, 3), (8, 10)]
    texts = ["".join(map(str, row)) for row in dataset.rows]
    assert all(any("".join(map(str, row)) in text for text in texts) for ids in batches[:2] for row in ids.tolist())


def test_word_dropout() -> None:
    """Word dropout replaces tokens in training, not in validation."""
    trainer = make_trainer(make_dataset(64), word_dropout=0.5, batch_size=64, epochs=1)
    batches = record_ids(trainer)
    list(trainer.run())
    assert 0.3 < float((batches[0] == UNKNOWN_ID).float().mean()) < 0.7
    assert len(batches) > 1
    assert all(not (ids == UNKNOWN_ID).any() for ids in batches[1:])


def test_batch_tokens() -> None:
    """A batch has at most `batch_tokens` tokens."""
    trainer = make_trainer(make_dataset(20, length=6), batch_size=20, batch_tokens=13, epochs=1)
    batches = record_ids(trainer)
    assert len(run_steps(trainer)) == 10
    assert {tuple(ids.shape) for ids in batches[:10]} == {(2, 6)}


def test_order() -> None:
    """Each epoch reads every text once, in an order that depends on the seed and the epoch."""

    def read_order(seed: int) -> list[list[list[int]]]:
        trainer = make_trainer(make_dataset(40), seed=seed, epochs=2)
        batches = record_ids(trainer)
        rows = [row for event in trainer.run() if isinstance(event, StepResult) for row in batches[-1].tolist()]
        return [rows[:40], rows[40:]]

    first, second = read_order(seed=0)
    assert sorted(first) == sorted(second) == sorted(row.tolist() for row in make_dataset(40).rows)
    assert first != second
    assert read_order(seed=0) == [first, second]
    assert read_order(seed=1)[0] != first
