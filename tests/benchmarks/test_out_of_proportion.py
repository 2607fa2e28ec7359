"""Hostile and large input, compared with work in proportion to it: parsing it, half of it, or none of it.

pytest tests/benchmarks/test_out_of_proportion.py --benchmark-only
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from mock_s3vectors.identity import identify
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.search.text_index import TextIndex
from mock_s3vectors.world import Stores
from tests.benchmarks.work import ADDRESS
from tests.protocol.wire import post, send

if TYPE_CHECKING:
    from collections.abc import Callable

INDEX = {**ADDRESS, "dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
# Bodies of nearly 20 MiB that are refused, by their many members.
MEMBERS = 20 * 1024 * 1024 - 1_000
QUERY = {**ADDRESS, "topK": 1, "queryVector": {"float32": [1, 2]}}
REFUSED: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "empty keys": ("DeleteVectors", lambda: {**ADDRESS, "keys": [""] * (MEMBERS // 3)}),
    "empty records": ("PutVectors", lambda: {**ADDRESS, "vectors": [{}] * (MEMBERS // 3)}),
    "conditions": ("QueryVectors", lambda: {**QUERY, "filter": {"$and": [{"a": 1}] * (MEMBERS // 8)}}),
}


@pytest.mark.parametrize("body", REFUSED)
@pytest.mark.parametrize("work", ["refused", "parsed"])
def test_refusing(benchmark: Any, body: str, work: str) -> None:
    benchmark.group = f"20 MiB of {body}"
    stores = Stores()
    send(post("CreateVectorBucket", {"vectorBucketName": "bucket"}), stores)
    send(post("CreateIndex", INDEX), stores)
    operation, document = REFUSED[body]
    request = post(operation, orjson.dumps(document()))
    if work == "parsed":
        benchmark.pedantic(lambda: orjson.loads(request.body), rounds=5, warmup_rounds=1)
        return
    answer = benchmark.pedantic(lambda: send(request, stores), rounds=5, warmup_rounds=1)
    assert (answer.status, b"max allowed size" in answer.body) == (400, False)


@pytest.mark.parametrize("times", [1, 2])
def test_half_credentials(benchmark: Any, times: int) -> None:
    benchmark.group = "a query of half credentials, and one of twice the length"
    query = "Credential=" * (3636 * times)
    request = HttpRequest("GET", "s3vectors.us-east-1.api.aws", "/tags/x", query, {}, b"")
    benchmark(lambda: identify(request, "123456789012"))


@pytest.mark.parametrize("times", [1, 2])
def test_marks(benchmark: Any, times: int) -> None:
    benchmark.group = "a text of 20,000 marks, and one of twice as many"
    metadata = [{"text": "\u0323\u0301" * (10_000 * times)}]
    benchmark(lambda: TextIndex("text", None, metadata))


@pytest.mark.parametrize("asked", [0, 2_000])
def test_puts_after_filters(mocked: Any, benchmark: Any, asked: int) -> None:
    """The filters were asked once, each on another key; the puts that follow pay for those that are kept."""
    benchmark.group = "put of 500 into 10,000, after filters on many keys or none"
    mocked.create_vector_bucket(vectorBucketName="bucket")
    mocked.create_index(**INDEX)
    data = np.random.default_rng(7).random((10_000, 2)).tolist()
    batches = [
        [
            {"key": f"key-{number}", "data": {"float32": data[number]}, "metadata": {"n": number}}
            for number in range(start, start + 500)
        ]
        for start in range(0, 10_000, 500)
    ]
    for batch in batches:
        mocked.put_vectors(**ADDRESS, vectors=batch)
    for number in range(asked):
        mocked.query_vectors(**QUERY, filter={f"key-{number}": {"$exists": False}})
    benchmark.pedantic(lambda: mocked.put_vectors(**ADDRESS, vectors=batches[0]), rounds=40)
