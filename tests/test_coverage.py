"""One warning for texts that a vocabulary does not cover, and none for ordinary texts in its language."""

from collections.abc import Sequence

import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import BUNDLED
from rnnsent.data.coverage import MAX_SAMPLE_TEXTS, Coverage
from rnnsent.predictor import Predictor
from tests.support.reviews import reviews

TWEETS = [
    "omg this movie was SO good im crying", "smh @airline lost my bag AGAIN #fail", "gr8 game last nite, gg everyone",
    "so hyped for tmrw!!!", "https://t.co/abc1 :) :)", "wifi down since noon. productive day. not.", "tbh the sequel was kinda meh",
]  # fmt: skip
GERMAN = [
    "Das Essen war ausgezeichnet und die Bedienung freundlich.", "Leider kam das Paket viel zu spät an.", "Nie wieder!",
    "Ich bin mit dem Gerät sehr zufrieden, es läuft leise.", "Der Film ist langweilig und viel zu lang.",
]  # fmt: skip


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(Checkpoint.read(BUNDLED / "english"), device="cpu")


def warn(predictor: Predictor, texts: Sequence[str], *, size: int = 1_000) -> list[str]:
    """The warnings for texts that come in batches of a size."""
    coverage = Coverage("english", predictor.look_up_words)
    batches = [texts[start : start + size] for start in range(0, len(texts), size)]
    return [warning for batch in batches if (warning := coverage.add(predictor.predict(batch)))]


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize("texts", [TWEETS * 4, reviews(60), ["", " "], ["10/10", ":)", "👍"], ["thx"], []])
def test_no_warning(predictor: Predictor, texts: list[str], size: int) -> None:
    """English texts, tweets too, give no warning in any batches; nor does a single unknown word, or a rating."""
    assert warn(predictor, texts, size=size) == []


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize(
    ("texts", "content"),
    [
        (GERMAN * 5, "another language"),
        (["Отличный фильм, всем советую", "Ужасный сервис, больше не приду"] * 3, "Cyrillic"),
        (["这部电影太无聊了"] * 3, "Chinese"),
        (["とても面白い映画でした"] * 3, "Japanese"),
        (["영화가 정말 지루했어요"] * 3, "Korean"),
        (["فيلم رائع جدا"] * 3, "Arabic"),
        (["A1B-77XZ 9f8e7d 00c2 B0012XYZ"] * 3, "ids or codes; is this the right column?"),
        (["PK\x03\x04\x14\x00\x08qzx\x00\x91\x02vvk\x1d\x8f\x00wq\x01"] * 3, "binary data; is this the right column?"),
    ],
)  # fmt: skip
def test_warning(predictor: Predictor, texts: list[str], content: str, size: int) -> None:
    """Texts of unknown words give one warning, which says what they look like."""
    (warning,) = warn(predictor, texts, size=size)
    assert "% of the words are not in the vocabulary of 'english': the text" in warning
    assert warning.endswith(f" like {content}")


def test_one_text(predictor: Predictor) -> None:
    """A single text gives a warning if hardly a word is known."""
    assert warn(predictor, ["Отличный фильм, всем советую"]) == [
        "100% of the words are not in the vocabulary of 'english': the text looks like Cyrillic"
    ]
    assert warn(predictor, ["der dreadlock was lame, bruh"]) == []


def test_numbers(predictor: Predictor) -> None:
    """A column of numbers is not a column of texts."""
    numbers = [str(1_000 + 7 * n) for n in range(9)]
    expected = ["100% of the texts have no words: they look like numbers; is this the right column?"]
    assert warn(predictor, numbers) == warn(predictor, numbers, size=2) == expected
    assert warn(predictor, [*numbers, *TWEETS]) == []


def test_sample(predictor: Predictor) -> None:
    """Only the first texts are looked at."""
    assert warn(predictor, TWEETS * (MAX_SAMPLE_TEXTS // len(TWEETS) + 1) + GERMAN * 99, size=100) == []


def test_note(predictor: Predictor) -> None:
    """Texts without a known token are counted, also after the sample; blank texts are not."""
    coverage = Coverage("english", predictor.look_up_words)
    assert coverage.note is None
    coverage.add(predictor.predict(["good", "", "qzxw"]))
    assert coverage.note == "1 text has no known token and gets no label: record 3"
    coverage.add(predictor.predict(["good"] * MAX_SAMPLE_TEXTS + ["qzxw"] * 1_500))
    assert coverage.note == "1,501 texts have no known token and get no label; the first is record 3"
