"""The one builder behind every recurrent model, and the fields they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError
from dlcli.models.embedding import embedded, vocabulary_of
from dlcli.models.spectrum import Spectrum, refuse_no_signal, with_spectrum

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook

Kind = Literal["lstm", "gru", "rnn"]
Pooling = Literal["last", "mean", "max"]


class Recurrent(Component):
    """What all recurrent models have in common.

    They read signals (B, T, C), and images (B, H, W, C) row by row: H steps of W * C values. Masked steps change
    nothing: no state, no mean and no maximum.
    """

    kind: ClassVar[str]
    """What its layers are called: `lstm` for lstm_1, lstm_2, or bilstm_1."""

    type: str
    units: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = Field(default=(32,), examples=[(32, 32)])
    """Size of the state of each layer, from the input upwards."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, examples=[0.5])
    """Share of each layer's outputs that is set to zero at random in training."""
    pooling: Pooling = "last"
    """How the top layer's outputs over time become one vector: the last state, their mean or their maximum."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""
    embedding: PositiveInt | None = None
    """Size of the vector that is learned for each token of a text; null: each token is an axis of its own."""
    spectrum: Spectrum | None = None
    """Of signals: a network that reads their frequencies; its outputs are added to the model's. null: none."""

    any_length: ClassVar[bool] = True
    """Whether texts of any number of tokens can be read, not only of that of the training."""
    causal: ClassVar[bool] = True
    """Whether what is predicted at a step depends on that step and those before it alone, if read in one direction."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data; of texts, tokens become vectors; of steps, nothing is pooled.

        What follows in a series goes by its last steps, and by all units.
        """
        values: dict[str, object] = {"embedding": 64} if outlook.tokens else {}
        if outlook.one_course:
            return values | {"units": [32]}
        values |= {"units": [32], "dropout": 0.5}
        return values if outlook.per_step else values | {"pooling": "mean"}

    @property
    def both_ways(self) -> bool:
        """Whether each layer reads in both directions."""
        return False

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are neither signals nor images; None stands for any size."""
        if len(shape) not in (2, 3):
            raise UsageError(
                f"model: {self.type} reads signals (T, C), or images (H, W, C) row by row; each example here has the "
                f"shape {shape_text(shape)}"
            )
        refuse_no_signal(self, shape)

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C), tokens (B, T), or (B, H, W, C) -> (B, outputs)."""
        return with_spectrum(recurrent(x, outputs, self), x, self)

    def build_steps(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C), tokens (B, T), or (B, H, W, C) -> (B, T, outputs) or (B, H, outputs): one at every step."""
        return recurrent(x, outputs, self, every_step=True)

    def steps(self, x: keras.KerasTensor, *, every_step: bool) -> tuple[keras.KerasTensor, keras.KerasTensor | None]:
        """What the layers read of an input, (B, T, C), and which steps of it count, (B, T), if not all do."""
        from dlcli.models.masks import mask_of

        # Steps that are read forwards do not see the padding, which comes after them; without a mask they are faster.
        x = embedded(x, vocabulary_of(x), self.embedding, masked=self.both_ways or not every_step)
        self.refuse_unfit(x.shape[1:])
        return rows_as_steps(x), mask_of(x)

    def layer(
        self, x: keras.KerasTensor, mask: keras.KerasTensor | None, units: int, name: str, *, sequences: bool
    ) -> keras.KerasTensor:
        """One recurrent layer: x (B, T, C) -> (B, T, U) where `sequences` are asked for, else (B, U).

        U is twice the `units` where the layer reads in both directions.
        """
        import keras

        layer = self.cells(units, return_sequences=sequences, **penalised(self.l2), name=name)
        if self.both_ways:
            layer = keras.layers.Bidirectional(layer, name=f"bi{name}")
        return layer(x, mask=mask)

    def cells(self, units: int, **options: Any) -> keras.layers.RNN:
        """A layer of Keras' kind, in one direction."""
        import keras

        from dlcli.layers.lstm import LSTM

        return {"lstm": LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}[self.kind](units, **options)


class EitherWay(Recurrent):
    """A recurrent model that reads forwards, or in both directions."""

    bidirectional: bool = False
    """Whether each layer reads in both directions, with `units` for each; the two are concatenated."""

    @property
    def both_ways(self) -> bool:
        """As the spec says."""
        return self.bidirectional


class Carrying(Component):
    """A recurrent model that can go on with its states from one window of a running text to the next."""

    stateful: bool = False
    """Of a running text: whether a window begins with the states in which the one before it ended, not with zeros.

    A batch then has a part of the text in each row, which the rows of the next batch continue, and nothing is shuffled;
    states are zero at the beginning of each epoch. Gradients end where a window begins (truncated backpropagation
    through time). Validation and test texts are read on like this, too. What is saved reads each input from zeros.
    """


def carries(model: Component) -> bool:
    """Whether a model goes on with its states from one window to the next."""
    return isinstance(model, Carrying) and model.stateful


def recurrent(x: keras.KerasTensor, outputs: int, spec: Recurrent, *, every_step: bool = False) -> keras.KerasTensor:
    """A stack of recurrent layers with one prediction for the whole sequence, or with one at every step.

    x: (B, T, C), tokens (B, T), or (B, H, W, C) -> (B, outputs) or (B, T, outputs); raises UsageError for inputs of
    another rank. Kernels start Glorot uniform, recurrent kernels orthogonal, the LSTM's forget bias at one (Jozefowicz
    et al. 2015, https://proceedings.mlr.press/v37/jozefowicz15.html).
    """
    import keras

    from dlcli.layers.dropout import Dropout
    from dlcli.models.masks import pooled_over_time

    x, mask = spec.steps(x, every_step=every_step)
    for i, units in enumerate(spec.units, start=1):
        top = i == len(spec.units)
        pooling = spec.pooling if top and not every_step else None
        x = spec.layer(x, mask, units, f"{spec.kind}_{i}", sequences=pooling != "last")
        if pooling in ("mean", "max"):
            x = pooled_over_time(x, mask, pooling)
        if spec.dropout:
            x = Dropout(spec.dropout, name=f"dropout_{i}")(x)
    return keras.layers.Dense(outputs, kernel_regularizer=_l2(spec.l2), name="head")(x)


def rows_as_steps(x: keras.KerasTensor) -> keras.KerasTensor:
    """x: (B, T, C) as it is, or (B, H, W, C) -> (B, H, W * C)."""
    import keras

    if len(x.shape) == 3:
        return x
    H, W, C = x.shape[1:]
    return keras.layers.Reshape((H, W * C), name="rows")(x)


def penalised(l2: float) -> dict[str, keras.Regularizer | None]:
    """The arguments of a recurrent layer whose kernels are all in the training loss with this weight."""
    return {"kernel_regularizer": _l2(l2), "recurrent_regularizer": _l2(l2)}


def _l2(weight: float) -> keras.Regularizer | None:
    import keras

    return keras.regularizers.L2(weight) if weight else None
