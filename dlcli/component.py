"""What every part of a spec is: typed, frozen, refusing unknown keys, chosen by `type`."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Component(BaseModel):
    """A part of an experiment spec: its fields, the docstring that explains it, and what it builds.

    The docstring under a field is its help text wherever fields are listed.
    Subclasses that are chosen by name carry `type: Literal["..."] = "..."`.
    Importing a component never imports TensorFlow: what it builds is imported inside its methods.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class ByType:
    """Marks a union of components as chosen by `type`; a bare word is short for `{type: word}`.

    Use: `Optimizer = Annotated[Adam | SGD, ByType()]`. A union of one is written without `|`.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        classes = get_args(source) or (source,)
        choices = {cls.model_fields["type"].default: handler.generate_schema(cls) for cls in classes}
        union = core_schema.tagged_union_schema(choices, discriminator="type")
        return core_schema.no_info_before_validator_function(_spelled_out, union)


def _spelled_out(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value
