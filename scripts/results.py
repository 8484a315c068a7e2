"""Writes RESULTS.md from finished runs: what each shipped config reaches, with which seeds, how long it takes.

    python scripts/results.py                          # from the runs below runs/, or DLCLI_RUNS
    python scripts/results.py --runs runs elsewhere    # from those of several folders

A run counts if it is finished and of the config as it is now. `scripts/seeds.py` makes the runs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dlcli.expectations import judge
from dlcli.runs.files import write_text
from dlcli.runs.find import runs_folder
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load
from scripts.measured import Measured, Runs, runs_of

HEAD = """# Results

<!-- Written by scripts/results.py from finished runs. Do not edit: run it again. -->

What the shipped configs reach: the mean over seeds, then the lowest and the highest, of the score that the config
expects. "Reported" is what others have published, with its source, or what a naive forecast reaches; "at least" (of an
error: at most) is what the config expects, with which `dlcli train CONFIG --gate` fails where it is missed. Times are
of one run, the shortest over seeds: others may have shared the machine.
`python scripts/seeds.py CONFIG --seeds 0 1 2` makes the runs of a row, `python scripts/results.py` this page.

| config | what | reported | score | mean | lowest to highest | seeds | at least | time | commit | made with |
|---|---|---|---|---|---|---|---|---|---|---|
"""
_ENTRY = re.compile(r"# (\w[\w ]*): +(.*)")
_ASIDE = re.compile(r"[;:(]|https?:")
"""Where the sources begin, which the config's own header names."""


@dataclass(frozen=True)
class Config:
    """A shipped config, with the entries of its header by their labels (`What`, `Reported`, `Not measured`, ...)."""

    path: Path
    header: Mapping[str, str]
    experiment: Experiment

    @classmethod
    def of(cls, path: Path) -> Config:
        """The config in a file."""
        return cls(path, header(path.read_text(encoding="utf-8")), load(path))

    @property
    def link(self) -> str:
        """Its name, leading to the file."""
        return f"[{self.path.stem}](configs/{self.path.name})"


def header(text: str) -> dict[str, str]:
    """The entries of a config's header, `# Label: text` with indented further lines, each as one line."""
    entries: dict[str, str] = {}
    label = ""
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if match := _ENTRY.match(line):
            label, entries[match[1]] = match[1], match[2].strip()
        else:
            entries[label] = f"{entries.get(label, '')} {line.lstrip('# ').strip()}".strip()
    return {label: " ".join(said.split()) for label, said in entries.items()}


def page(configs: Sequence[Config], roots: Sequence[Path]) -> str:
    """The text of RESULTS.md."""
    found = [(config, runs_of(config.experiment, roots)) for config in configs]
    rows = [_row(config, list(runs.finished.values())) for config, runs in found if runs.finished]
    missing = [f"- {config.link}: {_why_none(config, runs)}\n" for config, runs in found if not runs.finished]
    text = HEAD + "".join(rows)
    if any("*" in run.commit for _, runs in found for run in runs.finished.values()):
        text += "\n`*`: there were changes that were not committed when the run began.\n"
    return text + (f"\n## Without finished runs\n{''.join(missing)}" if missing else "")


def _row(config: Config, runs: Sequence[Measured]) -> str:
    names = _scores(config.experiment, runs)
    columns = [[run.scores[name] for run in runs] for name in names]
    times = [run.seconds for run in runs if run.seconds is not None]
    cells = [
        config.link,
        _ASIDE.split(config.header.get("What", ""))[0].rstrip(" ,"),
        _lines(_beside(config, runs[-1], names)) or "–",
        _lines(name.replace("_", " ") for name in names),
        _lines(f"{fmean(values):.4f}" for values in columns),
        _lines(f"{min(values):.4f} to {max(values):.4f}" for values in columns),
        _seeds([run.seed for run in runs]),
        _lines(_floors(config.experiment, dict(zip(names, map(fmean, columns), strict=True)))) or "–",
        _time(min(times)) if times else "–",
        _each_once(run.commit for run in runs),
        _each_once(map(_made_with, runs)),
    ]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def _beside(config: Config, run: Measured, names: Sequence[str]) -> Iterator[str]:
    """What others report, and what simple rules reach where the scores in a row are those of forecasts."""
    if reported := config.header.get("Reported"):
        yield reported
    for rule, reached in run.naive.items():
        yield from (f"{reached[name]:.4f} {rule}" for name in names if name in reached)


def _scores(experiment: Experiment, runs: Sequence[Measured]) -> list[str]:
    """The names of the scores in a row: those expected, else the one that stands for a run."""
    everywhere = [name for name in runs[0].scores if all(name in run.scores for run in runs)]
    expected = [name for name in experiment.expect if name in everywhere]
    headline = runs[0].entry.test_headline
    return expected or [headline if headline in everywhere else everywhere[0]]


def _floors(experiment: Experiment, means: Mapping[str, float]) -> Iterator[str]:
    for verdict in judge(experiment.expect, means, experiment.metrics):
        yield f"{verdict.expected:g}{'' if verdict.met else ', missed'}"


def _seeds(seeds: Sequence[int]) -> str:
    """How many, and which: `3 (0 to 2)`."""
    in_a_row = len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1
    return f"{len(seeds)} ({f'{seeds[0]} to {seeds[-1]}' if in_a_row else ', '.join(map(str, seeds))})"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def _made_with(run: Measured) -> str:
    versions, threads = run.info.get("versions", {}), run.info.get("threads")
    known = [f"{label} {versions[name]}" for name, label in _PACKAGES.items() if name in versions]
    gpus = sum("GPU" in device for device in run.info.get("devices", []))
    known += [f"{gpus} {'GPU' if gpus == 1 else 'GPUs'}"] if gpus else []
    return ", ".join(known + ([f"{threads} CPU {'core' if threads == 1 else 'cores'}"] if threads else []))


_PACKAGES = {"dlcli": "dlcli", "tensorflow": "TensorFlow", "keras": "Keras"}


def _why_none(config: Config, runs: Runs) -> str:
    if runs.unlike:
        they = "run is" if runs.unlike == 1 else "runs are"
        return f"not measured as it is now; {runs.unlike} finished {they} of another recipe"
    if {"Test", "Train"} & config.header.keys():
        return "measured before; its header has the scores, these runs are not among those read"
    return config.header.get("Not measured", "not measured yet").rstrip(".")


def _lines(texts: Iterator[str]) -> str:
    return "<br>".join(texts)


def _each_once(texts: Iterator[str]) -> str:
    return _lines(iter(dict.fromkeys(texts)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the page and says which configs are not on it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=Path, nargs="+", default=[runs_folder(None)], help="folders of runs")
    parser.add_argument("--to", type=Path, default=Path(__file__).parents[1] / "RESULTS.md", help="the page")
    given = parser.parse_args(arguments)
    configs = [Config.of(path) for path in sorted(shipped("configs").glob("*.yaml"))]
    text = page(configs, given.runs)
    write_text(given.to, text)
    without = text.count("\n- [")
    print(f"{given.to}: {len(configs) - without} configs with finished runs, {without} without")


if __name__ == "__main__":
    main()
