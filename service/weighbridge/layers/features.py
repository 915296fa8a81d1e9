"""Features made ready: integers, numbers and text as indices or vectors."""

from typing import Annotated, Any, ClassVar, Literal

from weighbridge.layers.layer import From, Integer, Layer, Operator, means, operator, shown_on

_MODE = means("`int` gives indices, anything else vectors of the size of the vocabulary.")
UNKNOWN = "[UNK]"
"""What stands for a text that is not in the vocabulary."""

Tokens = list[str | int] | str
"""Tokens one by one, or the name of the file that has them."""

_SPARSE = means("Whether the vectors are kept sparse; changes no figure.")


def _encoding(rule: str, **fields: int | str | From) -> Operator:
    """Return the operator of a layer without a vocabulary, but for what `fields` says."""
    nothing: dict[str, int | str | From] = {
        "entries": "WB_ABSENT",
        "specials": 0,
        "pad_to_max_tokens": 0,
        "max_tokens": "WB_ABSENT",
        "splits": 0,
        "output_sequence_length": "WB_ABSENT",
    }
    return operator("encoding", rule=f"WB_ENCODING_{rule}", **(nothing | fields))


class CategoryEncoding(Layer, kw_only=True):
    """Integers as vectors of `num_tokens`, one each or all of an example's in one.

    With `count` a second input may have a weight for each integer.
    """

    category = "preprocessing"
    lowers_to = _encoding("CATEGORIES", depth=From("num_tokens"))
    example = shown_on({"type": "CategoryEncoding", "num_tokens": 5}, ["batch", 3])

    num_tokens: Annotated[Integer, means("How many different integers there are.")]
    output_mode: Annotated[
        Literal["multi_hot", "one_hot", "count"], means("One vector each, or one for all.")
    ] = "multi_hot"
    sparse: Annotated[bool, _SPARSE] = False


class Discretization(Layer, kw_only=True):
    """Numbers as the bins that they are in; either the bins' boundaries or how many there are."""

    category = "preprocessing"
    lowers_to = _encoding("BINS", depth=From("num_bins"), entries=From("boundaries"), specials=1)
    example = shown_on(
        {"type": "Discretization", "bin_boundaries": [0.0, 1.0, 2.0], "output_mode": "one_hot"},
        ["batch", 4],
    )

    bin_boundaries: Annotated[
        list[int | float] | None, means("Where the bins meet, in rising order.")
    ] = None
    num_bins: Annotated[Integer | None, means("How many bins there are.")] = None
    epsilon: Annotated[int | float, means("Error of the boundaries that are learned.")] = 0.01
    output_mode: Annotated[Literal["int", "one_hot", "multi_hot", "count"], _MODE] = "int"
    sparse: Annotated[bool, _SPARSE] = False

    @property
    def boundaries(self) -> int | None:
        """How many boundaries there are."""
        return None if self.bin_boundaries is None else len(self.bin_boundaries)


class Hashing(Layer, kw_only=True):
    """Integers or text as their hashes, which are numbers of bins."""

    category = "preprocessing"
    lowers_to = _encoding("HASHES", depth=From("num_bins"))
    example = shown_on({"type": "Hashing", "num_bins": 10}, ["batch", 3])

    num_bins: Annotated[Integer, means("How many different hashes there are.")]
    mask_value: Annotated[int | str | None, means("What has bin 0 for itself.")] = None
    salt: Annotated[int | list[int] | None, means("Seed of the hashes.")] = None
    output_mode: Annotated[Literal["int", "one_hot", "multi_hot", "count"], _MODE] = "int"
    sparse: Annotated[bool, _SPARSE] = False


class HashedCrossing(Layer, kw_only=True):
    """Two features as the hash of both together."""

    category = "preprocessing"
    lowers_to = _encoding("CROSSING", depth=From("num_bins"))
    example = shown_on({"type": "HashedCrossing", "num_bins": 10}, ["batch", 1], ["batch", 1])

    num_bins: Annotated[Integer, means("How many different hashes there are.")]
    output_mode: Annotated[Literal["int", "one_hot"], _MODE] = "int"
    sparse: Annotated[bool, _SPARSE] = False


