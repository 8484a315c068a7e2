"""Which scores a spec may expect: those of its task, and those of the metrics it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WithJsonSchema
from pydantic_core import InitErrorDetails

from dlcli.component import Expecting
from dlcli.metrics import names

SCORES = tuple(
    dict.fromkeys((*names.SCORES["classes"], "loss", *(each for of in names.SCORES.values() for each in of)))
)
"""What is computed of every split, as far as it fits the data."""
_SPLITS = ("test", "validation", "train")
EXPECTABLE = tuple(f"{split}_{name}" for split in _SPLITS for name in SCORES)
"""What a spec may expect that asks for no further metrics."""
Score = Annotated[
    str,
    Expecting(f"{', '.join(_SPLITS[:-1])} or {_SPLITS[-1]}, then _ and {', '.join(SCORES)} or one of `metrics`"),
    WithJsonSchema({"type": "string", "anyOf": [{"enum": list(EXPECTABLE)}, {"pattern": f"^({'|'.join(_SPLITS)})_."}]}),
]
"""The type of the name of an expected score; which ones there are, `check_expected` knows."""


def check_expected(expect: Any, validate: ValidatorFunctionWrapHandler, metrics: Sequence[str] | None) -> Any:
    """What `validate` makes of expected scores, which must be of a split and of the task or one of these metrics.

    metrics: None where they are wrong, so that it is not known which scores there are.
    Raises ValidationError with every wrong key and value.
    """
    known = [f"{split}_{name}" for split in _SPLITS for name in (*SCORES, *(metrics or ()))]
    given = expect if isinstance(expect, Mapping) and metrics is not None else {}
    # In the form in which pydantic tells of a key that is none of a Literal's.
    wrong: list[Any] = [
        InitErrorDetails(
            type="literal_error",
            loc=(key, "[key]"),
            input=key,
            ctx={"expected": ", ".join(f"'{name}'" for name in known)},
        )
        for key in given
        if key not in known
    ]
    try:
        result = validate(expect)
    except ValidationError as error:
        wrong += cast("list[Any]", error.errors(include_url=False))
    if wrong:
        raise ValidationError.from_exception_data("expect", wrong)
    return result
