"""The JSON Schema of specs, by which editors complete and check them as they are written."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, NoDefault
from pydantic_core import core_schema

from dlcli.spec.experiment import Experiment
from dlcli.spec.scores import EXPECTABLE

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILE_KEYS: dict[str, JsonSchemaValue] = {
    "extends": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "A spec, or several, of which this one gives only what differs; relative to this file.",
    },
}
"""Keys of a spec's top level that say how the file is read; they are no part of an Experiment."""


class _Generator(GenerateJsonSchema):
    """Pydantic's, without titles made of names, which editors would show, and with defaults that are made."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def get_default_value(self, schema: core_schema.WithDefaultSchema) -> Any:
        if "default_factory" in schema and not schema.get("default_factory_takes_data"):
            return schema["default_factory"]()  # type: ignore[call-arg]
        return schema.get("default", NoDefault)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        json_schema = super().model_schema(schema)
        json_schema.pop("title", None)
        return json_schema


def spec_schema() -> dict[str, Any]:
    """The JSON Schema of a spec file, draft 2020-12.

    A spec that extends another may leave out whatever that one says, so that for it nothing is required. What only
    code can check (how fields go together, what the data holds) is left to `dlcli validate`.
    """
    whole = _proposable(Experiment.model_json_schema(schema_generator=_Generator, mode="validation"))
    parts = whole.pop("$defs")
    whole["properties"] = FILE_KEYS | whole["properties"]
    # Names of further metrics can be anything; where none are asked for, misspelt scores show. What extends another
    # spec may have its metrics from there: less its `required`, the `if` is always true.
    whole["if"] = {"required": ["metrics"]}
    whole["else"] = {"properties": {"expect": {"propertyNames": {"enum": list(EXPECTABLE)}}}}
    partly = {f"{name}.partly": _partly(part) for name, part in (parts | {"Experiment": whole}).items()}
    return {
        "$schema": DIALECT,
        "title": "dlcli experiment spec",
        "description": whole.pop("description"),
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Experiment.partly"},
        "else": {"$ref": "#/$defs/Experiment"},
        "$defs": {"Experiment": whole} | parts | partly,
    }


def _proposable(part: Any) -> Any:
    """A schema less the examples of keys and values, which editors propose as "[object Object]"."""
    if isinstance(part, list):
        return [_proposable(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _proposable(each) for key, each in part.items()}
    if isinstance(examples := kept.get("examples"), list):
        kept["examples"] = [each for each in examples if not isinstance(each, dict)]
    return {key: each for key, each in kept.items() if key != "examples" or each != []}


def _partly(part: Any) -> Any:
    """A schema that requires no keys, nor do those that it refers to."""
    if isinstance(part, list):
        return [_partly(each) for each in part]
    if not isinstance(part, dict):
        return deepcopy(part)
    kept = {key: _partly(each) for key, each in part.items() if not (key == "required" and isinstance(each, list))}
    if isinstance(reference := kept.get("$ref"), str):
        kept["$ref"] = f"{reference}.partly"
    return kept