class _Vocabulary(Layer, kw_only=True):
    """What layers with a vocabulary take; where nothing says its size, it is unknown."""

    category: ClassVar[str] = "preprocessing"
    unknown: ClassVar[int | str | None] = None
    """The token for what is not in the vocabulary, of layers that do not ask for it."""

    max_tokens: Annotated[Integer | None, means("Most tokens that there may be.")] = None
    pad_to_max_tokens: Annotated[
        bool, means("Vectors have `max_tokens`, however many there are.")
    ] = False
    vocabulary: Annotated[Tokens | None, means("The tokens, or the name of their file.")] = None
    vocabulary_size: Annotated[
        Integer | None, means("How many tokens there are in vectors, where they are not listed.")
    ] = None
    idf_weights: Annotated[list[float] | None, means("Weights of the tokens.")] = None
    sparse: Annotated[bool, _SPARSE] = False

    @property
    def tokens(self) -> int | None:
        """How many tokens are listed, less those at the front for what is in no vocabulary."""
        if not isinstance(self.vocabulary, list):
            return None
        unknown: Any = getattr(self, "oov_token", self.unknown)
        listed = [token for token in self.vocabulary if token != unknown]
        return len(listed)


class _Lookup(_Vocabulary, kw_only=True):
    num_oov_indices: Annotated[Integer, means("Tokens for what is in no vocabulary.")] = 1
    invert: Annotated[bool, means("Indices become tokens.")] = False
    output_mode: Annotated[Literal["int", "one_hot", "multi_hot", "count", "tf_idf"], _MODE] = "int"
    salt: Annotated[int | list[int] | None, means("Seed of the hashes of unknown tokens.")] = None
    oov_method: Annotated[str, means("How unknown tokens share their indices.")] = "floormod"


def _lookup() -> Operator:
    return operator(
        "encoding",
        rule="WB_ENCODING_LOOKUP",
        depth=From("vocabulary_size"),
        entries=From("tokens"),
        specials=From("num_oov_indices"),
        splits=0,
        output_sequence_length="WB_ABSENT",
    )


class IntegerLookup(_Lookup, kw_only=True):
    """Integers as their places in a vocabulary."""

    lowers_to = _lookup()
    example = shown_on(
        {"type": "IntegerLookup", "vocabulary": [7, 11, 13], "output_mode": "multi_hot"},
        ["batch", 3],
    )

    mask_token: Annotated[int | None, means("The integer for what is masked.")] = None
    oov_token: Annotated[int, means("The integer for what is in no vocabulary.")] = -1
    vocabulary_dtype: Annotated[str, means("Dtype of the vocabulary.")] = "int64"


class StringLookup(_Lookup, kw_only=True):
    """Text as its place in a vocabulary."""

    lowers_to = _lookup()
    example = shown_on(
        {"type": "StringLookup", "vocabulary": ["a", "b"], "output_mode": "multi_hot"},
        ["batch", 3],
    )

    mask_token: Annotated[str | None, means("The text for what is masked.")] = None
    oov_token: Annotated[str, means("The text for what is in no vocabulary.")] = UNKNOWN
    encoding: Annotated[str, means("Encoding of the text.")] = "utf-8"


class TextVectorization(_Vocabulary, kw_only=True):
    """Text, split into tokens, as their places in a vocabulary or as one vector."""

    lowers_to = operator(
        "encoding",
        rule="WB_ENCODING_TEXT",
        depth=From("vocabulary_size"),
        entries=From("tokens"),
        specials=1,
    )
    example = shown_on(
        {"type": "TextVectorization", "max_tokens": 10000, "output_sequence_length": 40}, ["batch"]
    )
    unknown = UNKNOWN

    standardize: Annotated[str | None, means("What is done to the text first.")] = (
        "lower_and_strip_punctuation"
    )
    split: Annotated[str | None, means("How it is split; not at all where null.")] = "whitespace"
    ngrams: Annotated[int | list[int] | None, means("Tokens that are taken together.")] = None
    output_mode: Annotated[Literal["int", "multi_hot", "count", "tf_idf"], _MODE] = "int"
    output_sequence_length: Annotated[
        Integer | None, means("Tokens of a text, cut or filled up; unknown where null.")
    ] = None
    ragged: Annotated[bool, means("Whether texts keep their lengths; changes no figure.")] = False
    encoding: Annotated[str, means("Encoding of the text.")] = "utf-8"

    @property
    def splits(self) -> bool:
        """Whether a text becomes several tokens."""
        return self.split is not None
