"""Encoder and decoder with attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from dlcli.component import Component
from dlcli.models.embedding import embedded, source_of, vocabulary_of
from dlcli.models.feed_forward import Names, Rate, dropped, head

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class Seq2Seq(Component):
    """Recurrent layers that read a source and others that write from it, looking over the source at every token.

    x: (B, S + T) tokens, the source and what is before each token that is to be written -> (B, T, V) logits. In
    training the right tokens come before each (teacher forcing); a text is written token by token, the most probable
    one each time, or with `beam` by a search. The decoder's state begins as the encoder's ends. Padding changes
    nothing. `model.get_layer("attention").output[1]` of the saved model are the weights of the source at each token,
    (B, T, S).
    Source: Sutskever et al. 2014, https://arxiv.org/abs/1409.3215; attention of Luong et al. 2015,
    https://arxiv.org/abs/1508.04025, over the whole source and without feeding it to the next step (their sections 3.1
    and 3.3), scored as there or, with `dnn`, as in Bahdanau et al. 2015, https://arxiv.org/abs/1409.0473.
    """

    type: Literal["seq2seq"] = "seq2seq"
    cell: Literal["lstm", "gru"] = "lstm"
    """What the recurrent layers consist of."""
    units: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = Field(default=(64,), examples=[(128, 128)])
    """Size of the state of each layer of the decoder, and of the encoder."""
    bidirectional: bool = True
    """Whether the encoder reads in both directions, with half of the units for each."""
    embedding: PositiveInt = 32
    """Size of the vector that is learned for each token."""
    score: Literal["general", "dot", "dnn", "none"] = "general"
    """How the source is compared with the decoder's state: by a product through a kernel, their product, a small
    network, or not at all: then all that is known of the source is the state that the decoder begins with.
    """
    dropout: Rate = 0.0
    """Share of the embeddings, and of what each layer and the attention give, that is set to zero at random."""
    beam: PositiveInt = 1
    """How many beginnings of a text are kept while it is written; 1: the most probable token is taken each time."""

    reads_tokens: ClassVar[bool] = True

    @model_validator(mode="after")
    def _halves(self) -> Self:
        odd = [units for units in self.units if units % 2]
        if self.bidirectional and odd:
            raise ValueError(f"`units` (={odd[0]}) must be even where the encoder is `bidirectional`: half each way")
        return self

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"units": [128], "embedding": 64, "dropout": 0.2}

    def build_sequences(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, S + T) tokens -> (B, T, outputs)."""
        import keras

        from dlcli.models.masks import mask_of

        S, names = source_of(x), Names()
        source = embedded(x[:, :S], vocabulary_of(x), self.embedding, name="source_embedding")
        mask = mask_of(source)
        source, states = self._encoded(source, mask, names)
        # Padding of what is written comes after all that counts, and is not read.
        h = embedded(x[:, S:], outputs, self.embedding, masked=False, name="target_embedding")
        h = dropped(h, names, self.dropout)
        for number, (units, state) in enumerate(zip(self.units, states, strict=True), start=1):
            layer = self._layer(units, return_sequences=True, name=f"decoder_{number}")
            h = dropped(layer(h, initial_state=state), names, self.dropout)
        if self.score != "none":
            context = self._looked_up(h, source, mask)
            h = keras.layers.Concatenate(name="context_and_state")([context, h])
            h = keras.layers.Dense(self.units[-1], activation="tanh", use_bias=False, name="attentional")(h)
            h = dropped(h, names, self.dropout)
        return head(h, outputs, regularizer=None)

    def _encoded(
        self, x: keras.KerasTensor, mask: keras.KerasTensor, names: Names
    ) -> tuple[keras.KerasTensor, list[list[keras.KerasTensor]]]:
        """What the encoder gives at each step of x (B, S, E), (B, S, U), and the last states of each of its layers."""
        import keras

        x = dropped(x, names, self.dropout)
        states = []
        for number, units in enumerate(self.units, start=1):
            ways = 2 if self.bidirectional else 1
            name = f"encoder_{number}"
            layer = self._layer(units // ways, return_sequences=True, return_state=True, name=name)
            if self.bidirectional:
                x, *ends = keras.layers.Bidirectional(layer, name=f"bi{name}")(x, mask=mask)
                half = len(ends) // 2
                pairs = zip(ends[:half], ends[half:], strict=True)
                ends = [
                    keras.layers.Concatenate(name=f"{name}_state_{i}")(list(pair)) for i, pair in enumerate(pairs, 1)
                ]
            else:
                x, *ends = layer(x, mask=mask)
            states.append(ends)
            x = dropped(x, names, self.dropout)
        return x, states

    def _looked_up(
        self, state: keras.KerasTensor, source: keras.KerasTensor, mask: keras.KerasTensor
    ) -> keras.KerasTensor:
        """The sum of the source (B, S, U), weighted by each step's state (B, T, U): (B, T, U)."""
        import keras

        U = self.units[-1]
        parts = [state, source]
        if self.score != "dot":
            parts[0] = keras.layers.Dense(U, use_bias=False, name="query")(state)
        if self.score == "dnn":
            parts.append(keras.layers.Dense(U, use_bias=False, name="key")(source))
        kind = keras.layers.AdditiveAttention if self.score == "dnn" else keras.layers.Attention
        attention = kind(name="attention")
        masks = [None, mask] + [None] * (len(parts) - 2)
        context, _ = attention(parts, mask=masks, return_attention_scores=True)
        return context

    def _layer(self, units: int, **options: Any) -> keras.layers.RNN:
        """Keras' own: with states handed over and steps masked, ours would do nothing else."""
        import keras

        return {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[self.cell](units, **options)
