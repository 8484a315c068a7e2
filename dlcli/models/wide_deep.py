"""Wide and deep learning on the columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from dlcli.component import examples_of, such_as
from dlcli.errors import UsageError
from dlcli.models.feed_forward import flattened
from dlcli.models.mlp import DenseLayers

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook
    from dlcli.models.columns import InputColumn


def _no_column_with_itself(columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(columns)) < len(columns):
        raise ValueError(f"a cross is of different columns; got {list(columns)}")
    return columns


_Columns = Annotated[tuple[str, ...], Field(min_length=2), AfterValidator(_no_column_with_itself)]


class WideDeep(DenseLayers):
    """Wide and deep: a linear model of all columns and of crosses between them, beside a multilayer perceptron.

    x: (B, C) float32, a row of a table -> (B, K) logits, the sum of both parts'. A cross has a zero or one for each
    combination of the categories of its columns, so that the linear part can remember exceptions; the perceptron
    generalises. Without crosses and embeddings it reads any examples.
    Source: Cheng et al. 2016, https://arxiv.org/abs/1606.07792. Differs: one optimizer trains both parts, which there
    are trained by FTRL and AdaGrad; combinations are spelled out, not hashed.
    """

    model_config = such_as({"type": "wide_deep", "crosses": [["sex", "class"]], "units": [32]})

    type: Literal["wide_deep"] = "wide_deep"

    crosses: tuple[_Columns, ...] = Field(default=(), examples=[(("sex", "class"),)])
    """Columns of categories to combine in the linear part, by their names; `buckets` of `csv` makes categories of
    numbers.
    """
    column_embedding: PositiveInt | None = Field(default=None, examples=[8])
    """Numbers that each column of categories becomes before the perceptron reads it; if absent, it reads the zeros and
    ones themselves.
    """

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        of_columns = outlook.shape is not None and len(outlook.shape) == 1
        return super().first_values(outlook) | ({"column_embedding": 8} if of_columns else {})

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where columns are asked for and examples of this shape have none."""
        if len(shape) != 1 and (self.crosses or self.column_embedding):
            asked = "crosses" if self.crosses else "column_embedding"
            raise UsageError(
                f"model: wide_deep with `{asked}` reads rows of a table, whose columns have names; got "
                f"{examples_of(shape)}"
            )

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, ...) -> (B, outputs). Raises UsageError where a column to cross is not there or holds numbers."""
        import keras

        from dlcli.models.columns import columns_of

        self.refuse_unfit(x.shape[1:])
        columns = {column.name: column for column in columns_of(x)}
        x = flattened(x)
        crossed = [_cross(x, self._to_cross(columns, i)) for i in range(len(self.crosses))]
        deep = self.hidden(self._embedded(x, list(columns.values())))
        # One head on both parts is the sum of a linear model of each.
        return self.headed(keras.layers.Concatenate(name="wide_and_deep")([x, *crossed, deep]), outputs)

    def _to_cross(self, columns: dict[str, InputColumn], i: int) -> list[InputColumn]:
        from dlcli.datasets.hints import did_you_mean

        found = []
        for j, name in enumerate(self.crosses[i]):
            at = ("model", "crosses", i, j)
            known = ", ".join(f"`{each.name}`" for each in columns.values() if each.categorical) or "none"
            if name not in columns:
                near = did_you_mean(name, columns)
                said = f"model.crosses: there is no column `{name}`{near}; the columns of categories are: {known}"
                raise UsageError(said, at=at)
            if not columns[name].categorical:
                raise UsageError(
                    f"model.crosses: column `{name}` holds numbers; the columns of categories are: {known}. In the "
                    "dataset `csv`, `buckets` and `categorical` make such of numbers",
                    at=at,
                )
            found.append(columns[name])
        return found

    def _embedded(self, x: keras.KerasTensor, columns: list[InputColumn]) -> keras.KerasTensor:
        """What the perceptron reads, x: (B, C) -> (B, C or less)."""
        import keras

        if self.column_embedding is None or not any(column.categorical for column in columns):
            return x
        parts = [
            keras.layers.Dense(self.column_embedding, use_bias=False, name=f"embedding_{i}")(column.of(x))
            if column.categorical
            else column.of(x)
            for i, column in enumerate(columns, start=1)
        ]
        return keras.layers.Concatenate(name="embedded")(parts) if len(parts) > 1 else parts[0]


def _cross(x: keras.KerasTensor, columns: list[InputColumn]) -> keras.KerasTensor:
    """A zero or one for each combination of categories, (B, the product of their numbers)."""
    import keras

    crossed = columns[0].of(x)
    for column in columns[1:]:
        pairs = keras.ops.expand_dims(crossed, -1) * keras.ops.expand_dims(column.of(x), 1)
        crossed = keras.ops.reshape(pairs, (-1, pairs.shape[1] * pairs.shape[2]))
    return crossed
