"""Many threads at once: races have one winner, and nobody sees what never was."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors.operations import buckets, tags
from mock_s3vectors.world import VectorBucket
from mock_s3vectors.world.keys import Key, Keys
from mock_s3vectors.world.tables import VectorTable
from tests.support.helpers import vector
from tests.support.mocks import ACCOUNT, world
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Client, MakeIndex

pytestmark = pytest.mark.usefixtures("no_coverage")

T = TypeVar("T")

THREADS = 8
ROUNDS = 5
SETTINGS = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}


@pytest.fixture(autouse=True)
def restless_threads() -> Iterator[None]:
    """Have Python change threads as often as it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Starts all jobs at the same moment; returns what they return, in their order."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def outcome(call: Callable[..., Any], /, **arguments: Any) -> Callable[[], str]:
    """A job that returns "done" or the code of the refusal."""

    def job() -> str:
        try:
            call(**arguments)
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return "done"

    return job


class SlowDict(dict[str, Any]):
    """A dictionary that lets other threads go on between each look at it and what follows."""

    def __contains__(self, key: object) -> bool:
        return dawdling(super().__contains__(key))

    def __len__(self) -> int:
        return dawdling(super().__len__())

    def __iter__(self) -> Iterator[str]:
        return map(dawdling, super().__iter__())

    def get(self, key: str, default: Any = None) -> Any:
        return dawdling(super().get(key, default))


def dawdling(value: T) -> T:
    time.sleep(0.0005)
    return value


