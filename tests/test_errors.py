"""Exit codes are a promise to scripts."""

from __future__ import annotations

from dlcli.errors import DataError, DlcliError, Preempted, SpecError, TrainingError, UsageError
from dlcli.spec.problems import Mark, Problem


def test_every_kind_of_error_has_its_exit_code() -> None:
    codes = {kind: kind.exit_code for kind in (DlcliError, UsageError, SpecError, DataError, TrainingError, Preempted)}
    assert codes == {DlcliError: 1, UsageError: 2, SpecError: 2, DataError: 3, TrainingError: 1, Preempted: 75}
    assert all(issubclass(kind, DlcliError) for kind in codes)
    assert issubclass(SpecError, UsageError)


def test_a_spec_error_says_each_problem_on_a_line_of_its_own() -> None:
    problems = [Problem(Mark("s", 1, 2), "a"), Problem(Mark("s", 3, 4), "b")]
    error = SpecError(problems)
    assert str(error) == "s:1:2: a\ns:3:4: b"
    assert error.problems == tuple(problems)
