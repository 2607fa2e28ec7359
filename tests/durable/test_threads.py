"""Threads that change the same things at once: the file has in the end what memory has."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError
from mock_s3vectors.storage.following import DurableStore
from mock_s3vectors.world.following import Follower
from tests.durable.test_following import followed, kept
from tests.storage.seen import PLACES, client_at, seen
from tests.support.helpers import POLICY, vector
from tests.support.mocks import world
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, has
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors

THREADS, CALLS, ROUNDS = 4, 60, 2
SETTINGS: dict[str, Any] = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture(autouse=True)
def hesitating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have other threads run whenever the file has a change, and memory does not have it yet."""

    def hesitate(tell: Callable[..., None]) -> Callable[..., None]:
        def told(*arguments: Any, **named: Any) -> None:
            tell(*arguments, **named)
            time.sleep(0.0002)

        return told

    for name in vars(Follower):
        if not name.startswith("_"):
            monkeypatch.setattr(DurableStore, name, hesitate(vars(DurableStore)[name]))


class Thread:
    """Calls at random, of two buckets with two indexes each; a part of them resets all."""

    def __init__(self, mock: MockS3Vectors, seed: int, resets: float) -> None:
        self._mock = mock
        self._resets = resets
        self._random = Random(seed)
        self._client = client_at(*PLACES[0])

    def work(self) -> int:
        """Make calls, and return how many were not refused."""
        made = 0
        for _ in range(CALLS):
            with suppress(ClientError, UsageError):  # another thread was faster
                self._a_call()()
                made += 1
        return made

    def _a_call(self) -> Callable[[], object]:
        client, random = self._client, self._random
        bucket = {"vectorBucketName": f"bucket-{random.randrange(2)}"}
        index = {**bucket, "indexName": f"index-{random.randrange(2)}"}
        number = random.randrange(1000)
        keys = random.sample("abcdefgh", random.randint(1, 4))
        records = [vector(key, [number, 1], number=number) for key in keys]
        arn = f"arn:aws:s3vectors:us-east-1:{PLACES[0][0]}:bucket/{bucket['vectorBucketName']}"
        identities = world().identities
        calls: list[Callable[[], object]] = [
            *[lambda: client.put_vectors(**index, vectors=records)] * 6,
            *[lambda: client.delete_vectors(**index, keys=keys)] * 3,
            *[lambda: client.create_index(**index, **SETTINGS)] * 3,
            *[lambda: client.create_vector_bucket(**bucket)] * 2,
            lambda: client.delete_index(**index),
            lambda: self._delete_all(bucket),
            lambda: client.put_vector_bucket_policy(**bucket, policy=f"{POLICY}{' ' * (number % 50)}"),
            lambda: client.delete_vector_bucket_policy(**bucket),
            lambda: self._mock.iam.user(f"user-{number % 3}"),
            lambda: identities.remove(*(known.access_key_id for known in identities.all()[:1])),
            lambda: self._mock.kms.key(arn=KEY_ARN).enable(),
            lambda: self._mock.kms.key(arn=KEY_ARN).disable(),
            lambda: self._mock.seed(bucket["vectorBucketName"], "new", [[1.0]]),
        ]
        if has(*TAGS):
            calls += [lambda: client.tag_resource(resourceArn=arn, tags=dict.fromkeys(keys, str(number)))] * 2
        if has(*MODES):
            calls.append(lambda: client.update_index_mode(**index, indexMode="ENHANCED"))
        if has(*TEXT_SEARCH):
            calls.append(lambda: client.update_metadata_configuration(**index, add=searchable("text")))
        return self._mock.reset if random.random() < self._resets else random.choice(calls)

    def _delete_all(self, bucket: dict[str, str]) -> None:
        for found in self._client.list_indexes(**bucket)["indexes"]:
            self._client.delete_index(**bucket, indexName=found["indexName"])
        self._client.delete_vector_bucket(**bucket)


def test_restoring_while_a_call_writes(quick_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of an index has its lock: restoring waits for the call before the file is taken, not after."""
    file = quick_folder / "state.db"
    begun, put = threading.Event(), vars(DurableStore)["put"]

    def put_late(*arguments: Any) -> None:
        begun.set()
        time.sleep(0.1)
        put(*arguments)

    monkeypatch.setattr(DurableStore, "put", put_late)
    with followed(file) as (mock, _):
        mock.seed("films", "plots", [[1.0]], keys=["a"])
        client, point = client_at(*PLACES[0]), mock.checkpoint()
        plots, before = {"vectorBucketName": "films", "indexName": "plots"}, seen()
        begun.clear()

        def restore() -> None:
            begun.wait()
            mock.restore(point)

        def write() -> None:
            client.put_vectors(**plots, vectors=[vector("b", [2.0])])

        threads = [threading.Thread(target=work, daemon=True) for work in (write, restore)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
        assert seen() == kept(file) == before


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("resets", [0.0, 0.03, 0.4])
def test_the_file_has_what_memory_has(quick_folder: Path, number: int, resets: float) -> None:
    file = quick_folder / "state.db"
    with followed(file) as (mock, _):
        Thread(mock, 7, resets).work()  # whatever is imported late is there now
        threads = [Thread(mock, 10 * number + thread, resets) for thread in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as pool:
            made = [done.result() for done in [pool.submit(thread.work) for thread in threads]]
        assert min(made) > CALLS // 10
        after = seen()
        assert kept(file) == after
    assert kept(file) == after
