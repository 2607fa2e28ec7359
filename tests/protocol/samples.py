"""Requests that succeed, and a service for them to succeed on."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mock_s3vectors.world import Stores
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, POLICY, SETTINGS
from tests.support.shapes import TEXT_SEARCH, has

from .wire import MODELLED, post, raw, send, serialized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.messages import HttpRequest

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234"

_COSINE = {**BUCKET, "indexName": "cosine"}
_QUERY = {**INDEX, "queryVector": {"float32": [1.0, 2.0]}, "topK": 3}
_FILTER = {
    "$and": [
        {"year": {"$gte": 2000, "$lt": 2100.5}},
        {"$or": [{"tag": {"$in": ["a", 1, True]}}, {"year": 2001}, {"tag": {"$exists": False}}]},
        {"$or": [{"tag": {"$nin": ["b"]}}, {"tag": {"$ne": "a"}}]},
    ]
}

_TEXTS = [{"metadataKey": "tag", "text": "A nan 2.5"}, {"metadataKey": "bulk", "text": "the x's"}]
# An older botocore asks for a vector.
_TEXT_ONLY: list[dict[str, Any]] = [
    {**INDEX, "queryTexts": _TEXTS[:1], "topK": 3, "returnScores": True},
    {**INDEX, "queryTexts": _TEXTS, "topK": 1, "filter": _FILTER, "returnDistance": True},
] * has(*TEXT_SEARCH)

# By operation, parameters that the service below answers with 200.
VALID: dict[str, list[dict[str, Any]]] = {
    "CreateVectorBucket": [
        {"vectorBucketName": "other"},
        {
            "vectorBucketName": "other",
            "encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": KEY_ARN},
            "tags": {"stage": "test", "a b": "\u00e9", "c": ""},
        },
    ],
    "GetVectorBucket": [BUCKET, {"vectorBucketArn": BUCKET_ARN}],
    "ListVectorBuckets": [{}, {"maxResults": 1, "prefix": "b"}],
    "DeleteVectorBucket": [{"vectorBucketName": "empty"}],
    "PutVectorBucketPolicy": [{**BUCKET, "policy": POLICY}],
    "GetVectorBucketPolicy": [{"vectorBucketArn": BUCKET_ARN}],
    "DeleteVectorBucketPolicy": [BUCKET],
    "CreateIndex": [
        {**BUCKET, "indexName": "other", **SETTINGS, "distanceMetric": "cosine"},
        {
            "vectorBucketArn": BUCKET_ARN,
            "indexName": "an.other",
            "dataType": "float32",
            "dimension": 4096,
            "distanceMetric": "euclidean",
            "metadataConfiguration": {
                "nonFilterableMetadataKeys": ["bulk"],
                "textSearchConfigurations": [{"metadataKey": "bulk", "language": "fr"}],
            },
            "encryptionConfiguration": {"sseType": "AES256"},
            "tags": {"stage": "test"},
        },
    ],
    "GetIndex": [INDEX, {"indexArn": INDEX_ARN}],
    "ListIndexes": [{**BUCKET, "maxResults": 1, "prefix": "i"}],
    "DeleteIndex": [INDEX],
    "PutVectors": [
        {**INDEX, "vectors": [{"key": "k", "data": {"float32": [1.5, -2]}}]},
        {
            "indexArn": INDEX_ARN,
            "vectors": [
                {
                    "key": "key-1",
                    "data": {"float32": [3e38, -3e38]},
                    "metadata": {"year": 2024, "tag": ["a", "b"]},
                },
                {"key": "\u00e9", "data": {"float32": [0, 0]}, "metadata": {"bulk": "x" * 3000, "": True}},
            ],
        },
        {**_COSINE, "vectors": [{"key": "k", "data": {"float32": [1.5e-45, 0, 0]}, "metadata": {"n": -0.0}}]},
    ],
    "GetVectors": [
        {**INDEX, "keys": ["key-1", "key-2", "key-1", "nothing"], "returnData": True, "returnMetadata": True}
    ],
    "ListVectors": [
        {**INDEX, "maxResults": 7, "returnData": True, "returnMetadata": True},
        {**_COSINE, "segmentCount": 3, "segmentIndex": 2},
    ],
    "DeleteVectors": [{**INDEX, "keys": ["key-1", "nothing"]}],
    "QueryVectors": [
        {**_QUERY, "topK": 150, "returnMetadata": True, "returnDistance": True, "filter": _FILTER},
        {**_QUERY, "queryVector": {"float32": [3.4e38, -3.4e38]}, "returnDistance": True},
        {**_COSINE, "queryVector": {"float32": [1, 0, 1e-45]}, "topK": 120, "returnDistance": True},
        {**_QUERY, "queryTexts": _TEXTS, "topK": 150, "returnDistance": True, "returnScores": True},
        *_TEXT_ONLY,
    ],
    "PutVectorBucketDefaultIndexMode": [{**BUCKET, "defaultIndexMode": "ENHANCED"}],
    "UpdateIndexMode": [{**INDEX, "indexMode": "ENHANCED"}],
    "UpdateMetadataConfiguration": [
        {**INDEX, "add": {"textSearchConfigurations": [{"metadataKey": "year"}]}},
        {**_COSINE, "add": {"textSearchConfigurations": [{"metadataKey": "bulk", "language": "ja"}]}},
        {**INDEX, "delete": {"textSearchConfigurations": [{"metadataKey": "bulk"}]}},
        {"indexArn": INDEX_ARN, "add": {}},
    ],
    "TagResource": [{"resourceArn": BUCKET_ARN, "tags": {"stage": "test"}}],
    "UntagResource": [{"resourceArn": INDEX_ARN, "tagKeys": ["stage", "owner"]}],
    "ListTagsForResource": [{"resourceArn": INDEX_ARN}],
}


def valid_requests(operation: str) -> list[HttpRequest]:
    """Written as JSON where there is a body: an older botocore would not serialize the newer members."""
    return [
        serialized(operation, params) if "resourceArn" in params else post(operation, params)
        for params in VALID.get(operation, [])
    ]


@lru_cache(maxsize=1)
def _service() -> Stores:
    """Two buckets; two indexes of more vectors than a page of a query shows; a policy and tags."""
    stores = Stores()
    for request in _construction():
        assert send(request, stores).status == 200, request
    return stores


def service() -> Stores:
    """The service on which the valid requests succeed, a copy of one's own."""
    return _service().copy()


