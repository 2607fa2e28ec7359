"""Fixtures of all tests: every response is checked against the model; and a few things to start from."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mock_s3vectors.doors.local_endpoints import VARIABLES_OF_SERVERS
from mock_s3vectors.errors.exceptions import BareStatus, ServiceError
from mock_s3vectors.gateway import Gateway
from tests.support.helpers import BUCKET, SETTINGS, START, SetClock
from tests.support.shapes import check_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.world import World
    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused

pytest_plugins = ["pytester", "tests.support.quick_clients"]

with suppress(ImportError):  # environments of other clients have no Hypothesis
    from hypothesis import HealthCheck, settings

    # Fixtures are not remade for each example, which the tests know.
    settings.register_profile(
        "dev", max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    settings.register_profile("ci", settings.get_profile("dev"), max_examples=50, print_blob=True)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Benchmarks, and what needs an environment of its own (see tox), run by name only."""
    name = collection_path.name
    by_name = any(name in argument for argument in config.args)
    return True if name in {"benchmarks", "browser", "clients", "containers"} and not by_name else None


def pytest_configure(config: pytest.Config) -> None:
    """Keeps coverage out of the process that only hands out tests, which takes half as long then."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        sys.settrace(None)
        threading.settrace(None)


def pytest_collection_finish() -> None:
    """Thousands of tests are a lot to look through: the collector of garbage leaves them out from now on."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def no_coverage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keeps coverage from measuring what other tests measure: many calls take twice as long with it."""
    before, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    # These tell processes that a test starts to measure.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    monkeypatch.delenv("COVERAGE_PROCESS_START", raising=False)
    yield
    sys.settrace(before)
    threading.settrace(of_threads)


COLORS = ("FORCE_COLOR", "CLICOLOR_FORCE", "MYPY_FORCE_COLOR")


@pytest.fixture(autouse=True)
def no_credentials_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of this project must not depend on, nor ever use, the credentials of who runs them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3VECTORS"):
        monkeypatch.delenv(name, raising=False)
    # Nor on what a server of theirs is told.
    for name in [name for name in os.environ if name.startswith("MOCK_S3VECTORS_")]:
        monkeypatch.delenv(name)
    # Nor may it on the colours that somebody wants pytest, and so all programs that tests start, to write in.
    for name in COLORS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True, scope="module")
def no_endpoint_is_left_behind() -> Iterator[None]:
    """A test that leaves a server's address in the environment sends the calls of later ones to it."""
    names = ("AWS_ENDPOINT_URL", *VARIABLES_OF_SERVERS)
    before = {name: os.environ.get(name) for name in names}
    yield
    assert {name: os.environ.get(name) for name in names} == before


@pytest.fixture(autouse=True, scope="session")
def checked_responses() -> Iterator[None]:
    """Every response of every test is held against the model's output shape."""
    handle = Gateway.handle

    def handle_and_check(gateway: Gateway, request: HttpRequest, world: World, *rest: Any) -> Exchange:
        exchange = handle(gateway, request, world, *rest)
        response = exchange.response
        if exchange.operation is not None and response is not None and not is_unmodelled(exchange.error):
            check_response(exchange.operation, response.status, dict(response.headers), response.body)
        return exchange

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gateway, "handle", handle_and_check)
        yield


def is_unmodelled(error: Exception | None) -> bool:
    """Whether it is no answer of the service: a bug, or a status without a body that a rule asks for."""
    return error is not None and (not isinstance(error, ServiceError) or isinstance(error, BareStatus))


@pytest.fixture
def role_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A profile whose credentials are those of a role, for which clients would ask STS."""
    file = tmp_path / "config"
    file.write_text(
        "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/reader\nsource_profile = own\n"
        "[profile own]\naws_access_key_id = mine\naws_secret_access_key = mine\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    return "role"


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Sets the mock's clock, in seconds since the epoch."""
    return lambda now: monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def at(set_clock: SetClock) -> SetClock:
    """Sets the mock's clock, in seconds since all began."""

    def go_to(seconds: float) -> None:
        set_clock(START + seconds)

    go_to(0)
    return go_to


@pytest.fixture
def client(s3vectors_client: Client) -> Client:
    """A client in us-east-1, with the vector bucket `bucket` in it."""
    s3vectors_client.create_vector_bucket(**BUCKET)
    return s3vectors_client


@pytest.fixture
def unchecked_client(s3vectors_mock: MockS3Vectors) -> Client:  # noqa: ARG001 - switches it on
    """A client that sends what botocore would refuse to send."""
    config = Config(parameter_validation=False)
    return boto3.client("s3vectors", region_name="us-east-1", config=config)


@pytest.fixture
def client_at(s3vectors_mock: MockS3Vectors) -> ClientAt:
    """Makes clients in other Regions and accounts."""

    def make(region: str = "us-east-1", account: str = "123456789012") -> Client:
        return boto3.client("s3vectors", region_name=region, **s3vectors_mock.credentials(account))

    return make


@pytest.fixture
def make_index(client: Client) -> MakeIndex:
    """Creates an index in `bucket`; returns the two names that address it."""

    def make(
        name: str = "index", *, dimension: int = 2, metric: str = "euclidean", **settings: Any
    ) -> dict[str, str]:
        address = {**BUCKET, "indexName": name}
        shape = {**SETTINGS, "dimension": dimension, "distanceMetric": metric}
        client.create_index(**address, **shape, **settings)
        return address

    return make


@pytest.fixture
def index(make_index: MakeIndex) -> dict[str, str]:
    """The names of an empty index: two dimensions, euclidean."""
    return make_index()


@pytest.fixture
def refused() -> Refused:
    """Calls and returns the refusal: code, message and `fieldList` (None if there is none)."""

    def refuse(call: Any, /, **arguments: Any) -> tuple[str, str, Any]:
        with pytest.raises(ClientError) as refusal:
            call(**arguments)
        response: Any = refusal.value.response
        return response["Error"]["Code"], response["Error"]["Message"], response.get("fieldList")

    return refuse
