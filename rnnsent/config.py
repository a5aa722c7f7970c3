"""Every setting of a run: frozen dataclasses, each default written here once.

The dataclasses' own defaults are the recipe called `default`. The command line reads defaults, bounds and help
from them, a checkpoint stores them, and an error names the flag. This module knows no torch, no data and no files
but the recipes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from rnnsent.errors import SettingsError
from rnnsent.settings import Settings, setting

TokenizerKind = Literal["word", "bpe", "char"]
Cell = Literal["rnn", "lstm", "gru"]
Pooling = Literal["last", "mean", "max", "mean-max", "attention", "self-attention"]
Optimizer = Literal["adam", "adamw"]
Decay = Literal["none", "linear", "cosine"]
Loss = Literal["text", "every-step"]
Pretrain = Literal["none", "lm", "vectors"]
ClassWeights = Literal["none", "balanced"]
Precision = Literal["auto", "float32", "bfloat16"]
Pieces = Literal["texts", "sentences", "both"]
Device = Literal["auto", "cpu", "cuda", "mps"]
OutputFormat = Literal["table", "tsv", "jsonl", "csv"]
OnError = Literal["stop", "skip"]

SELF = "self"  # the teacher that is a first model of the same run

RECIPES = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class TokenizerConfig(Settings):
    tokenizer: TokenizerKind = setting(
        "word", "How text is cut: words (each Han character its own), byte pairs or characters."
    )
    vocab_size: int = setting(40_000, "Most entries in the vocabulary.", least=3, most=1_000_000)
    min_frequency: int = setting(2, "Entries seen fewer times in the train split are left out.", least=1)
    lowercase: bool = setting(True, "Fold upper and lower case together.")


@dataclass(frozen=True)
class ModelConfig(Settings):
    cell: Cell = setting("lstm", "Recurrent cell.")
    embedding_dim: int = setting(128, "Numbers in a token's vector.", least=1, most=8192)
    hidden: int = setting(128, "Numbers in the hidden state of one direction.", least=1, most=8192)
    layers: int = setting(1, "Recurrent layers, each reading the one below.", least=1, most=32)
    bidirectional: bool = setting(True, "Read from both ends.")
    pooling: Pooling = setting(
        "mean-max",
        "How the hidden states of all steps become one vector; self-attention takes time with the square of a text's length.",
    )
    heads: int = setting(4, "Heads of the self-attention pooling.", least=1, most=64)
    dropout: float = setting(0.4, "Share of the pooled vector dropped in training.", least=0.0, most=0.95)
    embedding_dropout: float = setting(
        0.3,
        "Share of embedding dimensions dropped in training, the same ones at each step of a text.",
        least=0.0,
        most=0.95,
    )

    ngrams: int = setting(
        3,
        "Longest n-gram of the wide side, whose logits add to the network's; 0 for the network alone.",
        least=0,
        most=5,
    )
    ngram_entries: int = setting(200_000, "Most n-grams that the wide side keeps.", least=1, most=10_000_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        width = self.hidden * (2 if self.bidirectional else 1)
        if self.pooling == "self-attention" and width % self.heads:
            raise SettingsError(f"--heads is {self.heads}; it must divide the width of the hidden states, {width}")


@dataclass(frozen=True)
class TrainConfig(Settings):
    epochs: int = setting(3, "Passes over the train split.", least=1)
    min_updates: int = setting(
        1_000,
        "A small data set gets more epochs until the weights were updated this often (at most 30 epochs).",
        least=0,
    )
    batch_size: int = setting(64, "Most texts in a batch.", least=1)
    batch_tokens: int = setting(8_192, "Most tokens in a batch, padding included.", least=1)
    window: int = setting(
        256, "Train on a random window of this many tokens of a longer text; 0 for the whole text.", least=0
    )
    optimizer: Optimizer = setting("adamw", "Optimiser.")
    learning_rate: float = setting(2e-3, "Highest learning rate.", least=0.0, most=100.0)
    weight_decay: float = setting(
        0.01, "Decoupled weight decay of all weights but the embedding (adamw).", least=0.0, most=1.0
    )
    warmup: int = setting(100, "Updates over which the learning rate rises to its highest.", least=0)
    decay: Decay = setting("linear", "How the learning rate falls to nothing afterwards.")
    clip_norm: float = setting(1.0, "Largest norm of a gradient; 0 for no limit.", least=0.0)
    average: float = setting(
        0.998, "Decay of the moving average of the weights, which is what is kept; 0 for none.", least=0.0, most=0.99999
    )
    word_dropout: float = setting(
        0.1, "Share of tokens replaced by the unknown token in training.", least=0.0, most=0.95
    )
    adversarial: float = setting(
        0.0,
        "Also train on texts moved against the network by this share of their norm; about twice the work.",
        least=0.0,
        most=1.0,
    )
    virtual_adversarial: float = setting(
        0.0,
        "Also hold the answer where a step of this share of a text's norm would change it most; about twice the work. It needs "
        "no label: the texts of --unlabelled, or imdb's `unsupervised`, are learned from too.",
        least=0.0,
        most=1.0,
    )
    label_smoothing: float = setting(0.0, "Share of each target that is spread over all classes.", least=0.0, most=0.9)
    loss: Loss = setting("text", "Score each text once, or the output at every step.")
    class_weights: ClassWeights = setting("none", "balanced: rare classes count for more.")
    patience: int = setting(3, "Stop after this many epochs without a better validation accuracy.", least=1)
    validation: float = setting(
        0.0,
        "Share of train cut off for validation, even where the source has its own; 0: its own, else 0.1.",
        least=0.0,
        most=0.9,
    )
    embeddings: str = setting(
        "",
        "Start from these word vectors: a file in the text format of GloVe, word2vec or fastText. They set --embedding-dim, "
        "or fill the first numbers of a larger one.",
    )
    fine_tune: str = setting(
        "", "Start from the vocabulary and the weights of this model, by name or path; a lower --learning-rate suits."
    )
    pretrain: Pretrain = setting(
        "none",
        "Before labels, of unlabelled texts too: lm, the embedding and first layer learn to tell the next token; vectors, "
        "the embedding alone learns which tokens stand together (extra rnnsent[vectors]).",
    )
    pretrain_epochs: int = setting(2, "Passes of pre-training.", least=1)
    precision: Precision = setting(
        "auto", "Number format of the arithmetic: auto takes bfloat16 where the hardware is quicker for it."
    )
    seed: int = setting(0, "Seed of every random choice.", least=0, most=2**31 - 1)


@dataclass(frozen=True)
class TeachConfig(Settings):
    teacher: str = setting(
        "",
        "Learn from this model's probabilities too: a checkpoint, or a sequence classifier of transformers by folder or "
        "Hub id (extra rnnsent[distil]); several with commas teach their mean. self is one too: a first model of this run, "
        "NAME-first, teaches the second.",
    )
    unlabelled: str = setting(
        "",
        "What the teacher labels, or --pretrain and --virtual-adversarial read beside the train split: a split of the "
        "sources, a data set or a file of lines; several with commas. The two find imdb's `unsupervised` by themselves.",
    )
    pieces: Pieces = setting("both", "How the unlabelled texts are given to the teacher.")
    most_pieces: int = setting(200_000, "Most pieces of each of them, drawn at random.", least=1)
    made: int = setting(0, "Texts made up from the pieces, for words that they do not have.", least=0)
    labelled_copies: int = setting(1, "Times that an epoch reads each labelled text.", least=1, most=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.teacher and not self.teaches_itself and not self.unlabelled:
            raise SettingsError("--teacher needs --unlabelled: the texts that it labels")

    @property
    def teaches_itself(self) -> bool:
        """Whether a first model of the run is among the teachers."""
        return SELF in self.teacher.split(",")


GROUPS: dict[str, type[Settings]] = {
    "tokenizer": TokenizerConfig,
    "model": ModelConfig,
    "training": TrainConfig,
    "teaching": TeachConfig,
}


@dataclass(frozen=True)
class Recipe:
    """All settings of one training run."""

    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainConfig = field(default_factory=TrainConfig)
    teaching: TeachConfig = field(default_factory=TeachConfig)

    def __post_init__(self) -> None:
        if self.teaching.unlabelled and not self.teaching.teacher and not self.reads_unlabelled:
            raise SettingsError(
                "--unlabelled needs --teacher, which labels the texts, or --pretrain or --virtual-adversarial, which read them"
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], where: str) -> Self:
        """Read the tables `tokenizer`, `model`, `training` and `teaching`; what they leave out is as in `default`."""
        tables = {key: value for key, value in values.items() if key != "description"}
        for key, value in tables.items():
            if key not in GROUPS or not isinstance(value, Mapping):
                raise SettingsError(
                    f"{where}: {key!r} is not one of the tables {', '.join(f'[{name}]' for name in GROUPS)}"
                )
        return cls(**{key: GROUPS[key].from_dict(value, f"{where} [{key}]") for key, value in tables.items()})  # type: ignore[arg-type]

    @property
    def holds_unknown_answers(self) -> bool:
        """Whether unlabelled texts that no teacher answers for are trained on beside the others."""
        return self.training.virtual_adversarial > 0 and not self.teaching.teacher

    @property
    def reads_unlabelled(self) -> bool:
        """Whether unlabelled texts are read as they are, whatever a teacher says of them."""
        return self.training.pretrain != "none" or self.holds_unknown_answers

    def overridden(self, overrides: Mapping[str, Any]) -> Self:
        """A copy in which each override that is not None replaces the setting of that name."""
        groups: dict[str, Any] = {name: getattr(self, name).overridden(overrides) for name in GROUPS}
        return replace(self, **groups)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        return asdict(self)


def recipe_names() -> list[str]:
    return sorted(["default", *(path.stem for path in RECIPES.glob("*.toml"))])


def load_recipe(name: str) -> Recipe:
    """A recipe by name, or from a TOML file given by path.

    Raises:
        SettingsError: there is no such recipe, it is not TOML, or it holds an unknown setting or a bad value.
    """
    if name == "default":
        return Recipe()
    path = RECIPES / f"{name}.toml"
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        raise SettingsError(
            f"there is no recipe {name!r}; choose {', '.join(recipe_names())} or the path of a TOML file"
        )
    try:
        return Recipe.from_dict(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a TOML file: {error}") from None