def _construction() -> Iterator[HttpRequest]:
    settings = {"dataType": "float32", "metadataConfiguration": {"nonFilterableMetadataKeys": ["bulk"]}}
    searchable = {
        "nonFilterableMetadataKeys": ["bulk"],
        "textSearchConfigurations": [{"metadataKey": "tag"}, {"metadataKey": "bulk", "language": "en"}],
    }
    euclidean = {"dimension": 2, "distanceMetric": "euclidean", "metadataConfiguration": searchable}
    for name in ("bucket", "empty"):
        yield post("CreateVectorBucket", {"vectorBucketName": name})
    yield post("CreateIndex", {**INDEX, **settings, **euclidean})
    yield post("CreateIndex", {**_COSINE, **settings, "dimension": 3, "distanceMetric": "cosine"})
    for address, dimension in ((INDEX, 2), (_COSINE, 3)):
        records = [
            {
                "key": f"key-{number}",
                "data": {"float32": [number % 7 - 3.0] * (dimension - 1) + [1.0]},
                "metadata": _METADATA[number % len(_METADATA)],
            }
            for number in range(230)
        ]
        yield post("PutVectors", {**address, "vectors": records})
    yield post("PutVectorBucketPolicy", {**BUCKET, "policy": POLICY})
    if "TagResource" in MODELLED:
        for arn in (BUCKET_ARN, INDEX_ARN):
            body = b'{"tags": {"stage": "test", "owner": "me"}}'
            yield raw("POST", f"/tags/{quote(arn, safe='')}", body=body)


_METADATA: list[dict[str, Any]] = [
    {},
    {"year": 2001, "tag": "a"},
    {"year": 2001.0, "tag": ["a", "b"]},
    {"year": "2001", "tag": [1, 2.5], "bulk": "x" * 50},
    {"year": True, "tag": "NaN", "": "x"},
    {"year": 2**64 - 1, "tag": 1.7e308},
]


@lru_cache(maxsize=1)
def tokens() -> list[str]:
    """Tokens of pages, of every operation that has pages."""
    asked = [
        post("ListVectorBuckets", {"maxResults": 1}),
        post("ListIndexes", {**BUCKET, "maxResults": 1}),
        post("ListVectors", {**INDEX, "maxResults": 7}),
        post("ListVectors", {**INDEX, "maxResults": 7, "segmentCount": 2, "segmentIndex": 1}),
        post("QueryVectors", {**_QUERY, "topK": 150}),
    ]
    answers = [json.loads(send(request, _service()).body) for request in asked]
    return [answer["nextToken"] for answer in answers if "nextToken" in answer]
