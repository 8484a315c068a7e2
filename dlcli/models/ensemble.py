"""Several models as one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt, model_validator

from dlcli.component import ByType, Component, such_as
from dlcli.models import Single

Place = tuple[str | int, ...]


def _can_be_a_member(value: Any) -> Any:
    kind = value.get("type") if isinstance(value, dict) else value
    if kind == "ensemble":
        raise ValueError("an ensemble cannot be a member of another; give all members to one")
    if kind == "autoencoder":
        raise ValueError(_NOT_AVERAGED.format(kind))
    return value


def _predicts(model: Any) -> Any:
    if getattr(model, "reconstructs", False):
        raise ValueError(_NOT_AVERAGED.format(model.type))
    return model


_NOT_AVERAGED = "{} gives back its inputs, and the codes of several are no code; train it by itself"
Member = Annotated[Single, ByType("model"), BeforeValidator(_can_be_a_member), AfterValidator(_predicts)]


class Ensemble(Component):
    """Several models, trained as if each were alone, all on the same batches; their predictions are averaged.

    x: (B, ...) float32 -> (B, K) logits, of which the softmax is the mean of the members' probabilities; of numbers the
    mean. Each step goes down the sum of the members' own losses, so that learning rate, penalties and clip_norm are to
    a member what they are to it alone; the loss that is shown is their mean. Validation judges the average, and tells
    each member's score, too.
    Member number m, from 0, has the first weights and dropout masks that a run of its own has with the seed `seed` + m.
    All see the batches and distortions of `seed`, and share what goes by validation: `keep`, early stopping, a plateau.
    With `from_runs` nothing is trained: the kept models of finished runs are averaged and evaluated.
    Raises UsageError where a member cannot read the examples, and where a run has no model or was trained on other
    data.
    Source: Hansen and Salamon 1990, https://doi.org/10.1109/34.58871; means of the probabilities as in
    Lakshminarayanan et al. 2017, https://arxiv.org/abs/1612.01474.
    """

    model_config = such_as(
        {"type": "ensemble", "of": {"type": "mlp", "units": [64]}, "copies": 5},
        {"type": "ensemble", "members": ["linear", {"type": "mlp", "units": [64]}]},
        {"type": "ensemble", "from_runs": ["har_lstm", "har_gru"]},
    )

    type: Literal["ensemble"] = "ensemble"
    of: Member | None = Field(default=None, examples=[{"type": "mlp", "units": [64]}])
    """The model that every member is, each with first weights of its own."""
    copies: PositiveInt | None = Field(default=None, examples=[5])
    """How many members there are, where all are alike (`of`)."""
    members: tuple[Member, ...] = Field(default=(), examples=[("linear", {"type": "mlp", "units": [64]})])
    """The members, where they differ."""
    from_runs: tuple[str, ...] = Field(default=(), examples=[("har_lstm", "har_gru")])
    """Finished runs, by their folders or names (the newest of each), whose models are the members."""

    @model_validator(mode="after")
    def _of_one_kind(self) -> Ensemble:
        given = [name for name in ("of", "members", "from_runs") if getattr(self, name)]
        if len(given) != 1:
            found = "there is none of them" if not given else f"`{'` and `'.join(given)}` are given"
            raise ValueError(f"expected one of `of`, `members` and `from_runs`; {found}")
        if self.of is not None and self.copies is None:
            raise ValueError("`of` needs `copies`, the number of members, such as `copies: 5`")
        if self.of is None and self.copies is not None:
            raise ValueError(
                f"`copies` (={self.copies}) goes with `of`; `{given[0]}` says itself how many members there are"
            )
        return self

    @property
    def placed(self) -> tuple[tuple[Place, Any], ...]:
        """The model of each member that is trained, in their order, with the keys below this one that lead to it."""
        if self.of is not None:
            return ((("of",), self.of),) * (self.copies or 0)
        return tuple((("members", i), member) for i, member in enumerate(self.members))

    @property
    def parts(self) -> tuple[Any, ...]:
        """The model of each member that is trained, in their order."""
        return tuple(model for _, model in self.placed)


def placed(at: Place, place: Place) -> Place:
    """The place in a spec of what a member says that stands at `at`, as if it were the whole model."""
    return ("model", *place, *at[1:]) if at[:1] == ("model",) else at