class TestRaces:
    @pytest.fixture(autouse=True)
    def slow_state(self, s3vectors_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make every moment between a check and its consequence long enough to be hit."""
        region = s3vectors_client.meta.region_name
        world().stores.made_at(ACCOUNT, region).vector_buckets = SlowDict()
        monkeypatch.setattr(buckets, "VectorBucket", lambda **its: VectorBucket(**its, indexes=SlowDict()))
        check_tags, unknown = tags.check_tags, VectorTable.unknown
        monkeypatch.setattr(tags, "check_tags", lambda given: dawdling(check_tags(given)))
        monkeypatch.setattr(VectorTable, "unknown", lambda table, keys: dawdling(unknown(table, keys)))

    def test_for_the_name_of_a_bucket(self, client: Client) -> None:
        for number in range(ROUNDS):
            create = outcome(client.create_vector_bucket, vectorBucketName=f"bucket-{number}")
            assert Counter(together(*[create] * THREADS)) == {"done": 1, "ConflictException": THREADS - 1}

    def test_for_the_name_of_an_index(self, client: Client) -> None:
        for number in range(ROUNDS):
            names = {"vectorBucketName": "bucket", "indexName": f"index-{number}"}
            create = outcome(client.create_index, **names, **SETTINGS)
            assert Counter(together(*[create] * THREADS)) == {"done": 1, "ConflictException": THREADS - 1}

    def test_to_delete(self, client: Client, make_index: MakeIndex) -> None:
        for _ in range(ROUNDS):
            delete = outcome(client.delete_index, **make_index())
            assert Counter(together(*[delete] * THREADS)) == {"done": 1, "NotFoundException": THREADS - 1}
            delete = outcome(client.delete_vector_bucket, vectorBucketName="bucket")
            assert Counter(together(*[delete] * THREADS)) == {"done": 1, "NotFoundException": THREADS - 1}
            client.create_vector_bucket(vectorBucketName="bucket")

    def test_between_a_new_index_and_the_end_of_its_bucket(self, client: Client) -> None:
        names = {"vectorBucketName": "bucket", "indexName": "index"}
        for _ in range(ROUNDS * 4):
            created, deleted = together(
                outcome(client.create_index, **names, **SETTINGS),
                outcome(client.delete_vector_bucket, vectorBucketName="bucket"),
            )
            assert (created, deleted) in {("done", "ConflictException"), ("NotFoundException", "done")}
            if created == "done":
                client.delete_index(**names)
            else:
                client.create_vector_bucket(vectorBucketName="bucket")

    def test_between_lists_and_what_they_list(self, client: Client) -> None:
        def come_and_go(number: int) -> None:
            name = f"another-{number}"
            for _ in range(ROUNDS):
                client.create_vector_bucket(vectorBucketName=name)
                client.create_index(vectorBucketName="bucket", indexName=name, **SETTINGS)
                client.delete_vector_bucket(vectorBucketName=name)
                client.delete_index(vectorBucketName="bucket", indexName=name)

        def read() -> None:
            for _ in range(ROUNDS * 3):
                names = [found["vectorBucketName"] for found in client.list_vector_buckets()["vectorBuckets"]]
                assert "bucket" in names
                assert len(client.list_indexes(vectorBucketName="bucket")["indexes"]) <= 3

        together(*(partial(come_and_go, number) for number in range(3)), read, read)

    @pytest.mark.s3vectors(max_vector_buckets=4, max_indexes_per_vector_bucket=3, max_vectors_per_index=5)
    def test_for_the_last_places(self, client: Client) -> None:
        many = range(THREADS)
        buckets = [outcome(client.create_vector_bucket, vectorBucketName=f"bucket-{n}") for n in many]
        assert Counter(together(*buckets))["done"] == 3
        bucket = {"vectorBucketName": "bucket"}
        indexes = [outcome(client.create_index, **bucket, indexName=f"index-{n}", **SETTINGS) for n in many]
        answers = together(*indexes)
        assert Counter(answers)["done"] == 3
        index = {**bucket, "indexName": f"index-{answers.index('done')}"}
        for number in range(ROUNDS):
            client.delete_vectors(**index, keys=[f"{number - 1}-{n}" for n in many])
            writes = [outcome(client.put_vectors, **index, vectors=[vector(f"{number}-{n}")]) for n in many]
            assert Counter(together(*writes)) == {"done": 5, "ServiceQuotaExceededException": THREADS - 5}
            assert len(client.list_vectors(**index)["vectors"]) == 5

    @needs(*TAGS)
    def test_of_tags_lose_none(self, client: Client, make_index: MakeIndex) -> None:
        arn = client.get_index(**make_index())["index"]["indexArn"]
        for number in range(5):
            added = [{f"{number}-{n}": "v"} for n in range(THREADS)]
            together(*(outcome(client.tag_resource, resourceArn=arn, tags=tag) for tag in added))
        assert len(client.list_tags_for_resource(resourceArn=arn)["tags"]) == 5 * THREADS


class Crowd:
    """Threads that write, delete, list, get and query one index until the writers are done.

    Keys `staying-*` stay from beginning to end, but are overwritten all the time; every other key
    belongs to one writer, who knows in the end what must be left of them. Whatever is written has its
    version as data and as metadata: nobody may see two versions at once.
    """

    WRITERS = 4
    STEPS = 80
    STAYING = tuple(f"staying-{number}" for number in range(30))

    def __init__(self, client: Client, index: dict[str, str]) -> None:
        self.client = client
        self.index = index
        self.left: dict[str, int] = {}
        self.done: list[int] = []
        self.put(dict.fromkeys(self.STAYING, 0))

    def put(self, versions: dict[str, int]) -> None:
        records = [
            vector(key, [version, -version], version=version, staying=key in self.STAYING)
            for key, version in versions.items()
        ]
        self.client.put_vectors(**self.index, vectors=records)

    @staticmethod
    def check_version(found: Any) -> None:
        version = found["metadata"]["version"]
        assert found["data"]["float32"] == [version, -version]

    def run(self) -> None:
        writers = [partial(self.writer, number) for number in range(self.WRITERS)]
        together(*writers, self.lister, self.segment_lister, self.getter, self.querier)

    def busy(self) -> bool:
        return len(self.done) < self.WRITERS

    def writer(self, number: int) -> None:
        try:
            randomly = random.Random(number)
            mine = [f"writer-{number}-{n}" for n in range(40)]
            left: dict[str, int] = {}
            for step in range(1, self.STEPS):
                version = step * 10 + number
                batch = dict.fromkeys(randomly.sample(mine, 10), version)
                self.put({**batch, **dict.fromkeys(self.STAYING, version)})
                gone = randomly.sample(mine, 5)
                self.client.delete_vectors(**self.index, keys=gone)
                left = {key: value for key, value in {**left, **batch}.items() if key not in gone}
            self.left.update(left)
        finally:
            self.done.append(number)

    def lister(self, **segment: int) -> None:
        while self.busy():
            pages = self.client.get_paginator("list_vectors").paginate(
                **self.index,
                **segment,
                returnData=True,
                returnMetadata=True,
                PaginationConfig={"PageSize": 9},
            )
            found = list(pages.search("vectors || `[]`"))
            keys = [entry["key"] for entry in found]
            assert len(set(keys)) == len(keys)
            if not segment:
                assert set(keys) >= set(self.STAYING)
            for entry in found:
                self.check_version(entry)

    def segment_lister(self) -> None:
        self.lister(segmentCount=2, segmentIndex=1)

    def getter(self) -> None:
        asked = [*self.STAYING, *(f"writer-0-{n}" for n in range(40))]
        while self.busy():
            found = self.client.get_vectors(**self.index, keys=asked, returnData=True, returnMetadata=True)[
                "vectors"
            ]
            staying = [entry for entry in found if entry["metadata"]["staying"]]
            assert {entry["key"] for entry in staying} == set(self.STAYING)
            # A batch is written as one: all of these are of the same version.
            assert len({entry["metadata"]["version"] for entry in staying}) == 1
            for entry in found:
                self.check_version(entry)

    def querier(self) -> None:
        shown = {"returnDistance": True, "returnMetadata": True}
        origin = {"queryVector": {"float32": [0, 0]}, "topK": 100}
        while self.busy():
            staying = self.client.query_vectors(**self.index, **origin, **shown, filter={"staying": True})
            assert {hit["key"] for hit in staying["vectors"]} == set(self.STAYING)
            assert len({hit["distance"] for hit in staying["vectors"]}) == 1
            for hit in self.client.query_vectors(**self.index, **origin, **shown)["vectors"]:
                assert hit["key"].startswith(("staying-", "writer-"))
                assert hit["distance"] == 2 * hit["metadata"]["version"] ** 2

    def check_what_is_left(self) -> None:
        shown = {"returnData": True, "returnMetadata": True}
        found = self.client.list_vectors(**self.index, maxResults=1000, **shown)["vectors"]
        versions = {entry["key"]: entry["metadata"]["version"] for entry in found}
        assert {key: version for key, version in versions.items() if key not in self.STAYING} == self.left
        for entry in found:
            self.check_version(entry)


@pytest.mark.s3vectors(search_engine="flat")
def test_a_crowd_in_one_index(client: Client, index: dict[str, str]) -> None:
    crowd = Crowd(client, index)
    crowd.run()
    crowd.check_what_is_left()


@pytest.mark.s3vectors(search_engine="hnsw")
def test_a_crowd_in_one_index_with_a_graph(client: Client, index: dict[str, str]) -> None:
    crowd = Crowd(client, index)
    crowd.run()
    crowd.check_what_is_left()


class SlowKeys(Keys):
    """Keys that let other threads go on while one is added."""

    @staticmethod
    def _name_of(thing: Key) -> str:
        return dawdling(thing.arn)


def test_no_key_gets_lost() -> None:
    keys = SlowKeys()
    together(*(partial(keys.put, Key(str(thread))) for thread in range(THREADS)))
    assert len(keys.all()) == THREADS


def test_a_copy_of_keys_is_apart() -> None:
    keys = Keys()
    keys.put(Key("before"))
    copy = keys.copy()
    keys.put(Key("after"))
    assert copy.all() == (Key("before"),)
    keys.set_as(copy)
    keys.put(Key("later"))
    assert copy.all() == (Key("before"),)
