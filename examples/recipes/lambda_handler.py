"""A handler of AWS Lambda that searches, behind API Gateway, and its tests.

To run the tests::

    pytest examples/recipes/lambda_handler.py

As usual in Lambda, the client is made once, when the module is imported: long before any mock. The mock
answers it all the same.
"""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from mock_s3vectors import current_mock

if TYPE_CHECKING:
    from types_boto3_s3vectors.type_defs import QueryVectorsInputTypeDef

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"
MOST = 20

# Of the few seconds that a caller waits, a call may take a part. Lambda sets AWS_REGION.
CLIENT = boto3.client(
    "s3vectors",
    region_name=os.environ.get("AWS_REGION", "us-east-1"),
    config=Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}),
)

logger = logging.getLogger(__name__)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda gives it
    """Answer a search: `{"embedding": [...], "genre": "..."}` gives `{"pages": [...]}`."""
    try:
        request = json.loads(event.get("body") or "")
        embedding, genre = request["embedding"], request.get("genre")
    except (ValueError, KeyError, TypeError, AttributeError):
        return response(400, error="Send JSON with an embedding.")
    query: QueryVectorsInputTypeDef = {
        "vectorBucketName": BUCKET,
        "indexName": INDEX,
        "topK": MOST,
        "queryVector": {"float32": embedding},
        "returnDistance": True,
        "returnMetadata": True,
    }
    if genre:  # an empty filter is an error, so without a condition, send none
        query["filter"] = {"genre": {"$eq": genre}}
    try:
        answer = CLIENT.query_vectors(**query)
    # botocore refuses an embedding that is no list of numbers, AWS one that does not suit the index.
    except (ParamValidationError, CLIENT.exceptions.ValidationException):
        return response(400, error="This embedding or this genre cannot be searched for.")
    except (BotoCoreError, ClientError):
        logger.exception("The search failed")
        return response(503, error="Try again later.")
    pages = [
        {
            "key": vector["key"],
            "title": vector["metadata"]["title"],
            "distance": round(vector["distance"], 4),
        }
        for vector in answer["vectors"]
    ]
    return response(200, pages=pages)


def response(status: int, **body: object) -> dict[str, Any]:
    """Return an answer in the form that API Gateway expects."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }


# --- its tests

CANNOT = "This embedding or this genre cannot be searched for."
pytestmark = pytest.mark.s3vectors(skip_retry_delays=True)


@pytest.fixture(autouse=True)
def pages(s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.seed(
        BUCKET,
        INDEX,
        [[1, 0], [0, 1]],
        keys=["moby-dick", "emma"],
        metadata=[
            {"title": "Moby-Dick", "genre": "adventure"},
            {"title": "Emma", "genre": "comedy"},
        ],
    )


def ask(body: object) -> tuple[int, Any]:
    """Return the status and the body of the handler's answer."""
    answer = handler({"body": body if isinstance(body, str) else json.dumps(body)}, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_search() -> None:
    assert ask({"embedding": [1, 0]}) == (
        200,
        {
            "pages": [
                {"key": "moby-dick", "title": "Moby-Dick", "distance": 0.0},
                {"key": "emma", "title": "Emma", "distance": 1.0},
            ]
        },
    )
    # Without a genre, the call has no filter.
    current_mock().assert_called("QueryVectors", times=1, topK=MOST, filter=None)


def test_a_search_in_a_genre() -> None:
    status, body = ask({"embedding": [1, 0], "genre": "comedy"})
    assert (status, [page["key"] for page in body["pages"]]) == (200, ["emma"])
    current_mock().assert_called("QueryVectors", times=1, filter={"genre": {"$eq": "comedy"}})


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}"])
def test_a_body_without_an_embedding_does_not_reach_aws(body: str) -> None:
    assert ask(body) == (400, {"error": "Send JSON with an embedding."})
    current_mock().assert_not_called()


@pytest.mark.parametrize("embedding", ["whales", ["whales"], None, 1])
def test_an_embedding_without_numbers_does_not_reach_aws(embedding: object) -> None:
    assert ask({"embedding": embedding}) == (400, {"error": CANNOT})
    current_mock().assert_not_called()


@pytest.mark.parametrize(
    "body",
    [
        {"embedding": [1, 2, 3]},
        {"embedding": [0, 0]},
        {"embedding": [1, 0], "genre": {"$like": "com"}},
    ],
    ids=["three numbers", "only zeros", "an object for a genre"],
)
def test_a_search_that_aws_refuses(body: dict[str, Any]) -> None:
    assert ask(body) == (400, {"error": CANNOT})
    current_mock().assert_called("QueryVectors", times=1)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "InternalServerException", 502])
def test_a_fault_that_passes_is_not_seen(code: str | int) -> None:
    current_mock().fail("QueryVectors", code, times=1)
    assert ask({"embedding": [1, 0]})[0] == 200


@pytest.mark.parametrize("code", ["TooManyRequestsException", "AccessDeniedException", 502])
def test_a_fault_that_stays(code: str | int, caplog: pytest.LogCaptureFixture) -> None:
    current_mock().fail("QueryVectors", code)
    assert ask({"embedding": [1, 0]}) == (503, {"error": "Try again later."})
    assert "The search failed" in caplog.text


def test_no_answer_in_time() -> None:
    current_mock().disconnect("QueryVectors", "timeout")
    assert ask({"embedding": [1, 0]}) == (503, {"error": "Try again later."})
    current_mock().assert_called("QueryVectors", times=2)


def test_an_index_that_is_missing() -> None:
    CLIENT.delete_index(vectorBucketName=BUCKET, indexName=INDEX)
    assert ask({"embedding": [1, 0]})[0] == 503
