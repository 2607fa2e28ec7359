"""The AWS SDK for JavaScript, through the HTTP server. One process of node does what a test is about."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.world import environment, run
from tests.support.bulk import BULKY_SETTINGS, at_the_limit
from tests.support.constraints import null
from tests.support.helpers import INDEX_ARN, put_batches, vector
from tests.support.life_cycle import (
    TOKEN,
    TOO_LARGE,
    Refusal,
    expected_of,
    repeatable,
    steps_for,
)

if TYPE_CHECKING:
    from mock_s3vectors.serving.server import S3VectorsServer
    from tests.support.helpers import Client, MakeIndex

TASKS = Path(__file__).with_name("javascript") / "tasks.mjs"
EXAMPLE = Path(__file__).parents[2] / "examples" / "javascript_search.py"


class Sdk:
    """The SDK in a process of its own, for each task another."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env

    def do(self, task: str, **details: Any) -> Any:
        ended = run(["node", str(TASKS)], self._env, json.dumps({"task": task, **details}))
        assert (ended.returncode, ended.stderr) == (0, "")
        return json.loads(ended.stdout)

    def put(self, parameters: dict[str, Any]) -> Any:
        """The answer of PutVectors, or the refusal."""
        (seen,) = self.do("together", steps=[["PutVectors", parameters]])
        return answer_or_refusal(seen)

    def measure(self, parameters: dict[str, Any]) -> int:
        """How long the body is that it makes of parameters of PutVectors."""
        size: int = self.do("measure", operation="PutVectors", parameters=parameters)
        return size


@pytest.fixture
def sdk(s3vectors_server: S3VectorsServer, tmp_path: Path) -> Sdk:
    return Sdk(environment(tmp_path, AWS_ENDPOINT_URL_S3VECTORS=s3vectors_server.url))


def answer_or_refusal(seen: Any) -> Any:
    if "error" in seen:
        return Refusal(seen["error"]["name"], seen["error"]["message"], seen["error"]["fields"])
    return seen["answer"]


@pytest.mark.s3vectors(default_index_mode="ENHANCED", verify_signatures=True)
def test_the_life_cycle(sdk: Sdk) -> None:
    steps = steps_for(sdk.do("vocabulary"))
    calls = [[step.operation, step.parameters] for step in steps]
    seen = [repeatable(answer_or_refusal(one)) for one in sdk.do("perform", steps=calls, token=TOKEN)]
    assert [(step.operation, one) for step, one in zip(steps, seen, strict=True)] == expected_of(steps)


def error(name: str, status: int, message: str, fields: Any = None) -> dict[str, Any]:
    """Return what is seen of an error that the client made, and that the SDK did not retry."""
    return {
        "classes": sorted([name, "S3VectorsServiceException"]),
        "name": name,
        "message": message,
        "fields": fields,
        "fault": "client",
        "status": status,
        "attempts": 1,
    }


def test_errors_are_the_exceptions_of_the_sdk(index: dict[str, str], sdk: Sdk) -> None:
    query = {"queryVector": {"float32": [0, 0]}, "topK": 1}
    calls = [
        ("GetVectorBucket", {"vectorBucketName": "missing"}),
        ("CreateVectorBucket", {"vectorBucketName": "bucket"}),
        ("QueryVectors", {**index, **query, "filter": {}}),
        # The SDK sends it without what botocore would ask for.
        ("CreateVectorBucket", {}),
    ]
    no_name = null("/vectorBucketName")
    seen = [one["error"] for one in sdk.do("perform", steps=calls)]
    assert all(one.pop("requestId") for one in seen)
    assert seen == [
        error("NotFoundException", 404, "The specified vector bucket could not be found"),
        error("ConflictException", 409, "A vector bucket with the specified name already exists"),
        error(
            "ValidationException", 400, "Invalid filter", [{"path": "filter", "message": "Invalid filter"}]
        ),
        error("ValidationException", 400, no_name.message, no_name.fields),
    ]


