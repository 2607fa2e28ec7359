"""Retry and backoff: an application that loads vectors, and the tests that throttle it.

To run the tests::

    pytest examples/recipes/retry_and_backoff.py

The client's own retries help against a passing fault. A load of many vectors needs more: AWS allows a limited
number of vectors a second for each index, so the loader waits, longer each time, and then goes on.
"""

from __future__ import annotations

import random
import time
from itertools import islice
from typing import TYPE_CHECKING, Literal
from unittest.mock import Mock

import boto3
import numpy as np
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from types_boto3_s3vectors import S3VectorsClient
    from types_boto3_s3vectors.type_defs import PutInputVectorTypeDef

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"
BATCH = 500  # the most that PutVectors takes
LONGEST_WAIT = 20.0


def make_client(attempts: int = 5) -> S3VectorsClient:
    """Return a client that makes each call up to so many times, in botocore's standard mode."""
    retries = Config(retries={"mode": "standard", "total_max_attempts": attempts})
    return boto3.client("s3vectors", region_name="us-east-1", config=retries)


def load(
    client: S3VectorsClient,
    records: Iterable[PutInputVectorTypeDef],
    *,
    patience: int = 8,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Put any number of vectors, batch by batch. A throttled batch is put again after a pause.

    Args:
        client: one that makes each call once; otherwise its retries come on top.
        records: the vectors.
        patience: how many pauses a batch may take.
        sleep: pauses for a number of seconds.

    Raises:
        ClientError: a batch was refused, or is throttled even after all pauses. Those before it are stored.
    """
    remaining = iter(records)
    while batch := list(islice(remaining, BATCH)):
        for pause in pauses(patience):
            try:
                client.put_vectors(vectorBucketName=BUCKET, indexName=INDEX, vectors=batch)
                break
            except client.exceptions.TooManyRequestsException:
                if pause is None:
                    raise
                sleep(pause)


def pauses(patience: int) -> Iterator[float | None]:
    """Yield a random pause for each failure, out of a range that doubles; None when no more shall follow."""
    for number in range(patience):
        yield random.uniform(0.5, 1) * min(2**number, LONGEST_WAIT)  # noqa: S311 - nothing secret
    yield None


# --- its tests


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    """A mock with an empty index. The pauses between the client's retries are skipped, and noted."""
    with mock_s3vectors(skip_retry_delays=True) as mock:
        mock.seed(BUCKET, INDEX, np.empty((0, 2)))
        yield mock


def records_of(count: int) -> list[PutInputVectorTypeDef]:
    return [{"key": f"page-{number}", "data": {"float32": [number, 1.0]}} for number in range(count)]


@pytest.mark.parametrize("fault", ["TooManyRequestsException", "ServiceUnavailableException", "503"])
def test_a_passing_fault_is_retried(mock: MockS3Vectors, fault: str) -> None:
    mock.fail("PutVectors", fault, times=2)
    make_client().put_vectors(vectorBucketName=BUCKET, indexName=INDEX, vectors=records_of(3))
    assert [call.attempt for call in mock.calls] == [1, 2, 3]
    # So long the client would have waited before each attempt.
    assert [call.delay > 0 for call in mock.calls] == [False, True, True]
    assert len(mock.index(BUCKET, INDEX)) == 3


def test_a_fault_that_stays_ends_the_retries(mock: MockS3Vectors) -> None:
    mock.fail("QueryVectors", "ServiceUnavailableException")
    with pytest.raises(ClientError, match=r"reached max retries: 2"):
        make_client(attempts=3).query_vectors(
            vectorBucketName=BUCKET, indexName=INDEX, topK=1, queryVector={"float32": [1, 0]}
        )
    mock.assert_called("QueryVectors", times=3)


def test_a_mistake_is_not_retried(mock: MockS3Vectors) -> None:
    client = make_client()
    with pytest.raises(client.exceptions.ValidationException, match="Invalid record for key 'page-0'"):
        client.put_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            vectors=[{"key": "page-0", "data": {"float32": [1, 2, 3]}}],
        )
    mock.assert_called("PutVectors", times=1)


@pytest.mark.parametrize(("kind", "error"), [("timeout", ReadTimeoutError), ("empty", ConnectionClosedError)])
def test_a_lost_connection_is_retried(
    mock: MockS3Vectors, kind: Literal["timeout", "empty"], error: type[Exception]
) -> None:
    mock.disconnect("GetIndex", kind, times=3)
    client = make_client(attempts=2)
    with pytest.raises(error):
        client.get_index(vectorBucketName=BUCKET, indexName=INDEX)
    client.get_index(vectorBucketName=BUCKET, indexName=INDEX)
    assert [call.error for call in mock.calls] == [kind, kind, kind, None]


def test_a_load_waits_until_aws_lets_it_go_on(mock: MockS3Vectors) -> None:
    mock.limit_as_on_aws()
    mock.clock.freeze()
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        mock.clock.shift(seconds)

    load(make_client(attempts=1), records_of(8_000), sleep=wait)
    assert len(mock.index(BUCKET, INDEX)) == 8_000
    refused = [call for call in mock.calls if call.error == "TooManyRequestsException"]
    assert len(waits) == len(refused) > 0


def test_the_pauses_grow(mock: MockS3Vectors) -> None:
    mock.fail("PutVectors", "TooManyRequestsException", times=7)
    waits: list[float] = []
    load(make_client(attempts=1), records_of(1), sleep=waits.append)
    limits = [1, 2, 4, 8, 16, 20, 20]
    assert all(limit / 2 <= wait <= limit for wait, limit in zip(waits, limits, strict=True))


def test_a_load_gives_up_and_keeps_what_it_has_stored(mock: MockS3Vectors) -> None:
    mock.fail("PutVectors", "TooManyRequestsException", after=2)
    client = make_client(attempts=1)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        load(client, records_of(2_000), patience=3, sleep=Mock())
    mock.assert_called("PutVectors", times=2 + 1 + 3)
    assert len(mock.index(BUCKET, INDEX)) == 2 * BATCH
