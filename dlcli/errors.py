"""Everything dlcli says when it cannot go on, each with the exit code of its kind.

DlcliError
├── UsageError      2   the command line asks for something that is not there
│   └── SpecError   2   the experiment spec is wrong: one or more problems, each with its place
├── DataError       3   data is damaged or not what the spec says; where a value of the spec is to blame, commands that
│                       have its text tell that value as a SpecError
│   └── MissingData 3   data is not here, and could not be fetched
├── TrainingError   1   training could not go on (a loss that is not finite, a full disk, a missed gate)
└── Preempted      75   stopped by a signal after saving; can be resumed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlcli.spec.problems import Path, Problem


class DlcliError(Exception):
    """An error whose message is meant for the person at the terminal, without a traceback.

    at: the place in the spec of the value that showed to be wrong when something was made of it, such as a column that
    the data does not have; empty where no value is to blame. at_key: whether its key is meant, not the value under it.
    Who has the spec's text at hand tells such an error there, as a SpecError (`dlcli/spec/placing.py`).
    """

    exit_code = 1

    def __init__(self, message: str = "", *, at: Path = (), at_key: bool = False) -> None:
        self.at, self.at_key = at, at_key
        super().__init__(message)


class UsageError(DlcliError):
    """The command line asks for something that does not exist or does not fit."""

    exit_code = 2


class SpecError(UsageError):
    """The experiment spec is wrong; holds every problem found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(DlcliError):
    """Data is missing, damaged, or not what the spec says it is."""

    exit_code = 3


class MissingData(DataError):  # noqa: N818 (a state of things more than a mistake)
    """Data is not where it was looked for, and could not be downloaded."""


class TrainingError(DlcliError):
    """Training could not go on; `details` are for the run's record, ready for JSON."""

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.details = dict(details or {})


class Preempted(DlcliError):  # noqa: N818 (not an error: the run is whole)
    """A signal stopped the run after its state was saved."""

    exit_code = 75
