"""Movie reviews: sentences that praise or pan."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from dlcli.datasets.files.download import PublishedFile
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.spec import Facts
from dlcli.datasets.texts.sentences import Sentences, SentenceSet, sentence_facts

RT_POLARITY = SentenceSet(
    dataset="rt_polarity",
    files=(
        PublishedFile(
            "rt-polarity.all", 1259719, "sha256:b8846c3bbd59241f901efdc58f7c515e4b280ab3561fd1858caa5aa48da95a8a"
        ),
    ),
    names={"0": "negative", "1": "positive"},
    counts=(10662,),
)


class RtPolarity(Sentences):
    """Sentences of movie reviews, half of them positive: 10662, downloaded when needed (1.3 MB).

    x: (N, T) int32 words, 0 padding and 1 unknown; y: 2 classes. There is no published test split: a tenth is held
    out, or with `folds: 10` a tenth in each of ten runs, as in the papers.
    Raises MissingData where the file is not here and cannot be downloaded, DataError where it is damaged.
    Source: Pang and Lee 2005, https://aclanthology.org/P05-1015/, as prepared for Kim 2014.
    """

    published: ClassVar[SentenceSet] = RT_POLARITY
    facts: ClassVar[Facts | None] = sentence_facts(
        RT_POLARITY, "Bo Pang and Lillian Lee", "https://www.cs.cornell.edu/people/pabo/movie-review-data/"
    )

    type: Literal["rt_polarity"] = "rt_polarity"
    test: Holdout | None = Field(default_factory=Holdout)
    """What is held out for the test; null: nothing. By default a tenth of each class."""

    @property
    def _own_test(self) -> Holdout | None:
        return self.test
