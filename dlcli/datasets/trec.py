"""TREC: questions by what they ask for."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlcli.datasets.files.download import PublishedFile
from dlcli.datasets.spec import Facts
from dlcli.datasets.texts.sentences import Sentences, SentenceSet, sentence_facts

TREC = SentenceSet(
    dataset="trec",
    files=(
        PublishedFile(
            "TREC.train.all", 292402, "sha256:c8183fd8c2a5cc4a9a1c56548d7c6410a8b71ed7843df9ef1f0a05cd7cf2fb3e"
        ),
        PublishedFile(
            "TREC.test.all", 19479, "sha256:92a6a3cede5678b447ef5f1d7ec474134fcda211e6590e6fa627b4a2c68e4566"
        ),
    ),
    names={"0": "description", "1": "entity", "2": "abbreviation", "3": "human", "4": "location", "5": "number"},
    counts=(5452, 500),
)


class Trec(Sentences):
    """Questions by what they ask for, 5452 for training and 500 for the test: TREC, downloaded when needed (312 kB).

    x: (N, T) int32 words, 0 padding and 1 unknown; y: 6 classes. Test split as published.
    Raises MissingData where the files are not here and cannot be downloaded, DataError where they are damaged.
    Source: Li and Roth 2002, https://aclanthology.org/C02-1150/, as prepared for Kim 2014.
    """

    published: ClassVar[SentenceSet] = TREC
    facts: ClassVar[Facts | None] = sentence_facts(
        TREC, "Xin Li and Dan Roth", "https://cogcomp.seas.upenn.edu/Data/QA/QC/"
    )

    type: Literal["trec"] = "trec"
