"""Variables of the environment in paths."""

from __future__ import annotations

import pytest

from dlcli.datasets.table import Csv
from dlcli.paths import expanded


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LAB": "/lab", "_b2": "b c", "EMPTY": "", "AGAIN": "${env:LAB}"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NOWHERE", raising=False)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("${env:LAB}/a.csv", "/lab/a.csv"),
        ("x/${env:_b2}/${env:LAB}", "x/b c//lab"),
        ("a.csv", "a.csv"),
        ("$LAB/{a}/${b}/~", "$LAB/{a}/${b}/~"),
    ],
)
def test_a_variable_becomes_its_value_and_all_else_stays(text: str, path: str) -> None:
    assert expanded(text) == path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${env:NOWHERE}/a", "the environment variable NOWHERE is not set; set it with: export NOWHERE=/a/folder"),
        ("${env:EMPTY}/a", "the environment variable EMPTY is empty; set it with: export EMPTY=/a/folder"),
        ("${env:AGAIN}", r"the environment variable AGAIN \(='\$\{env:LAB\}'\) must not hold \$\{env:...\} itself"),
        ("${env:}/a", r"expected \$\{env:NAME\} with the name of an environment variable, got '\$\{env:\}/a'"),
        ("${env:LAB/a", r"expected \$\{env:NAME\} .*, got '\$\{env:LAB/a'"),
        ("${env:A B}", r"expected \$\{env:NAME\} .*, got '\$\{env:A B\}'"),
    ],
)
def test_a_variable_without_a_value_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        expanded(text)


def test_a_component_holds_the_path_with_its_value() -> None:
    assert Csv(path="${env:LAB}/a.csv", target="y").path == "/lab/a.csv"
