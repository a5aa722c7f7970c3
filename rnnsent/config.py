"""Every setting of a training run: frozen dataclasses in which each default is written once.

The defaults are the recipe called `default`. The command line reads defaults, bounds and help from here, a checkpoint
stores the settings, and an error names the option or the key. Knows no torch, no data and no files.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from rnnsent.errors import SettingsError
from rnnsent.settings import Settings, setting

TokenizerKind = Literal["word", "bpe", "char"]
Normalization = Literal["basic", "full"]
Cell = Literal["rnn", "lstm", "gru"]
Pooling = Literal["last", "mean", "max", "mean-max", "attention", "self-attention"]
Optimizer = Literal["adam", "adamw"]
LearningRateSchedule = Literal["constant", "linear", "cosine"]
Loss = Literal["final", "per-token"]
ClassWeights = Literal["none", "balanced"]
Precision = Literal["auto", "float32", "bfloat16"]
TeacherInputs = Literal["texts", "sentences", "both"]
Device = Literal["auto", "cpu", "cuda", "mps"]
PredictPrecision = Literal["float32", "bfloat16"]
OnError = Literal["stop", "skip"]
InputFormat = Literal["lines", "csv", "tsv", "json", "jsonl", "xlsx", "parquet", "fasttext", "document"]

SELF = "self"  # the teacher that self-training trains first
AUTO = "auto"  # the model to start from is the bundled one, if it can read the texts


@dataclass(frozen=True)
class TokenizerConfig(Settings):
    """Text to tokens."""

    TABLE: ClassVar[str] = "tokenizer"

    kind: TokenizerKind = setting(
        "word", "Token type: words (each Han character counts as a word), BPE subwords, or characters."
    )
    vocab_size: int = setting(40_000, "Maximum vocabulary size.", minimum=3, maximum=1_000_000)
    min_frequency: int = setting(2, "Minimum frequency of a vocabulary entry in the training texts.", minimum=1)
    lowercase: bool = setting(True, "Lowercase the text.")
    normalization: Normalization = setting(
        "full",
        "Normalization before tokenization: basic unifies apostrophes and quotes and removes markup, links and user "
        "names; full also makes one token of each emoji and emoticon.",
    )


@dataclass(frozen=True)
class ModelConfig(Settings):
    """The network and the n-gram model beside it."""

    TABLE: ClassVar[str] = "model"

    cell: Cell = setting("lstm", "Recurrent cell.", option=True)
    embedding_dim: int = setting(128, "Embedding dimension.", minimum=1, maximum=8192)
    hidden_size: int = setting(128, "Hidden units per direction.", minimum=1, maximum=8192, option=True)
    num_layers: int = setting(1, "Number of recurrent layers.", minimum=1, maximum=32)
    bidirectional: bool = setting(True, "Use a bidirectional network.")
    pooling: Pooling = setting(
        "mean-max", "Pooling of the hidden states over time; self-attention is quadratic in the text length."
    )
    attention_heads: int = setting(4, "Attention heads of the self-attention pooling.", minimum=1, maximum=64)
    dropout: float = setting(0.4, "Dropout on the pooled vector.", minimum=0.0, maximum=0.95)
    embedding_dropout: float = setting(
        0.3, "Dropout on embedding dimensions, with one mask for all tokens of a text.", minimum=0.0, maximum=0.95
    )
    max_ngram: int = setting(3, "Longest n-gram of the n-gram model; 0 trains the network alone.", minimum=0, maximum=5)
    max_ngram_features: int = setting(
        200_000, "Maximum number of n-grams in the n-gram model.", minimum=1, maximum=10_000_000
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        width = self.hidden_size * (2 if self.bidirectional else 1)
        if self.pooling == "self-attention" and width % self.attention_heads:
            raise SettingsError(
                f"model.attention_heads is {self.attention_heads}; it must divide the width of the hidden states, {width}"
            )


@dataclass(frozen=True)
class TrainingConfig(Settings):
    """Optimization, regularization, initialization and validation."""

    TABLE: ClassVar[str] = "training"

    epochs: int = setting(
        3, "Passes over the training data; small data sets get more (training.min_steps).", minimum=1, option=True
    )
    min_steps: int = setting(
        1_000, "Minimum number of optimizer steps: small data sets get more epochs, up to 30.", minimum=0
    )
    batch_size: int = setting(64, "Maximum batch size.", minimum=1)
    batch_tokens: int = setting(8_192, "Maximum number of tokens in a batch, padding included.", minimum=1)
    crop_length: int = setting(
        256, "Train on a random crop of this many tokens of longer texts; 0 disables cropping.", minimum=0
    )
    optimizer: Optimizer = setting("adamw", "Optimizer.")
    learning_rate: float = setting(2e-3, "Peak learning rate.", minimum=0.0, maximum=100.0, option=True)
    weight_decay: float = setting(
        0.01, "Decoupled weight decay (adamw) of every weight except the embedding.", minimum=0.0, maximum=1.0
    )
    warmup_steps: int = setting(100, "Steps of linear learning rate warmup.", minimum=0)
    lr_schedule: LearningRateSchedule = setting("linear", "Learning rate schedule after warmup.")
    max_grad_norm: float = setting(1.0, "Clip gradients to this norm; 0 disables clipping.", minimum=0.0)
    ema_decay: float = setting(
        0.998, "EMA decay; the averaged weights are saved. 0 disables averaging.", minimum=0.0, maximum=0.99999
    )
    word_dropout: float = setting(
        0.1, "Probability of replacing a token with the unknown token.", minimum=0.0, maximum=0.95
    )
    adversarial_epsilon: float = setting(
        0.0,
        "Adversarial training: perturbation size as a fraction of the embedding norm. Doubles the training time.",
        minimum=0.0,
        maximum=1.0,
    )
    vat_epsilon: float = setting(
        0.0,
        "Virtual adversarial training: perturbation size as a fraction of the embedding norm. Also trains on unlabeled "
        "data. Doubles the training time.",
        minimum=0.0,
        maximum=1.0,
    )
    label_smoothing: float = setting(0.0, "Label smoothing.", minimum=0.0, maximum=0.9)
    loss: Loss = setting("final", "Loss on the prediction for the whole text, or on the prediction at every token.")
    class_weights: ClassWeights = setting("none", "Class weights; balanced weights classes by inverse frequency.")
    patience: int = setting(3, "Stop after this many epochs without a better validation accuracy.", minimum=1)
    validation_fraction: float = setting(
        0.0,
        "Fraction of the train split to use for validation, chosen by a hash of each text; 0 uses the validation split, or "
        "0.1 if there is none.",
        minimum=0.0,
        maximum=0.9,
    )
    pretrained_embeddings: str = setting(
        "",
        "Initialize the embedding from a file of word vectors in GloVe, word2vec or fastText text format. Sets "
        "model.embedding_dim; with a larger one the vectors fill its first dimensions.",
    )
    fine_tune: str = setting(
        AUTO,
        "Start from the vocabulary and weights of this model (name or path), at a quarter of the default learning rate. auto "
        "is the bundled model, for English texts and the default tokenizer and network; an empty name is none.",
        option=True,
    )
    lm_epochs: int = setting(
        0,
        "Epochs of language-model pretraining of the embedding and first layer, on the training and unlabeled texts; "
        "0 disables it.",
        minimum=0,
    )
    precision: Precision = setting("auto", "Training precision; auto uses bfloat16 where the hardware supports it.")
    save_minutes: float = setting(5.0, "Save a resumable state every N minutes, and after each epoch.", minimum=0.0)
    seed: int = setting(0, "Random seed.", minimum=0, maximum=2**31 - 1)


@dataclass(frozen=True)
class DistillationConfig(Settings):
    """Learning from the probabilities of other models."""

    TABLE: ClassVar[str] = "distillation"

    teacher: str = setting(
        "",
        "Also learn from a teacher's probabilities: a model, a transformers sequence classifier (folder or Hub id), or a "
        "file of answers (.npz). Separate several with commas to average them; `self` for self-training.",
        option=True,
    )
    unlabeled: str = setting(
        "",
        "Unlabeled data: a split, data set, or text file (comma-separated). Default: the unlabeled split, if any.",
        option=True,
    )
    teacher_inputs: TeacherInputs = setting("both", "Whether the teacher labels whole texts, sentences, or both.")
    max_unlabeled: int = setting(
        200_000, "Maximum number of texts for the teacher from each unlabeled source, sampled at random.", minimum=1
    )
    synthetic_texts: int = setting(0, "Number of synthetic texts to generate for the teacher to label.", minimum=0)
    labeled_repeats: int = setting(1, "Upsampling factor of the labeled texts.", minimum=1, maximum=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.teacher and not self.is_self_training and not self.unlabeled:
            raise SettingsError("--teacher needs --unlabeled, the texts for the teacher to label")

    @property
    def is_self_training(self) -> bool:
        """Whether the teachers include a first model of the same run."""
        return SELF in self.teachers

    @property
    def teachers(self) -> tuple[str, ...]:
        """Names of the teachers."""
        return split_list(self.teacher)

    @property
    def unlabeled_sources(self) -> tuple[str, ...]:
        """Names of the sources of unlabeled texts."""
        return split_list(self.unlabeled)


def split_list(text: str) -> tuple[str, ...]:
    """The items of a list that is separated by commas, without blanks around them."""
    return tuple(item for part in text.split(",") if (item := part.strip()))


GROUPS: dict[str, type[Settings]] = {
    group.TABLE: group for group in (TokenizerConfig, ModelConfig, TrainingConfig, DistillationConfig)
}
KEYS = tuple(f"{table}.{entry.name}" for table, group in GROUPS.items() for entry in group.entries())
