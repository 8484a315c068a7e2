"""Specs with a slip in them: shipped configs in which keys and values are changed as by mistake, by the number."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from dlcli.errors import SpecError, UsageError
from dlcli.shipped import shipped
from dlcli.spec.load import check
from dlcli.spec.reading import parse

SECONDS = 2.0
"""Longer than this, nothing may take."""
CONFIGS = tuple(path.read_text(encoding="utf-8") for path in sorted(shipped("configs").glob("*.yaml")))

_TOKEN = re.compile(r"[\w.+-]+|[^\w\s]")
_VALUES = (
    "yes", "null", "~", "''", "'3'", "3", "-1", "0", "1e400", ".nan", "-.inf", "99999999999999999999", "1.5", "[]",
    "{}", "[1, [2]]", "{a: b}", "{type: x}", "{type: [1]}", "{type: null}", "[null]", "text", "'a: b'", "!!int x",
    "!x y", "&a [*a]", "*a", "|", ">", "@", "`", "%", "\N{CYRILLIC SMALL LETTER A}", "\x07", "\x85", "\u2028", "\ufeff",
    "auto", "adam", "hapt", "lstm", "cosine", "best", "balanced", "true",
)  # fmt: skip


def _drop(line: str, draw: random.Random) -> str:
    found = list(_TOKEN.finditer(line))
    if not found:
        return ""
    token = draw.choice(found)
    return line[: token.start()] + line[token.end() :]


def _rename(line: str, draw: random.Random) -> str:
    found = list(re.finditer(r"\w+", line))
    if not found:
        return line
    word = draw.choice(found)
    letters = list(word[0])
    at = draw.randrange(len(letters))
    letters[at] = draw.choice(("", "x", letters[at] * 2, letters[at].upper(), "\N{CYRILLIC SMALL LETTER IE}"))
    return line[: word.start()] + "".join(letters) + line[word.end() :]


def _retype(line: str, draw: random.Random) -> str:
    found = list(re.finditer(r"(?<=[:\[,] )[\w.'\"+-]+|(?<=\[)[\w.]+|[\[{][^\[\]{}]*[\]}]", line))
    if not found:
        return f"{line} {draw.choice(_VALUES)}"
    value = draw.choice(found)
    return line[: value.start()] + draw.choice(_VALUES) + line[value.end() :]


def _reindent(line: str, draw: random.Random) -> str:
    return draw.choice(("", " ", "  ", "   ", "\t", "      ", "- ")) + line.lstrip()


def _duplicate(line: str, draw: random.Random) -> str:
    if draw.random() < 0.5:
        return f"{line}\n{line}"
    token = draw.choice(list(_TOKEN.finditer(line)) or [None])
    return line if token is None else line[: token.end()] + line[token.start() :]


_KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "drop": _drop,
    "rename": _rename,
    "retype": _retype,
    "reindent": _reindent,
    "duplicate": _duplicate,
}


def mutated(seed: int) -> str:
    """A shipped config with one to four slips; the same one for the same seed."""
    draw = random.Random(seed)
    lines = [line for line in draw.choice(CONFIGS).splitlines() if not line.startswith("#")]
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
        at = draw.randrange(len(lines))
        if draw.random() < 0.1:
            lines[at] = ""
        elif draw.random() < 0.1:
            lines.insert(draw.randrange(len(lines) + 1), lines[at])
        else:
            lines[at] = _KINDS[draw.choice(list(_KINDS))](lines[at], draw)
    return "\n".join(lines) + "\n"


@dataclass
class Tally:
    """What became of mutated specs."""

    valid: int = 0
    refused: int = 0
    slowest: float = 0.0
    problems: Counter[int] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)
    """Seeds, and what was wrong with what became of them."""


def tally(seeds: Iterable[int]) -> Tally:
    """Reads the mutated spec of each seed: it must load, or be refused at places inside of it, soon."""
    done = Tally()
    for seed in seeds:
        text = mutated(seed)
        start = time.process_time()
        wrong = list(_read(text, done))
        seconds = time.process_time() - start
        done.slowest = max(done.slowest, seconds)
        wrong += [f"took {seconds:.1f} s"] * (seconds > SECONDS)
        done.failures += [(seed, each) for each in wrong]
    return done


def _read(text: str, done: Tally) -> Iterator[str]:
    try:
        check(parse(text, "s.yaml"))
        done.valid += 1
    except SpecError as error:
        done.refused += 1
        done.problems[len(error.problems)] += 1
        lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", text)
        for problem in error.problems:
            mark = problem.mark
            if not (
                1 <= mark.line <= len(lines) + 1 and 1 <= mark.column <= len((lines[mark.line - 1 :] or [""])[0]) + 1
            ):
                yield f"{problem} is at no place in it"
            problem.in_full()
    except UsageError as error:
        yield f"refused without a place: {error}"
    except Exception as error:  # whatever else it is must be found
        yield f"{type(error).__name__}: {error}"
