"""Tests that start the image, with testcontainers: `pip install boto3 pytest testcontainers`, and Docker.

The image `mock-s3vectors` is that of the Dockerfile in this folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 7380
PATH = "/_mock_s3vectors"
INIT = Path(__file__).with_name("init")
PLOTS = {"vectorBucketName": "films", "indexName": "plots"}


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """A server that has run the scripts in `init`; all tests share it."""
    is_healthy = HttpWaitStrategy(PORT, f"{PATH}/health").with_startup_timeout(60).with_poll_interval(0.1)
    container = (
        DockerContainer("mock-s3vectors")
        .with_exposed_ports(PORT)
        .with_volume_mapping(INIT, "/etc/mock_s3vectors/init/ready.d")
        .waiting_for(is_healthy)
    )
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(PORT)}"


@pytest.fixture
def s3vectors(url: str) -> Iterator[Any]:
    """A client; the server goes back to what the scripts in `init` make when the test is over."""
    client = boto3.client(
        "s3vectors",
        "us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - of the mock
    )
    yield client
    client.close()
    urlopen(Request(f"{url}{PATH}/reset?init=1", method="POST")).close()  # noqa: S310 - it is HTTP


def test_the_nearest_film_comes_first(s3vectors: Any) -> None:
    films = {"Alien": [0.9, 0.1, 0.0], "Notting Hill": [0.0, 0.1, 0.9]}
    s3vectors.put_vectors(
        **PLOTS, vectors=[{"key": title, "data": {"float32": vector}} for title, vector in films.items()]
    )
    found = s3vectors.query_vectors(**PLOTS, queryVector={"float32": [1.0, 0.0, 0.0]}, topK=2)
    assert [film["key"] for film in found["vectors"]] == ["Alien", "Notting Hill"]


def test_no_film_is_left_by_another_test(s3vectors: Any) -> None:
    assert s3vectors.list_vectors(**PLOTS)["vectors"] == []
