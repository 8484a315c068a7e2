"""What is no YAML, and at which place: PyYAML's findings in plain words, with what was opened and not closed."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

_CLOSING = {"{": "}", "[": "]"}
_QUOTES = ("'", '"')


class Fault(NamedTuple):
    """Where a text is no YAML, in which words that is told, and what to do; no place where PyYAML names none."""

    mark: yaml.Mark | None
    words: str
    hint: str = ""


def fault_of(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """What an error of PyYAML means for whoever wrote the text."""
    problem, mark = str(error.problem), error.problem_mark or error.context_mark
    opened = error.context_mark
    if opened and mark:
        sign = text[opened.index : opened.index + 1]
        if sign in _QUOTES and "end of stream" in problem:
            return Fault(opened, f"this {sign} is not closed", f"text in quotes ends with another {sign}")
        if sign in _CLOSING and problem.startswith("expected ',' or"):
            return _unclosed(opened, mark, sign, text)
    if mark and problem.startswith("expected <block end>"):
        return _beside(mark, text)
    return Fault(mark, _plainly(error))


def _unclosed(opened: yaml.Mark, mark: yaml.Mark, sign: str, text: str) -> Fault:
    """A `{` or `[` after whose contents something else came than a comma or its end."""
    end, found = _CLOSING[sign], text[mark.index : mark.index + 1]
    if found in _CLOSING.values():
        return Fault(opened, f"this `{sign}` is closed by `{found}`, in line {mark.line + 1}", f"write `{end}` there")
    if _closes(text[mark.index :], end):
        where = "before this line" if mark.line > opened.line else "before this"
        return Fault(mark, f"a comma is missing {where}, or the `{end}` of the `{sign}` in line {opened.line + 1}")
    return Fault(opened, f"this `{sign}` is not closed", f"a `{end}` is missing")


def _closes(rest: str, end: str) -> bool:
    """Whether what follows closes more than it opens, and first with this sign."""
    depth = 0
    for sign in re.sub(r"#.*|'[^'\n]*'|\"[^\"\n]*\"", "", rest):
        depth += (sign in _CLOSING) - (sign in _CLOSING.values())
        if depth < 0:
            return sign == end
    return False


def _beside(mark: yaml.Mark, text: str) -> Fault:
    """Something that cannot stand where it stands, though it is complete."""
    before, found = text[: mark.index].rstrip(), text[mark.index : mark.index + 1]
    if before[-1:] in _QUOTES and mark.line == text[: len(before)].count("\n"):
        sign = before[-1]
        written = "''" if sign == "'" else '\\"'
        return Fault(
            mark, "text goes on behind the quote that ends it", f"write a {sign} within {sign}...{sign} as {written}"
        )
    if found in _CLOSING.values():
        return Fault(mark, f"this `{found}` closes nothing")
    if mark.column and not text[: mark.index].rpartition("\n")[2].strip():
        return Fault(mark, "this line is not indented as those it belongs to")
    return Fault(mark, "keys and items that begin with `- ` cannot stand side by side")


def _plainly(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem)
    if problem == "mapping values are not allowed here":
        return "this `:` has no key of its own; check the indentation, and put text that holds `: ` in quotes"
    if "'\\t'" in problem:
        return "a tab cannot indent; use spaces"
    if begins := re.fullmatch(r"found character '(.)' that cannot start any token", problem):
        return f"text that begins with {begins[1]} must stand in quotes"
    if "end of stream" in problem:
        return "the end is missing"
    return ", ".join(part for part in (error.context, problem) if part)
