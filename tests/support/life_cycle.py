"""The life of a vector bucket, told once, for every client to perform: what each has to see stands here.

The parameters are JSON, so that clients of any language can be given them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.support.constraints import not_in_enum, out_of_range

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from botocore.exceptions import ClientError
    from botocore.model import ServiceModel

# What a client's model may not know yet: index modes and hybrid search.
LATER = {
    "PutVectorBucketDefaultIndexMode",
    "UpdateIndexMode",
    "UpdateMetadataConfiguration",
    "add",
    "defaultIndexMode",
    "indexMode",
    "queryTexts",
    "returnScores",
}

# What is not the same each time.
CREATED = "(when it was created)"
TOKEN = "(where the last page ended)"

BUCKET = {"vectorBucketName": "films"}
INDEX = {**BUCKET, "indexName": "by.plot"}
BUCKET_ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
INDEX_ARN = f"{BUCKET_ARN}/index/by.plot"
TAGS = {"owner = who pays": "Zoë + 1", "étape/名前": "", "@home": "a:b/c"}
AES = {"encryptionConfiguration": {"sseType": "AES256"}}
NEW_INDEX = {**INDEX, "dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
NOT_FILTERABLE = {"metadataConfiguration": {"nonFilterableMetadataKeys": ["plot"]}}
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, '
    f'"Action": "s3vectors:DeleteIndex", "Resource": "{INDEX_ARN}"}}]}}'
)
FACTS: dict[str, dict[str, Any]] = {
    "alien": {"title": "Alien", "année": 1979, "rating": 8.5, "genres": ["horror", "space"], "seen": True},
    "amélie": {"title": "Le fabuleux destin d'Amélie Poulain", "année": 2001, "rating": 8.25, "seen": False},
    "七人の侍": {"title": "七人の侍", "année": 1954, "plot": "Farmers hire seven samurai", "seen": True},
    "🎬": {"": -7, "$eq": "a.b", "any": [1, 2.5], "plot": "Seven farmers make a film"},
    "bare": {},
}
# As they are put, and as float32 has them.
DATA = {
    "alien": ([1, 1], [1, 1]),
    "amélie": ([3, 4], [3, 4]),
    "七人の侍": ([-1.5, 0], [-1.5, 0]),
    "🎬": ([1e-46, 16777217], [0, 16777216]),
    "bare": ([0.9, 0.1], [0.8999999761581421, 0.10000000149011612]),
}
# Nobody may rely on this order, but it is the same for all.
LISTED = ["alien", "🎬", "七人の侍", "amélie", "bare"]
ORIGIN = {"queryVector": {"float32": [0, 0]}}


@dataclass(frozen=True)
class Refusal:
    """An error of the service; `fields` is its `fieldList`, None where there is none."""

    code: str
    message: str
    fields: list[dict[str, str]] | None = None


def refusal_of(error: ClientError) -> Refusal:
    """An error as a client of botocore has it."""
    response: Any = error.response
    return Refusal(response["Error"]["Code"], response["Error"]["Message"], response.get("fieldList"))


@dataclass(frozen=True)
class Step:
    """One call, and the answer or refusal that every client has to see."""

    operation: str
    parameters: dict[str, Any]
    expected: Any


def invalid(message: str, *fields: tuple[str, str]) -> Refusal:
    """A ValidationException."""
    listed = [{"path": path, "message": text} for path, text in fields]
    return Refusal("ValidationException", message, listed or None)


TOO_LARGE = invalid("Request body exceeds max allowed size")


def found(key: str, distance: float) -> dict[str, Any]:
    """A result of a query, with everything that can be asked for."""
    return {"key": key, "distance": distance, "metadata": FACTS[key]}


def by_plot(score: float) -> dict[str, Any]:
    """One score of a full-text search."""
    return {"metadataKey": "plot", "score": score}


def listed(*keys: str) -> list[dict[str, str]]:
    """The vectors of a page."""
    return [{"key": key} for key in keys]


LIFE_CYCLE = [
    Step("CreateVectorBucket", {**BUCKET, "tags": TAGS}, {"vectorBucketArn": BUCKET_ARN}),
    Step(
        "CreateVectorBucket",
        BUCKET,
        Refusal("ConflictException", "A vector bucket with the specified name already exists"),
    ),
    Step("CreateVectorBucket", {"vectorBucketName": "Films"}, invalid("Invalid vector bucket name")),
    Step(
        "GetVectorBucket",
        BUCKET,
        {
            "vectorBucket": {
                **BUCKET,
                "vectorBucketArn": BUCKET_ARN,
                "creationTime": CREATED,
                "defaultIndexMode": "ENHANCED",
                **AES,
            }
        },
    ),
    Step(
        "ListVectorBuckets",
        {"prefix": "fi"},
        {"vectorBuckets": [{**BUCKET, "vectorBucketArn": BUCKET_ARN, "creationTime": CREATED}]},
    ),
    Step("CreateIndex", {**NEW_INDEX, **NOT_FILTERABLE}, {"indexArn": INDEX_ARN}),
    Step(
        "CreateIndex",
        {**NEW_INDEX, "dataType": "float64", "dimension": 4097},
        Refusal(*not_in_enum("/dataType", ["float32"]).refusal),
    ),
    Step(
        "GetIndex",
        {"indexArn": INDEX_ARN},
        {
            "index": {
                **NEW_INDEX,
                "indexArn": INDEX_ARN,
                "creationTime": CREATED,
                "indexMode": "ENHANCED",
                **AES,
                **NOT_FILTERABLE,
            }
        },
    ),
    Step(
        "GetIndex",
        {**BUCKET, "indexName": "by.title"},
        Refusal("NotFoundException", "The specified index could not be found"),
    ),
    Step(
        "ListIndexes",
        {"vectorBucketArn": BUCKET_ARN},
        {"indexes": [{**INDEX, "indexArn": INDEX_ARN, "creationTime": CREATED}]},
    ),
    Step(
        "PutVectors",
        {
            **INDEX,
            "vectors": [
                {"key": key, "data": {"float32": DATA[key][0]}, **({"metadata": facts} if facts else {})}
                for key, facts in FACTS.items()
            ],
        },
        {},
    ),
    Step(
        "PutVectors",
        {
            **INDEX,
            "vectors": [
                {"key": "fits", "data": {"float32": [1, 1]}},
                {"key": "façade", "data": {"float32": [1, 1, 1]}},
            ],
        },
        invalid(
            "Invalid record for key 'façade': vector must have length 2, but has length 3",
            ("vectors[1]", "vector must have length 2, but has length 3"),
        ),
    ),
    Step(
        "GetVectors",
        {"indexArn": INDEX_ARN, "keys": [*FACTS, "fits"], "returnData": True, "returnMetadata": True},
        {
            "vectors": [
                {"key": key, "data": {"float32": DATA[key][1]}, "metadata": FACTS[key]} for key in LISTED
            ]
        },
    ),
    Step("GetVectors", {**INDEX, "keys": ["nosferatu"]}, {"vectors": []}),
    Step("ListVectors", {**INDEX, "maxResults": 3}, {"vectors": listed(*LISTED[:3]), "nextToken": TOKEN}),
    Step("ListVectors", {**INDEX, "maxResults": 3, "nextToken": TOKEN}, {"vectors": listed(*LISTED[3:])}),
    Step("ListVectors", {**INDEX, "nextToken": "?"}, invalid("Invalid page token")),
    Step(
        "QueryVectors",
        {
            **INDEX,
            **ORIGIN,
            "topK": 10_000,
            "returnDistance": True,
            "returnMetadata": True,
            "filter": {
                "$or": [
                    {"$and": [{"année": {"$gte": 1970, "$lt": 2001}}, {"genres": "space"}, {"seen": True}]},
                    {"title": {"$in": ["七人の侍", "Nosferatu"]}},
                    {"rating": 8.25},
                ]
            },
        },
        {
            "distanceMetric": "euclidean",
            "vectors": [found("alien", 2), found("七人の侍", 2.25), found("amélie", 25)],
        },
    ),
    Step(
        "QueryVectors",
        {**INDEX, **ORIGIN, "topK": 1, "filter": {"année": 1979, "seen": True}},
        invalid("Invalid filter", ("filter", "Invalid filter")),
    ),
    Step(
        "QueryVectors",
        {**INDEX, **ORIGIN, "topK": 1, "filter": {"plot": {"$exists": True}}},
        invalid("Invalid use of non-filterable metadata in filter"),
    ),
    Step(
        "QueryVectors",
        {**INDEX, **ORIGIN, "topK": 10_001},
        Refusal(*out_of_range("/topK", 1, 10_000).refusal),
    ),
    Step(
        "QueryVectors",
        {**INDEX, "queryVector": {"float32": [1, 2, 3]}, "topK": 1},
        invalid(
            "Query vector contains invalid values or is invalid for this index",
            ("vector", "Invalid input: vector must have length 2, but has length 3"),
        ),
    ),
    # Hybrid search.
    Step(
        "PutVectorBucketDefaultIndexMode",
        {**BUCKET, "defaultIndexMode": "CLASSIC"},
        invalid(
            "defaultIndexMode cannot be set to CLASSIC because this vector bucket "
            "does not support CLASSIC mode"
        ),
    ),
    Step("UpdateIndexMode", {**INDEX, "indexMode": "ENHANCED"}, {}),
    Step(
        "UpdateMetadataConfiguration",
        {**INDEX, "add": {"textSearchConfigurations": [{"metadataKey": "plot", "language": "en"}]}},
        {"indexArn": INDEX_ARN},
    ),
    Step(
        "QueryVectors",
        {
            **INDEX,
            "queryTexts": [{"metadataKey": "plot", "text": "A farmer's film"}],
            "topK": 2,
            "returnScores": True,
        },
        {
            "distanceMetric": "euclidean",
            "vectors": [
                {"key": "🎬", "scores": {"bm25Scores": [by_plot(0.8754687309265137)]}},
                {"key": "七人の侍", "scores": {"bm25Scores": [by_plot(0.18232156336307526)]}},
            ],
        },
    ),
    Step(
        "QueryVectors",
        {
            **INDEX,
            **ORIGIN,
            "queryTexts": [{"metadataKey": "plot", "text": "samurai"}],
            "topK": 1,
            "returnScores": True,
        },
        {
            "distanceMetric": "euclidean",
            "vectors": [
                {
                    "key": "七人の侍",
                    "scores": {
                        "bm25Scores": [by_plot(0.6931471824645996)],
                        "fused": 0.03226645663380623,
                        "vectorDistance": 2.25,
                    },
                }
            ],
        },
    ),
    # Policies and tags.
    Step("PutVectorBucketPolicy", {**BUCKET, "policy": POLICY}, {}),
    Step("GetVectorBucketPolicy", {"vectorBucketArn": BUCKET_ARN}, {"policy": POLICY}),
    Step("DeleteVectorBucketPolicy", BUCKET, {}),
    Step(
        "GetVectorBucketPolicy",
        BUCKET,
        Refusal("NotFoundException", "The specified vector bucket policy could not be found"),
    ),
    Step("ListTagsForResource", {"resourceArn": BUCKET_ARN}, {"tags": TAGS}),
    Step("TagResource", {"resourceArn": INDEX_ARN, "tags": {**TAGS, "stage": "test"}}, {}),
    Step("UntagResource", {"resourceArn": INDEX_ARN, "tagKeys": list(TAGS)}, {}),
    Step("ListTagsForResource", {"resourceArn": INDEX_ARN}, {"tags": {"stage": "test"}}),
    Step(
        "TagResource",
        {"resourceArn": BUCKET_ARN, "tags": {"aws:owner": "AWS"}},
        invalid("System tags cannot be added/updated by requester"),
    ),
    # The end.
    Step("DeleteVectors", {**INDEX, "keys": ["alien", "🎬", "nosferatu"]}, {}),
    Step("ListVectors", INDEX, {"vectors": listed(*LISTED[2:])}),
    Step(
        "DeleteVectorBucket",
        BUCKET,
        Refusal("ConflictException", "The specified vector bucket is not empty"),
    ),
    Step("DeleteIndex", {"indexArn": INDEX_ARN}, {}),
    Step("DeleteVectorBucket", BUCKET, {}),
    Step(
        "ListIndexes",
        BUCKET,
        Refusal("NotFoundException", "The specified vector bucket could not be found"),
    ),
]


def steps_for(vocabulary: Collection[str]) -> list[Step]:
    """The life cycle as far as a client's model goes.

    Args:
        vocabulary: the names of all operations and members that the model has.

    Raises:
        AssertionError: it lacks something else.
    """
    names = {name for step in LIFE_CYCLE for name in (step.operation, *step.parameters)} | LATER
    unknown = names.difference(vocabulary)
    if not unknown <= LATER:
        raise AssertionError(f"the client does not know {sorted(unknown - LATER)}")
    return [
        replace(step, expected=_without(unknown, step.expected))
        for step in LIFE_CYCLE
        if unknown.isdisjoint({step.operation, *step.parameters})
    ]


def _without(unknown: set[str], answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {name: _without(unknown, value) for name, value in answer.items() if name not in unknown}


def expected_of(steps: list[Step]) -> list[tuple[str, Any]]:
    """Return what all clients have to see: operations, each with its answer or refusal."""
    return [(step.operation, step.expected) for step in steps]


def seen_of(steps: list[Step], perform: Callable[[str, dict[str, Any]], Any]) -> list[tuple[str, Any]]:
    """Return what a client sees that performs one call after the other."""
    seen = []
    token = None
    for step in steps:
        at_token = step.parameters.get("nextToken") == TOKEN
        answer = perform(
            step.operation, {**step.parameters, "nextToken": token} if at_token else step.parameters
        )
        if isinstance(answer, dict):
            token = answer.get("nextToken")
        seen.append((step.operation, repeatable(answer)))
    return seen


def repeatable(answer: Any, name: str = "") -> Any:
    """An answer without what is not the same each time.

    Raises:
        AssertionError: a creationTime is not in whole seconds, or not of these minutes.
    """
    if name == "creationTime":
        seconds = _seconds(answer)
        if seconds % 1 or abs(time.time() - seconds) > 600:
            raise AssertionError(f"created at {answer!r}")
        return CREATED
    if name == "nextToken":
        return TOKEN
    if isinstance(answer, dict):
        return {member: repeatable(value, member) for member, value in answer.items()}
    return [repeatable(value) for value in answer] if isinstance(answer, list) else answer


def _seconds(moment: Any) -> float:
    """A time as boto3, the AWS CLI or JSON.stringify has it, in seconds since the epoch."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return moment.timestamp() if isinstance(moment, datetime) else moment


def vocabulary_of(model: ServiceModel) -> set[str]:
    """The names of all operations and members that a model of botocore's has."""
    shapes: Any = [model.shape_for(name) for name in model.shape_names]
    members = {name for shape in shapes if shape.type_name == "structure" for name in shape.members}
    return members.union(model.operation_names)