def test_paginators(client: Client, make_index: MakeIndex, index: dict[str, str], sdk: Sdk) -> None:
    for number in range(6):
        make_index(f"other-{number}")
    keys = put_batches(client, index, [vector(f"{number}", (number, 0)) for number in range(1_200)])
    query = {**index, "queryVector": {"float32": [0, 0]}, "topK": 250}
    bucket = {"vectorBucketName": "bucket"}
    pages = sdk.do("paginate", bucket=bucket, index=index, query=query, pageSize=3)
    others = [f"other-{number}" for number in range(6)]
    assert pages["indexes"] == [["index", *others[:2]], others[2:5], others[5:]]
    assert [len(page) for page in pages["listed"]] == [3] * 400
    assert sorted(key for page in pages["listed"] for key in page) == sorted(keys)
    assert pages["found"] == [keys[:100], keys[100:200], keys[200:250]]


def test_the_session_of_a_role_that_may_list(
    client: Client, index: dict[str, str], s3vectors_server: S3VectorsServer, tmp_path: Path
) -> None:
    client.put_vectors(**index, vectors=[vector("a")])
    role = s3vectors_server.mock.iam.role("lister").allow("ListVectors")
    keys = {name.upper(): value for name, value in role.items()}
    sdk = Sdk(environment(tmp_path, AWS_ENDPOINT_URL_S3VECTORS=s3vectors_server.url, **keys))
    calls = [["ListVectors", index], ["ListVectors", {**index, "returnMetadata": True}]]
    listed, denied = sdk.do("perform", steps=calls)
    assert listed == {"answer": {"vectors": [{"key": "a"}]}}
    assert denied["error"].pop("requestId")
    text = (
        "User: arn:aws:sts::123456789012:assumed-role/lister/session is not authorized to perform: "
        f"s3vectors:GetVectors on resource: {INDEX_ARN} "
        "because no identity-based policy allows the s3vectors:GetVectors action"
    )
    assert denied == {"error": error("AccessDeniedException", 403, text)}


def test_a_hundred_calls_at_once(client: Client, index: dict[str, str], sdk: Sdk) -> None:
    records = [vector(f"{number}", (number, number)) for number in range(100)]
    puts = [["PutVectors", {**index, "vectors": [record]}] for record in records]
    assert sdk.do("together", steps=puts) == [{"answer": {}}] * 100
    assert len(client.list_vectors(**index)["vectors"]) == 100
    gets = [["GetVectors", {**index, "keys": [record["key"]], "returnData": True}] for record in records]
    assert sdk.do("together", steps=gets) == [{"answer": {"vectors": [record]}} for record in records]


def test_a_body_of_20_mib_and_one_of_a_byte_more(client: Client, make_index: MakeIndex, sdk: Sdk) -> None:
    make_index("bulky", **BULKY_SETTINGS)
    assert at_the_limit(sdk.measure, sdk.put, client) == [(TOO_LARGE, 0), ({}, 0)]


def test_the_example(tmp_path: Path) -> None:
    # It uses what is installed; in a checkout that is the checkout.
    env = environment(tmp_path, PYTHONPATH=str(EXAMPLE.parents[1]), COLUMNS="100")
    ended = run([sys.executable, "-W", "error", str(EXAMPLE)], env)
    assert (ended.returncode, ended.stderr) == (0, "")
    first, *lines = ended.stdout.splitlines()
    assert first.startswith("The server answers at http://127.0.0.1:")
    assert [line for line in lines if line] == [
        "JavaScript put 500 films",
        '"dragons and wizards", no filter',
        "  0.6078  Harry Potter and the Sorcerer's Stone (2001, PG)",
        "  0.6084  Harry Potter and the Goblet of Fire (2005, PG-13)",
        "  0.6258  Harry Potter and the Order of the Phoenix (2007, PG-13)",
        '"dragons and wizards", suitable for children, since 1990',
        "  0.6078  Harry Potter and the Sorcerer's Stone (2001, PG)",
        "  0.6306  Harry Potter and the Half-Blood Prince (2009, PG)",
        "  0.6825  The Lion King (1994, G)",
        "Two conditions side by side, without $and:",
        "  ValidationException: Invalid filter (HTTP 400)",
        "boto3 lists 500 films that JavaScript put",
        'and finds Harry Potter and the Sorcerer\'s Stone for "dragons and wizards"',
    ]
