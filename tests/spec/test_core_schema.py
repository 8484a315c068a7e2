"""libyaml's parser and PyYAML's own make the same nodes at the same places of whatever is left to libyaml."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml

from dlcli.shipped import shipped
from dlcli.spec import core_schema
from dlcli.spec.core_schema import Loader, TooMuch, compose

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")

SIGNS = " \t\n:,[]{}#&*!|>'\"%@`-?aé😀0.~\r\u2028_"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(shipped("configs", "har_lstm.yaml").parent.glob("*.yaml"))]
TEXTS += [
    'a: "é😀" # x\nb: [http://x.y/z, "ü", {c:1, d: 2}]\n',
    "x: |\n  abc\ny: >-\n  e\n  f\n",
    "a: &x {b: 1}\nc: *x\n",
]


def nodes(text: str, loader: Any) -> object:
    """All nodes with their places, or whether there is an error."""
    try:
        return told(yaml.compose(text, loader))
    except yaml.YAMLError:
        return "an error"


def told(node: Any) -> object:
    if node is None:
        return None
    start, end = node.start_mark, node.end_mark
    place = (start.line, start.column, start.index)
    if isinstance(node, yaml.ScalarNode):
        return node.tag, node.value, node.style or None, place, (end.line, end.column, end.index)
    within = [told(each) if isinstance(each, yaml.Node) else tuple(map(told, each)) for each in node.value]
    return node.tag, place, (end.line, end.column) if node.flow_style else None, within


@pytest.mark.parametrize("seed", range(20))
def test_both_parsers_see_the_same(seed: int) -> None:
    drawn = random.Random(seed)
    compared = 0
    for _ in range(40):
        signs = list(drawn.choice(TEXTS))
        for _ in range(drawn.randrange(4)):
            at = drawn.randrange(len(signs))
            signs[at : at + drawn.randrange(2)] = drawn.choice(["", *SIGNS])
        text = "".join(signs)
        if core_schema._ALIKE.fullmatch(text) and (fast := nodes(text, core_schema._FastLoader)) != "an error":
            compared += 1
            assert fast == nodes(text, Loader), text
    assert compared > 5


def test_shipped_specs_are_left_to_libyaml() -> None:
    assert sum(bool(core_schema._ALIKE.fullmatch(text)) for text in TEXTS) > 0.9 * len(TEXTS)


def test_what_is_too_deep_is_told_by_either() -> None:
    for text in ("a: " + "[" * 60 + "]" * 60, "a: " + "[" * 50_000):
        with pytest.raises(TooMuch, match="nested too deeply"):
            compose(text)


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "{a?b: 1}", "a: [1, 2\n", "a: 'x\n"])
def test_what_is_no_yaml_is_told_by_the_parser_whose_words_are_known(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as one:
        compose(text)
    with pytest.raises(yaml.YAMLError) as other:
        yaml.compose(text, Loader)
    assert str(one.value) == str(other.value)
