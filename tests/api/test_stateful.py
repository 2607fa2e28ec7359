"""A boto3 client against a plain dictionary: whatever is done in whatever order, both agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_s3vectors import mock_s3vectors
from tests.support.helpers import SETTINGS, answer_of, shared_client

if TYPE_CHECKING:
    from collections.abc import Callable


# Buckets and indexes; most of what happens should happen in a few of them, so that it meets.
BUCKETS = st.sampled_from(["bucket-1", "bucket-2"])
PLACES = st.sampled_from(
    [("bucket-1", "index-1")] * 4 + [("bucket-1", "index-2")] * 2 + [("bucket-2", "index-1")]
)
METRICS = st.sampled_from(["euclidean", "cosine"])
KEYS = st.sampled_from([*"abcdefgh", "ä" * 512, "€"])
# Whole numbers up to 50: float32 holds them, and distances are equal or far from it, in both metrics.
VECTORS = st.lists(st.integers(-2, 2), min_size=3, max_size=3).filter(any)
METADATA = st.fixed_dictionaries(
    {},
    optional={
        "color": st.sampled_from(["red", "blue"]),
        "n": st.integers(0, 5),
        "flag": st.booleans(),
        "tags": st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=3),
    },
)
RECORDS = st.dictionaries(KEYS, st.tuples(VECTORS, METADATA), min_size=1, max_size=6)

# Filters, and what they mean.
FILTERS: list[tuple[Any, Callable[[dict[str, Any]], bool]]] = [
    (None, lambda _: True),
    ({"color": "red"}, lambda entries: entries.get("color") == "red"),
    ({"color": {"$ne": "red"}}, lambda entries: entries.get("color") != "red"),
    ({"n": {"$gte": 1, "$lt": 4}}, lambda entries: 1 <= entries.get("n", 9) < 4),
    ({"flag": True}, lambda entries: entries.get("flag") is True),
    ({"tags": {"$in": ["x", "y"]}}, lambda entries: not {"x", "y"}.isdisjoint(entries.get("tags", ()))),
    ({"n": {"$exists": False}}, lambda entries: "n" not in entries),
    (
        {"$or": [{"color": "blue"}, {"$and": [{"n": {"$gt": 2}}, {"flag": False}]}]},
        lambda entries: (
            entries.get("color") == "blue" or (entries.get("n", 0) > 2 and entries.get("flag") is False)
        ),
    ),
]


Place = tuple[str, str]


def names_of(where: Place) -> dict[str, str]:
    bucket, name = where
    return {"vectorBucketName": bucket, "indexName": name}


class IndexModel:
    """An index as plainly as can be."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self.vectors: dict[str, tuple[list[int], dict[str, Any]]] = {}

    def distances(self, query: list[int]) -> dict[str, float]:
        data = np.array([data for data, _ in self.vectors.values()], dtype=np.float64).reshape(-1, 3)
        if self.metric == "euclidean":
            found = ((data - query) ** 2).sum(axis=1)
        else:
            norms = np.linalg.norm(data, axis=1) * np.linalg.norm(query)
            found = np.round(1.0 - data @ query / norms, 10)
        return dict(zip(self.vectors, found.tolist(), strict=True))


class Listing:
    """A list that is being paged through while the index changes."""

    def __init__(self, index: IndexModel, request: dict[str, Any]) -> None:
        self.index = index
        self.request = request
        self.staying = set(index.vectors)
        self.seen: list[str] = []


