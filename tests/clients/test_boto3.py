"""boto3, through the HTTP server; what it sees is what it sees in process."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.operations import OPERATIONS
from tests.support.life_cycle import (
    LATER,
    LIFE_CYCLE,
    TOO_LARGE,
    expected_of,
    refusal_of,
    seen_of,
    steps_for,
    vocabulary_of,
)
from tests.clients.world import BULKY_SETTINGS, REGION, at_the_limit, serve_command
from tests.support.helpers import answer_of, put_batches, vector
from tests.support.shapes import service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors.serving.server import S3VectorsServer
    from tests.support.helpers import MakeIndex


def client_of(url: str | None = None) -> Any:
    session = boto3.Session("testing", "testing", region_name=REGION)
    return session.client("s3vectors", endpoint_url=url)


@pytest.fixture
def server_client(s3vectors_server: S3VectorsServer) -> Any:
    return client_of(s3vectors_server.url)


def perform(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    """The answer, or the refusal."""
    try:
        return answer_of(getattr(client, xform_name(operation)), **parameters)
    except ClientError as error:
        return refusal_of(error)


# Every way in which a client of boto3 gets to the mock.


@contextmanager
def in_process(_: Path) -> Iterator[Any]:
    with mock_s3vectors(default_index_mode="ENHANCED"):
        yield client_of()


@contextmanager
def through_the_server(_: Path) -> Iterator[Any]:
    with s3vectors_server(default_index_mode="ENHANCED") as server:
        yield client_of(server.url)


@contextmanager
def through_the_command(folder: Path) -> Iterator[Any]:
    with serve_command(folder, "--default-index-mode", "ENHANCED") as url:
        yield client_of(url)


@pytest.mark.parametrize("way", [in_process, through_the_server, through_the_command])
def test_the_life_cycle(way: Callable[[Path], Any], tmp_path: Path) -> None:
    steps = steps_for(vocabulary_of(service_model()))
    with way(tmp_path) as client:
        assert seen_of(steps, partial(perform, client)) == expected_of(steps)


def test_the_life_cycle_has_all_operations_and_boto3_knows_them() -> None:
    assert {step.operation for step in LIFE_CYCLE} == set(OPERATIONS)
    assert vocabulary_of(service_model()) >= LATER
    assert steps_for(vocabulary_of(service_model())) == LIFE_CYCLE


def test_paginators(server_client: Any, index: dict[str, str]) -> None:
    keys = put_batches(server_client, index, [vector(f"{number}", (number, 0)) for number in range(1_200)])

    def pages(operation: str, **arguments: Any) -> list[list[str]]:
        found = server_client.get_paginator(operation).paginate(**index, **arguments)
        return [[item["key"] for item in page["vectors"]] for page in found]

    listed = pages("list_vectors")
    assert [len(page) for page in listed] == [500, 500, 200]
    assert sorted(key for page in listed for key in page) == sorted(keys)
    nearest = pages("query_vectors", queryVector={"float32": [0.0, 0.0]}, topK=250)
    assert nearest == [keys[:100], keys[100:200], keys[200:250]]


def test_errors_are_the_exceptions_of_the_client(server_client: Any) -> None:
    with pytest.raises(server_client.exceptions.NotFoundException) as missing:
        server_client.get_vector_bucket(vectorBucketName="missing")
    assert str(missing.value) == (
        "An error occurred (NotFoundException) when calling the GetVectorBucket operation: "
        "The specified vector bucket could not be found"
    )
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    server_client.create_vector_bucket(vectorBucketName="bucket")
    with pytest.raises(server_client.exceptions.ConflictException):
        server_client.create_vector_bucket(vectorBucketName="bucket")
    with pytest.raises(server_client.exceptions.ValidationException) as invalid_name:
        server_client.create_vector_bucket(vectorBucketName="Bucket")
    assert invalid_name.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert invalid_name.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_body_of_20_mib_and_one_of_a_byte_more(
    client: Any, server_client: Any, make_index: MakeIndex
) -> None:
    make_index("bulky", **BULKY_SETTINGS)
    sizes: list[int] = []

    def note_size(params: dict[str, Any], **_: Any) -> None:
        sizes.append(len(params["body"]))

    server_client.meta.events.register("before-call.s3vectors.PutVectors", note_size)
    put = partial(perform, server_client, "PutVectors")

    def measure(parameters: dict[str, Any]) -> int:
        assert put(parameters) == {}
        return sizes[0]

    assert at_the_limit(measure, put, client) == [(TOO_LARGE, 0), ({}, 0)]
    assert sizes[1:] == [20_971_521, 20_971_520]
