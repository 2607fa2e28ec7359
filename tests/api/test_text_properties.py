"""Text and hybrid queries against an oracle: whatever is written in whatever order, both agree."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from mock_s3vectors import mock_s3vectors
from tests.support.helpers import SETTINGS, pages_of, shared_client
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_oracle import Corpus
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.usefixtures("no_coverage")]

LANGUAGES: dict[str, str | None] = {"title": None, "plot": "en", "原文": "zh"}
# So few words that most texts have one in common, and many are equal.
WORDS = {
    None: ["boat", "Boats", "sea", "the", "42", "..."],
    "en": ["boat", "BOATS", "boating", "runs", "running", "flies", "fly", "sea", "the", "were"],
    "zh": ["東京", "京都", "都", "東京都", "sea", "!"],
}
KEYS = [*"abcdefghij", "ä", "€"]
COLORS = ["red", "blue"]

FILTERS: list[tuple[Any, Any]] = [
    ({"color": "red"}, lambda entries: entries.get("color") == "red"),
    ({"color": {"$ne": "red"}}, lambda entries: entries.get("color") != "red"),
    ({"plot": {"$exists": False}}, lambda entries: "plot" not in entries),
    ({"title": "boat"}, lambda entries: entries.get("title") in ("boat", ["boat", "sea"])),
]

VECTORS = st.sampled_from([[x, y] for x in range(-2, 3) for y in range(-2, 3) if x or y])


def texts_of(language: str | None, least: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS[language]), min_size=least, max_size=5).map(" ".join)


METADATA = st.fixed_dictionaries(
    {},
    optional={
        **{
            key: texts_of(language, 0) | texts_of(language, 0) | st.sampled_from([42, ["boat", "sea"]])
            for key, language in LANGUAGES.items()
        },
        "color": st.sampled_from(COLORS),
    },
)
RECORDS = st.dictionaries(st.sampled_from(KEYS), st.tuples(VECTORS, METADATA), min_size=1, max_size=6)
QUERY_TEXTS = st.lists(st.sampled_from([*LANGUAGES]), min_size=1, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: texts_of(LANGUAGES[key], 1) for key in keys})
)


class Pair:
    """An index of the mock and the oracle's, which are told the same."""

    def __init__(self, client: Client, metric: str) -> None:
        self.client = client
        self.address = {"vectorBucketName": "bucket", "indexName": metric}
        self.oracle = Corpus(metric, LANGUAGES)

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings of the index."""
        entries = (f"{key}:{language or ''}" for key, language in LANGUAGES.items())
        return {"dimension": 2, "metadataConfiguration": searchable(*entries)}

    def put(self, records: dict[str, tuple[list[int], dict[str, Any]]]) -> None:
        batch = [
            {"key": key, "data": {"float32": data}, "metadata": metadata}
            for key, (data, metadata) in records.items()
        ]
        self.client.put_vectors(**self.address, vectors=batch)
        self.oracle.records.update(records)

    def delete(self, keys: list[str]) -> None:
        self.client.delete_vectors(**self.address, keys=keys)
        for key in keys:
            self.oracle.records.pop(key, None)

    def check(self, vector: list[int] | None, texts: dict[str, str], top_k: int, filtered: Any) -> int:
        """Asks both, all pages; the number of hits."""
        request: dict[str, Any] = {
            "queryTexts": query_texts(*texts.items()),
            "topK": top_k,
            "returnScores": True,
            "returnDistance": True,
            "returnMetadata": True,
        }
        conditions = []
        if vector is not None:
            request["queryVector"] = {"float32": vector}
        if filtered is not None:
            request["filter"] = filtered[0]
            conditions.append(filtered[1])
        pages = pages_of(self.client.query_vectors, **self.address, **request)
        hits = [hit for page in pages for hit in page["vectors"]]
        assert hits == self.oracle.query(vector, texts, top_k, *conditions)
        return len(hits)


STEPS = st.lists(
    st.tuples(st.just("put"), RECORDS)
    | st.tuples(st.just("delete"), st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
    | st.tuples(
        st.just("query"),
        st.tuples(
            st.none() | VECTORS,
            QUERY_TEXTS,
            st.integers(1, 4) | st.just(50),
            st.none() | st.sampled_from(FILTERS),
        ),
    ),
    min_size=3,
    max_size=12,
)
QUERIES = st.lists(st.tuples(st.none() | VECTORS, QUERY_TEXTS), min_size=2, max_size=4)
PROFILE = settings(
    derandomize=True,
    database=None,
    # Without Phase.shrink, as in test_stateful.py.
    phases=[Phase.generate],
)


@pytest.mark.slow
@PROFILE
@given(metric=st.sampled_from(["euclidean", "cosine"]), first=RECORDS, steps=STEPS, last=QUERIES)
def test_whatever_is_written_is_found(
    metric: str, first: dict[str, Any], steps: list[tuple[str, Any]], last: list[Any]
) -> None:
    with mock_s3vectors(default_index_mode="ENHANCED"):
        pair = Pair(shared_client(), metric)
        pair.client.create_vector_bucket(vectorBucketName="bucket")
        pair.client.create_index(**pair.address, **{**SETTINGS, **pair.settings, "distanceMetric": metric})
        for vector, texts in last[:1]:
            assert pair.check(vector, texts, 10, None) == 0
        pair.put(first)
        for step, argument in steps:
            if step == "put":
                pair.put(argument)
            elif step == "delete":
                pair.delete(argument)
            else:
                found = pair.check(*argument)
                event(f"{'text' if argument[0] is None else 'hybrid'}: {min(found, 5)} hits")
        for vector, texts in last:
            pair.check(vector, texts, 20, None)


@pytest.mark.s3vectors(default_index_mode="ENHANCED")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("seed", range(2))
def test_of_more_records_than_rankings_are_deep(
    client: Client, make_index: MakeIndex, metric: str, seed: int
) -> None:
    rng = random.Random(f"{metric} {seed}")
    pair = Pair(client, metric)
    make_index(metric, metric=metric, **pair.settings)

    def some_text(language: str | None, most: int) -> str:
        return " ".join(rng.choices(WORDS[language], k=rng.randint(1, most)))

    def some_records(count: int) -> dict[str, Any]:
        return {
            f"{rng.randrange(400)}": (
                [rng.randint(-9, 9), rng.randint(1, 9)],
                {
                    "color": rng.choice(COLORS),
                    **{key: some_text(of, 12) for key, of in LANGUAGES.items() if rng.random() < 0.9},
                },
            )
            for _ in range(count)
        }

    pair.put(some_records(450))
    for _ in range(5):
        pair.put(some_records(25))
        pair.delete(rng.sample(sorted(pair.oracle.records), 10))
        texts = {key: some_text(LANGUAGES[key], 2) for key in rng.sample([*LANGUAGES], rng.randint(1, 3))}
        vector = [rng.randint(-9, 9), rng.randint(1, 9)]
        for top_k in (1, rng.randint(2, 99), 100, rng.randint(101, 250)):
            pair.check(vector, texts, top_k, None)
            pair.check(vector, texts, top_k, rng.choice(FILTERS))
            pair.check(None, texts, top_k, rng.choice([None, *FILTERS]))
