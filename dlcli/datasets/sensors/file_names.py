"""Which files of a folder are recordings, and what their names say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dlcli.errors import DataError

SUFFIXES = (".csv", ".npz")
LABELS = "labels.csv"
"""Intervals of all recordings; those of one alone stand in NAME.labels.csv."""


class FileNames:
    """A template such as `{subject}_{session}.csv`; None fits any file at the folder's top.

    parts: the names in braces. Raises ValueError where the template is not well-formed.
    """

    def __init__(self, template: str | None) -> None:
        self.template = template
        pieces = re.split(r"\{(\w+)\}", template or "{recording}")
        self._literals, self.parts = pieces[0::2], tuple(pieces[1::2])
        given = f"`file_names` (={template})"
        if any("{" in literal or "}" in literal for literal in self._literals) or not self.parts:
            raise ValueError(f"{given} must hold names in braces, such as {{subject}}_{{session}}.csv")
        if len(set(self.parts)) < len(self.parts) or not all(part.isidentifier() for part in self.parts):
            raise ValueError(f"{given} must hold each name in braces once, of letters and digits")
        if template is not None and not template.endswith(SUFFIXES):
            raise ValueError(f"{given} must end in {' or '.join(SUFFIXES)}")

    def filled(self, **values: str) -> str:
        """A file's name with these values in the place of the braces."""
        named = [values[part] for part in self.parts]
        return "".join(text for pair in zip(self._literals, [*named, ""], strict=True) for text in pair)

    def files(self, folder: Path) -> Iterator[tuple[Path, str, str | None]]:
        """The recordings in order of their names: path, name (without suffix) and subject (None if not named).

        Raises DataError where there is none, a name does not fit the template, or two differ in their suffix alone.
        """
        deep = self.template is not None and "/" in self.template
        found = sorted(
            path
            for path in (folder.rglob("*") if deep else folder.iterdir())
            if path.suffix.lower() in SUFFIXES
            and not path.name.startswith(".")  # what systems and editors leave beside a file
            and path.name != LABELS
            and not path.name.endswith(f".{LABELS}")
        )
        if not found:
            raise DataError(
                f"{folder} holds no recordings, expected .csv or .npz files; if they lie one folder down, "
                "set dataset.file_names={subject}/{session}.csv"
            )
        pattern = re.compile(
            "".join(
                re.escape(literal) + (f"(?P<{part}>[^/]+?)" if part else "")
                for literal, part in zip(self._literals, [*self.parts, ""], strict=True)
            )
        )
        seen: dict[str, Path] = {}
        for path in found:
            relative = path.relative_to(folder)
            match = pattern.fullmatch(relative.as_posix())
            if match is None:
                raise DataError(f"{path} does not fit dataset.file_names ({self.template}); rename or remove it")
            name = relative.with_suffix("").as_posix()
            if name in seen:
                raise DataError(f"{path} and {seen[name]} have the same name; rename one")
            seen[name] = path
            yield path, name, match.groupdict().get("subject")