class Machine(RuleBasedStateMachine):
    """The model, the mock, and what may be done to both."""

    OPTIONS: dict[str, Any] = {}  # noqa: RUF012 - subclasses give other options

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_s3vectors(**self.OPTIONS)
        self.mock.start()
        self.client = shared_client()
        self.model: dict[str, dict[str, IndexModel]] = {}
        self.listing: Listing | None = None
        self.steps = 0

    def teardown(self) -> None:
        self.mock.stop()

    def answer(self, operation: str, **arguments: Any) -> Any:
        """The response, or the code of the refusal."""
        try:
            return answer_of(getattr(self.client, operation), **arguments)
        except ClientError as refusal:
            return refusal.response["Error"]["Code"]

    def index_of(self, where: Place) -> IndexModel | None:
        bucket, name = where
        return self.model.get(bucket, {}).get(name)

    @initialize(many=st.integers(0, 400))
    def begin(self, many: int) -> None:
        self.create_bucket("bucket-1")
        for name, metric in ("index-1", "euclidean"), ("index-2", "cosine"):
            self.create_index(("bucket-1", name), metric)
            if many >= 100:
                self.put_many(("bucket-1", name), 1, many)

    def create_bucket(self, bucket: str) -> None:
        answer = self.answer("create_vector_bucket", vectorBucketName=bucket)
        assert (answer == "ConflictException") == (bucket in self.model)
        self.model.setdefault(bucket, {})

    @rule(bucket=BUCKETS)
    def delete_and_create_a_bucket(self, bucket: str) -> None:
        answer = self.answer("delete_vector_bucket", vectorBucketName=bucket)
        if bucket not in self.model:
            assert answer == "NotFoundException"
        elif self.model[bucket]:
            assert answer == "ConflictException"
        else:
            assert answer == {}
            del self.model[bucket]
        self.create_bucket(bucket)

    @rule(where=PLACES, metric=METRICS)
    def create_index(self, where: Place, metric: str) -> None:
        bucket, name = where
        settings = {**SETTINGS, "dimension": 3, "distanceMetric": metric}
        answer = self.answer("create_index", **names_of(where), **settings)
        if bucket not in self.model:
            assert answer == "NotFoundException"
        elif name in self.model[bucket]:
            assert answer == "ConflictException"
        else:
            assert isinstance(answer, dict)
            self.model[bucket][name] = IndexModel(metric)

    @rule(where=PLACES, metric=METRICS, twice=st.booleans())
    def delete_an_index(self, where: Place, metric: str, twice: bool) -> None:  # noqa: FBT001
        index = self.index_of(where)
        answer = self.answer("delete_index", **names_of(where))
        assert answer == ("NotFoundException" if index is None else {})
        if index is not None:
            bucket, name = where
            del self.model[bucket][name]
        if self.listing is not None and self.listing.index is index:
            self.listing = None
        if not twice:
            self.create_index(where, metric)

    @rule(page=st.integers(1, 3))
    def list_names(self, page: int) -> None:
        buckets = self.client.get_paginator("list_vector_buckets").paginate(
            PaginationConfig={"PageSize": page}
        )
        assert [found["vectorBucketName"] for found in buckets.search("vectorBuckets")] == sorted(self.model)
        for bucket, expected in self.model.items():
            indexes = self.client.get_paginator("list_indexes").paginate(
                vectorBucketName=bucket, PaginationConfig={"PageSize": page}
            )
            assert [found["indexName"] for found in indexes.search("indexes || `[]`")] == sorted(expected)

    @rule(where=PLACES, records=RECORDS)
    def put(self, where: Place, records: dict[str, Any]) -> None:
        index = self.index_of(where)
        batch = [
            {"key": key, "data": {"float32": data}, **({"metadata": metadata} if metadata else {})}
            for key, (data, metadata) in records.items()
        ]
        answer = self.answer("put_vectors", **names_of(where), vectors=batch)
        assert answer == ("NotFoundException" if index is None else {})
        if index is not None:
            index.vectors.update(records)

    @rule(where=PLACES, seed=st.integers(0, 9), count=st.integers(100, 400))
    def put_many(self, where: Place, seed: int, count: int) -> None:
        """Enough for a search engine to be more than a loop."""
        random = np.random.default_rng(seed)
        data = random.integers(-50, 51, (count, 3))
        data[~data.any(axis=1)] = 1
        rows = enumerate(data.tolist())
        self.put(where, {f"many-{n}": (row, {"n": n % 6} if n % 5 else {}) for n, row in rows})

    @rule(where=PLACES, records=RECORDS, at=st.integers(0, 6))
    def put_a_bad_record(self, where: Place, records: dict[str, Any], at: int) -> None:
        """Refused as a whole; that nothing of it was kept shows in everything that follows."""
        batch = [{"key": key, "data": {"float32": data}} for key, (data, _) in records.items()]
        batch.insert(at, {"key": "bad", "data": {"float32": [1]}})
        answer = self.answer("put_vectors", **names_of(where), vectors=batch)
        exists = self.index_of(where) is not None
        assert answer == ("ValidationException" if exists else "NotFoundException")

    @rule(where=PLACES, keys=st.sets(KEYS, min_size=1))
    def delete(self, where: Place, keys: set[str]) -> None:
        index = self.index_of(where)
        answer = self.answer("delete_vectors", **names_of(where), keys=sorted(keys))
        assert answer == ("NotFoundException" if index is None else {})
        if index is not None:
            index.vectors = {key: stored for key, stored in index.vectors.items() if key not in keys}
            if self.listing is not None and self.listing.index is index:
                self.listing.staying -= keys

    @rule(where=PLACES, share=st.integers(2, 4))
    def delete_many(self, where: Place, share: int) -> None:
        index = self.index_of(where)
        keys = sorted(index.vectors) if index is not None else []
        self.delete(where, {"none", *keys[::share]})

    @rule(where=PLACES, keys=st.lists(KEYS, min_size=1, max_size=12))
    def get(self, where: Place, keys: list[str]) -> None:
        index = self.index_of(where)
        shown = {"returnData": True, "returnMetadata": True}
        answer = self.answer("get_vectors", **names_of(where), keys=keys, **shown)
        if index is None:
            assert answer == "NotFoundException"
            return
        found = {v["key"]: (v["data"]["float32"], v["metadata"]) for v in answer["vectors"]}
        assert found == {key: index.vectors[key] for key in keys if key in index.vectors}
        assert len(found) == len(answer["vectors"])

    @rule(where=PLACES, page=st.integers(30, 500), segments=st.integers(1, 16))
    def list_all(self, where: Place, page: int, segments: int) -> None:
        index = self.index_of(where)
        if index is None:
            return
        whole = self.keys_listed(where, page)
        assert sorted(whole) == sorted(index.vectors)
        pieces = [
            self.keys_listed(where, page, segmentCount=segments, segmentIndex=segment)
            for segment in range(segments)
        ]
        assert [key for piece in pieces for key in piece] == whole

    def keys_listed(self, where: Place, page: int, **segment: int) -> list[str]:
        pages = self.client.get_paginator("list_vectors").paginate(
            **names_of(where), **segment, PaginationConfig={"PageSize": page}
        )
        return [found["key"] for found in pages.search("vectors || `[]`")]

    @rule(where=PLACES, page=st.integers(1, 120))
    @precondition(lambda self: self.listing is None)
    def begin_a_list(self, where: Place, page: int) -> None:
        index = self.index_of(where)
        if index is not None:
            self.listing = Listing(index, {**names_of(where), "maxResults": page})

    @rule()
    @precondition(lambda self: self.listing is not None)
    def continue_the_list(self) -> None:
        listing = self.listing
        assert listing is not None
        answer = self.answer("list_vectors", **listing.request)
        listing.seen += [found["key"] for found in answer["vectors"]]
        if "nextToken" in answer:
            listing.request["nextToken"] = answer["nextToken"]
            return
        assert listing.staying <= set(listing.seen)
        assert len(set(listing.seen)) == len(listing.seen)
        self.listing = None

    @rule(where=PLACES, query=VECTORS, k=st.integers(1, 8) | st.integers(1, 100))
    def query(self, where: Place, query: list[int], k: int) -> None:
        for filtered in FILTERS:
            self.check_query(where, query, k, filtered)

    @invariant()
    def filters_are_up_to_date(self) -> None:
        """Asked after every step, so that whatever an index derives is there, and must be kept current."""
        self.steps += 1
        k = 8 if self.steps % 2 else 50
        self.check_query(("bucket-1", "index-1"), [1, 2, 2], k, FILTERS[self.steps % 5])

    def check_query(self, where: Place, query: list[int], k: int, filtered: Any) -> None:
        document, matches = filtered
        answer = self.answer(
            "query_vectors",
            **names_of(where),
            queryVector={"float32": query},
            topK=k,
            filter=document,
            returnDistance=True,
            returnMetadata=True,
        )
        index = self.index_of(where)
        if index is None:
            assert answer == "NotFoundException"
            return
        hits, distances = answer["vectors"], index.distances(query)
        for hit in hits:
            assert hit["metadata"] == index.vectors[hit["key"]][1]
            assert abs(hit["distance"] - distances[hit["key"]]) < 1e-6 * (1 + hit["distance"])
        assert hits == sorted(hits, key=lambda hit: float(hit["distance"]))
        matching = [key for key, (_, metadata) in index.vectors.items() if matches(metadata)]
        ranking = sorted(matching, key=lambda key: (distances[key], key))
        self.check_ranking([hit["key"] for hit in hits], ranking, k)

    def check_ranking(self, found: list[str], ranking: list[str], k: int) -> None:
        assert found == ranking[:k]


class HnswMachine(Machine):
    """The same with approximate search: as many as there should be, all of them allowed, none twice."""

    OPTIONS = {"search_engine": "hnsw", "hnsw_m": 4, "hnsw_ef_construction": 20, "hnsw_ef_search": 8}  # noqa: RUF012

    def check_ranking(self, found: list[str], ranking: list[str], k: int) -> None:
        assert len(found) == len(set(found)) == min(k, len(ranking))
        assert set(found) <= set(ranking)


class EmptyPagesMachine(Machine):
    """The same with every other page of a list empty."""

    OPTIONS = {"empty_pages": True}  # noqa: RUF012


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_coverage")]

PROFILE = settings(
    derandomize=True,
    database=None,
    # Without Phase.shrink: that takes minutes, so add it when there is a failure to look at.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

TestFlat = Machine.TestCase
TestFlat.settings = settings(PROFILE, stateful_step_count=40)

TestHnsw = HnswMachine.TestCase
TestHnsw.settings = settings(PROFILE, stateful_step_count=40)

TestEmptyPages = EmptyPagesMachine.TestCase
TestEmptyPages.settings = settings(PROFILE, stateful_step_count=40, max_examples=20)
