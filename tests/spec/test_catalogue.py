"""What can be looked up, and the examples that are shown of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlcli.cli.listing import megabytes
from dlcli.component import Component
from dlcli.datasets.spec import DatasetSpec
from dlcli.shipped import shipped
from dlcli.spec import Experiment
from dlcli.spec.catalogue import FAMILIES, Choice, Key, configs, family_called, known, look_up, types
from dlcli.spec.examples import complete, example, owner_of, sample
from dlcli.spec.load import check, checked
from dlcli.spec.reading import parse
from dlcli.spec.structure import chosen, classes_in, fields_below, type_name, value_at
from tests.plugins.parts import PARTS

PLACES = list(dict.fromkeys(fields_below(Experiment)))
COMPONENTS = [(place, cls) for place, cls in PLACES if place.count("schedule") < 2]
FIELDS = [(place, cls, name) for place, cls in COMPONENTS for name in cls.model_fields if name != "type"]


@pytest.fixture(scope="module", autouse=True)
def plugin_of_the_examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "my_parts.py").write_text(PARTS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def test_the_families_are_all_places_where_a_type_is_chosen() -> None:
    of_ensembles = {("model", "of"), ("model", "members")}
    assert {place for place, cls in PLACES if type_name(cls)} == set(FAMILIES.values()) | of_ensembles
    for family, place in FAMILIES.items():
        union = classes_in(owner_of(place[:-1], place[-1]).model_fields[place[-1]].annotation)
        assert tuple(types(family).values()) == union


def test_a_family_is_called_by_its_name_or_its_key() -> None:
    assert family_called("models") == family_called("model") == "models"
    assert family_called("augment") == "augmentations"
    assert family_called("modles") is None


def test_the_shipped_configs_are_listed_with_what_their_headers_say() -> None:
    found = {config.name: config for config in configs()}
    assert found.keys() == {path.stem for path in shipped("configs").glob("*.yaml")}
    assert found["har_gru"].path == shipped("configs", "har_gru.yaml")
    assert found["har_gru"].what.startswith("2-layer GRU, and a small network")
    for config in found.values():
        header = config.path.read_text(encoding="utf-8").startswith("# What:")
        assert bool(config.what) is header


def places(name: str) -> list[str]:
    return [f"{'.'.join(each.place)} {len(each.owners) if isinstance(each, Key) else ''}" for each in look_up(name)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("experiment", [" "]),
        ("train", ["train 1"]), ("experiment.train", ["train 1"]),
        ("early_stopping", ["train.early_stopping 1"]), ("train.early_stopping", ["train.early_stopping 1"]),
        ("train.early_stopping.patience", ["train.early_stopping.patience 1"]),
        ("model", ["model 1"]), ("models", ["model 1"]),
        ("lstm", ["model "]), ("model.lstm", ["model "]), ("models.lstm.units", ["model.units 1"]),
        ("schedules", ["optimizer.schedule 9"]), ("optimizer.schedule", ["optimizer.schedule 9"]),
        ("optimizer.schedule.cosine", ["optimizer.schedule "]), ("sgd.momentum", ["optimizer.momentum 1"]),
        ("scale", ["augment "]), ("augment.fraction", ["augment.fraction 2"]),
        ("patience", ["optimizer.schedule.patience 1", "train.early_stopping.patience 1"]),
        ("filters", ["dataset.filters 1", "model.filters 8", "model.spectrum.filters 1"]),
    ],
)  # fmt: skip
def test_a_name_leads_to_all_that_it_means(name: str, found: list[str]) -> None:
    assert places(name) == found


@pytest.mark.parametrize("name", ["", ".", "zzz", "type", "lstm.type", "train.zzz", "train.epochs.zzz", "lstm.cnn"])
def test_other_names_lead_nowhere(name: str) -> None:
    assert look_up(name) == []


def test_every_known_word_can_be_looked_up() -> None:
    words = known()
    assert {"experiment", "models", "lstm", "epochs", "fraction"} <= set(words)
    assert [word for word in words if not look_up(word)] == []


def test_a_type_is_looked_up_as_what_it_is() -> None:
    (found,) = look_up("lstm")
    assert isinstance(found, Choice)
    assert type_name(found.cls) == "lstm"


@pytest.mark.parametrize(("place", "cls"), COMPONENTS, ids=lambda each: str(getattr(each, "__name__", each)))
def test_the_example_of_a_component_loads_and_holds_it(place: tuple[str, ...], cls: type[Component]) -> None:
    assert given(place, cls, example(place, cls)) is not None


@pytest.mark.parametrize(("place", "cls", "field"), FIELDS, ids=lambda each: str(getattr(each, "__name__", each)))
def test_the_example_of_a_field_loads_and_gives_it(place: tuple[str, ...], cls: type[Component], field: str) -> None:
    value = given(place, cls, example(place, cls, field))
    assert isinstance(value, dict)
    assert value[field] is not None


def given(place: tuple[str, ...], cls: type[Component], lines: str) -> object:
    """What stands at the component's place in its example, which is put into a minimal spec."""
    assert lines
    document = parse(complete(lines), "s.yaml")
    assert checked(document, combined=False)
    steps = [step for key in place for step in ((key, 0) if key in ("augment", "metrics", "members") else (key,))]
    value = value_at(document.values, tuple(steps))
    assert chosen((cls,), value) is cls
    return value


def test_an_example_goes_together_where_it_is_a_whole_spec() -> None:
    for name in Experiment.model_fields:
        if lines := example((), Experiment, name):
            assert check(parse(complete(lines), "s.yaml")), name
    assert "augment: [jitter]" in example((), Experiment, "augment")


def test_without_examples_text_has_no_sample() -> None:
    assert sample(str) is None
    assert sample(tuple[int, ...]) == [1]
    assert sample(bool) is True


PUBLISHED = {name: cls for name, cls in types("datasets").items() if issubclass(cls, DatasetSpec) and cls.facts}


FETCHED = ["cifar10", "fashion_mnist", "mnist", "rt_polarity", "tiny_shakespeare", "titanic", "trec", "uci_har"]


def test_the_page_on_published_data_agrees_with_the_facts() -> None:
    page = (Path(__file__).parents[2] / "docs" / "published_data.md").read_text(encoding="utf-8")
    assert PUBLISHED.keys() == {*FETCHED, "hapt", "hapt_recordings"}
    for name, cls in PUBLISHED.items():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        facts = cls.facts  # type: ignore[attr-defined]
        assert f"{facts.train}, {facts.test}" in rows[0]
        assert facts.example.partition(";")[0] in rows[0]
        assert not facts.download_bytes or megabytes(facts.download_bytes) in rows[0]
        assert facts.licence.partition(" (")[0] in rows[1]
        assert facts.page.partition(",")[0] in rows[1]


@pytest.mark.parametrize("name", FETCHED)
def test_a_published_dataset_is_here_when_its_files_are(name: str, tmp_path: Path) -> None:
    cls = PUBLISHED[name]
    assert cls.place(tmp_path) is None  # type: ignore[attr-defined]
    cls().write_stand_in(tmp_path)  # type: ignore[attr-defined]
    place = cls.place(tmp_path)  # type: ignore[attr-defined]
    assert place is not None
    assert place.is_relative_to(tmp_path)


def test_hapt_comes_with_dlcli(tmp_path: Path) -> None:
    for name in ("hapt", "hapt_recordings"):
        assert PUBLISHED[name].place(tmp_path) == shipped("data", "hapt", "hapt.npz")  # type: ignore[attr-defined]
