"""What every part of a spec is: typed, frozen, refusing unknown keys, chosen by `type`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, Union, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    TypeAdapter,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from dlcli.families import added, family_of

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue

K = TypeVar("K")
V = TypeVar("V")


class ReadOnlyMapping(Mapping[K, V]):
    """A mapping that nobody can change, as everything in a frozen component must be."""

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


ReadOnly = Annotated[Mapping[K, V], AfterValidator(ReadOnlyMapping), PlainSerializer(dict)]
"""The type of a field that holds such a mapping."""


def such_as(*examples: dict[str, Any]) -> ConfigDict:
    """For a component's `model_config`: how it may be written, the most telling first."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


@cache
def _docstrings(cls: type) -> Mapping[str, str]:
    """The docstring under each field in a class's own source; none where there is no source to look into."""
    try:
        source = dedent(inspect.getsource(cls))
    except (OSError, TypeError):
        return {}
    body = next((node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef)), [])
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


class _Fields:
    """The fields of a component, each with the docstring under it as its description.

    pydantic can read docstrings itself, but does so for every class as it is made. That took a third of the time in
    which a command reads a spec, and hardly any needs them.
    """

    def __get__(self, instance: object, cls: type[Component]) -> dict[str, FieldInfo]:
        for name, field in cls.__pydantic_fields__.items():
            if field.description is None:
                said = (_docstrings(base)[name] for base in cls.__mro__ if name in _docstrings(base))
                field.description = next(said, None)
        return cls.__pydantic_fields__


class Component(BaseModel):
    """A part of an experiment spec: its fields, the docstring that explains it, and what it builds.

    The docstring under a field is its help text wherever fields are listed; its `examples`, or those of the class in
    `model_config`, are shown where what the field or the class takes by default would show little, or does not fit.
    Subclasses that are chosen by name carry `type: Literal["..."] = "..."`.
    Importing a component never imports TensorFlow: what it builds is imported inside its methods.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    if not TYPE_CHECKING:
        model_fields: ClassVar = _Fields()

    word: ClassVar[str] = "type"
    """The field that a bare word in the place of the whole component is short for, if there is such a field."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The component as keys and values; the word that chooses it must be among them."""
        json_schema = handler(schema)
        body = handler.resolve_ref_schema(json_schema)
        for name, field in cls.model_fields.items():
            if field.description is not None:
                body["properties"][name]["description"] = field.description
        if isinstance(kind := body["properties"].get("type"), dict):
            body["title"] = kind["default"]
            body["required"] = ["type", *body.get("required", ())]
            # First, as people write it, and as editors propose it.
            body["properties"] = {"type": kind} | body["properties"]
        return json_schema


class ByType:
    """Marks a union of components as chosen by `type`; a bare word is short for `{type: word}`.

    Use: `Optimizer = Annotated[Adam | SGD, ByType("optimizer")]`. A union of one is written without `|`.
    The family's name is that by which classes of plugins join it; without one, it is closed.
    """

    def __init__(self, family: str | None = None) -> None:
        self.family = family

    @property
    def added(self) -> tuple[type[Component], ...]:
        """The classes of plugins that may be chosen now besides those of the union."""
        return () if self.family is None else added(self.family)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        own = get_args(source) or (source,)
        choices = {_type_of(cls): handler.generate_schema(cls) for cls in own}
        union = core_schema.tagged_union_schema(choices, discriminator="type")

        def chosen(value: object, choose_own: Callable[[object], object]) -> object:
            classes = (*own, *self.added)
            if isinstance(value, str):
                value = {"type": value}
            elif self.family is not None and family_of(type(value)) == self.family:
                return value
            elif not (isinstance(value, dict) and "type" in value) and not isinstance(value, classes):
                names = [_type_of(cls) for cls in classes]
                raise PydanticCustomError("unexpected", "expected {what}", {"what": a_type_of(names)})
            return choose_own(value) if classes == own else _one_of(classes).validate_python(value)

        return core_schema.no_info_wrap_validator_function(
            # Of classes that were not there when this schema was made, each knows how to dump itself.
            chosen,
            union,
            serialization=core_schema.simple_ser_schema("any"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Each type as keys and values, and as a bare word if it needs no further keys."""
        spelled_out = [*handler(schema)["oneOf"], *(handler(_to_be_handled(cls)) for cls in self.added)]
        bodies = [handler.resolve_ref_schema(each) for each in spelled_out]
        alone = [body for body in bodies if body["required"] == ["type"]]
        words = [{"const": body["title"], "description": body.get("description", "")} for body in alone]
        return {"anyOf": [*words, *spelled_out]}


def _to_be_handled(cls: type[Component]) -> CoreSchema:
    """The schema of a class that was not there when the union's was made."""
    cls.model_rebuild()
    # A handler skips what the outermost schema says of its own JSON Schema; so that is not the class's.
    return core_schema.definitions_schema(cls.__pydantic_core_schema__, [])


def _type_of(cls: type[Component]) -> Any:
    return cls.__pydantic_fields__["type"].default


@cache
def _one_of(classes: tuple[type[Component], ...]) -> TypeAdapter[Any]:
    union: Any = Union[classes]  # noqa: UP007 (made of a tuple)
    return TypeAdapter(Annotated[union, Field(discriminator="type")])


def a_type_of(names: Sequence[str]) -> str:
    """Says in a problem which types there are."""
    *others, last = names
    return f"a `type` ({', '.join(others)} or {last})" if others else f"a `type` ({last})"


@dataclass(frozen=True)
class Expecting:
    """Says in words what a type takes that checks its values by a function of its own."""

    expected: str


def shape_text(shape: Sequence[int | None]) -> str:
    """A shape as messages have it: 28x28x1, or HxWx3 where sizes are not known."""
    letters = {1: "F", 2: "TC", 3: "HWC"}.get(len(shape), "?" * len(shape))
    return "x".join(letters[i] if size is None else str(size) for i, size in enumerate(shape)) or "()"


def examples_of(shape: Sequence[int | None]) -> str:
    """Says of what shape each example is: "examples of 6 values" where it is a row of them."""
    return f"examples of {shape_text(shape)}{' values' if len(shape) == 1 else ''}"


class Matching:
    """Marks text that matches a pattern; `expected` says in words what that is.

    Use: `Device = Annotated[str, Matching(r"^GPU:[0-9]$", "a GPU's number, such as GPU:1")]`.
    """

    def __init__(self, pattern: str, expected: str) -> None:
        self.pattern, self.expected = pattern, expected

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=self.pattern, strict=True)
        return core_schema.custom_error_schema(text, "unexpected", custom_error_message=f"expected {self.expected}")
