"""The pytest plugin: fixtures and a marker. Importing it loads nothing that pytest has not loaded.

A test that asks for `s3vectors_client` gets a boto3 client on a mock of its own, `s3vectors_server` an
HTTP server on it for everybody else;
`@pytest.mark.s3vectors(search_engine="hnsw")` gives that mock options.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.config import Config
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.classes import block_of_fixture
from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.mocking.property_tests import isolate_examples
from mock_s3vectors.serving.server import s3vectors_server as serve

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors.mocking.mock import MockS3Vectors
    from mock_s3vectors.serving.server import S3VectorsServer

_MARKER = "s3vectors"
_FIXTURE = "s3vectors_mock"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "s3vectors(**options): mock Amazon S3 Vectors in the test, with these options of mock_s3vectors.",
    )


@pytest.fixture
def s3vectors_mock(request: pytest.FixtureRequest) -> Iterator[MockS3Vectors]:
    """The mock, switched on and empty for each test; options come from `@pytest.mark.s3vectors(...)`."""
    isolate_examples(request.function)
    with mock_s3vectors(**_options(request.node)) as mock:
        yield mock


@pytest.fixture
def s3vectors_client(s3vectors_mock: MockS3Vectors) -> S3VectorsClient:  # noqa: ARG001 - switches it on
    """A boto3 client on the mock, in the Region of the environment or us-east-1."""
    import boto3  # noqa: PLC0415 - half a second for those who never ask for a client
    from botocore.config import Config  # noqa: PLC0415 - the same

    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or "us-east-1"
    # An endpoint that the environment names may be a local server, which the mock leaves alone.
    config = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg] # missing in the stubs
    return boto3.client("s3vectors", region_name=region, config=config)


@pytest.fixture
def s3vectors_server(s3vectors_mock: MockS3Vectors) -> Iterator[S3VectorsServer]:  # noqa: ARG001 - its state
    """An HTTP server that shares the mock's state, for child processes and other languages."""
    with serve() as server:
        yield server


def _options(node: pytest.Item) -> Any:
    """The options of all markers on a test, its class and its module; the closest one counts."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers(_MARKER):
        if marker.args:
            if isinstance(marker.args[0], Config):
                raise UsageError(
                    "@pytest.mark.s3vectors was given a Config without a name: did you mean config=?"
                )
            raise UsageError(
                f"@pytest.mark.s3vectors was given {marker.args!r}: name its options, "
                'as in @pytest.mark.s3vectors(search_engine="hnsw").'
            )
        options = {**marker.kwargs, **options}
    return options


def pytest_itemcollected(item: pytest.Item) -> None:
    """A marked test is mocked, whether or not it asks for the fixture by name."""
    names = getattr(item, "fixturenames", None)
    if names is not None and item.get_closest_marker(_MARKER):
        # A new list, because the other parameters of a parametrized test have the old one.
        others = [name for name in names if name != _FIXTURE]
        # First of those that are made for each test: what other tests share must not be made inside the mock.
        shared = sum(_is_shared(item, name) for name in others)
        item.fixturenames = [*others[:shared], _FIXTURE, *others[shared:]]  # type: ignore[attr-defined]


def _is_shared(item: pytest.Item, fixture: str) -> bool:
    """Whether a fixture lives longer than a test; pytest puts those first."""
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return fixture in known and known[fixture][-1].scope != "function"


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Fixtures that the tests of a decorated class ask for run inside the mock, as the tests do."""
    if fixturedef.scope not in ("function", "class"):
        return (yield)
    shared = fixturedef.scope == "class"
    block = block_of_fixture(request.cls, None if shared else request.instance)
    if block is None:
        return (yield)
    stack = ExitStack()
    fixturedef.addfinalizer(stack.close)
    if not shared:
        stack.enter_context(block)
        return (yield)
    # Each test has a copy of what the class shares, so the class's own mock must not stay on.
    with block:
        result = yield
    again = block_of_fixture(request.cls, None)
    if again is not None:
        fixturedef.addfinalizer(lambda: stack.enter_context(again))
    return result
