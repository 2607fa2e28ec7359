"""A faithful in-memory mock of Amazon S3 Vectors for tests, in process or as a local server.

    import boto3
    from mock_s3vectors import mock_s3vectors

    @mock_s3vectors
    def test_search():
        client = boto3.client("s3vectors", region_name="us-east-1")
        client.create_vector_bucket(vectorBucketName="films")

Switch a mock on
    mock_s3vectors          decorate a function or a class, or `with mock_s3vectors() as mock:`
    MockS3Vectors           the mock that it returns, with start() and stop(), and all of Workbench
    Config                  the options, which mock_s3vectors also takes one by one
    current_mock            return the mock that is on, for decorated functions
    patch_client            have a client that is older than the import of this package ask the mock
    s3vectors_server        an HTTP server for other processes and languages; needs the extra `server`
    S3VectorsServer         the server that it returns, with `url` and `mock`
    In pytest, the fixtures s3vectors_mock, s3vectors_client and s3vectors_server, and the marker
    @pytest.mark.s3vectors(**options), do the same.

Steer it, and look into it: the methods of `mock`
    Workbench               all of them: mock.on, fail, calls, clock, iam, kms, seed, index, save, ...
    Rule                    mock.on(...).fail(...): changes the answers to calls; with hits and remove()
    Calls, Call             mock.calls and its elements, with params, status, error, attempt
    Clock                   mock.clock: move, shift and freeze the time
    Checkpoint              mock.checkpoint(): a state, which mock.restore brings back
    IamIdentity             mock.iam.user(...) and role(...): the arguments of a client that acts as it
    Decision                call.decision: the decision of policies about a call
    KmsKey                  mock.kms.key(): a key, which can be disabled, deleted, ...

Read what it holds
    VectorBucketView        mock.bucket(...): settings and indexes
    IndexView               mock.index(...): keys, vectors, metadata, settings
    StoredVector            a vector of an IndexView
    Description             mock.describe(): a table of everything
    Usage                   mock.usage(): the amounts that AWS would bill

Errors and warnings
    UsageError              a wrong use of the mock; the text says what to do
    NestedMockWarning       a call looks for something that was dropped with an inner mock
    LocalEndpointWarning    a call goes to a local server, and not to the mock
    S3VectorsAdvice         warnings by the option advice=True. Its kinds:
    UnknownFilterKeyAdvice, FilterTypeAdvice, LargeFilterableTextAdvice, SmallPutsAdvice,
    UnusedNextTokenAdvice, WholeIndexListedAdvice

Further
    mock_s3vectors.transfer delete vectors by metadata or age, with a client of any S3 Vectors
    mock-s3vectors          the program: `mock-s3vectors --help`
    __version__             the version

help(mock) and help(mock.on) tell more, and so does help() of each name: help(mock_s3vectors.Config).
Clients of boto3, aioboto3 and `requests` are answered in process. Importing the package hooks it into
botocore and loads nothing heavy: neither botocore nor numpy.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from mock_s3vectors.loading import act_when_loaded

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Decision
    from mock_s3vectors.config import Config
    from mock_s3vectors.doors.clients import patch_client
    from mock_s3vectors.errors.exceptions import (
        FilterTypeAdvice,
        LargeFilterableTextAdvice,
        LocalEndpointWarning,
        NestedMockWarning,
        S3VectorsAdvice,
        SmallPutsAdvice,
        UnknownFilterKeyAdvice,
        UnusedNextTokenAdvice,
        UsageError,
        WholeIndexListedAdvice,
    )
    from mock_s3vectors.mocking.mock import MockS3Vectors, current_mock, mock_s3vectors
    from mock_s3vectors.serving.server import S3VectorsServer, s3vectors_server
    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.describe import Description
    from mock_s3vectors.workbench.iam_identity import IamIdentity
    from mock_s3vectors.workbench.kms import KmsKey
    from mock_s3vectors.workbench.rules import Rule
    from mock_s3vectors.workbench.savepoints import Checkpoint
    from mock_s3vectors.workbench.usage import Usage
    from mock_s3vectors.workbench.views import IndexView, StoredVector, VectorBucketView
    from mock_s3vectors.workbench.workbench import Workbench
    from mock_s3vectors.world import Clock

__all__ = [
    "Call",
    "Calls",
    "Checkpoint",
    "Clock",
    "Config",
    "Decision",
    "Description",
    "FilterTypeAdvice",
    "IamIdentity",
    "IndexView",
    "KmsKey",
    "LargeFilterableTextAdvice",
    "LocalEndpointWarning",
    "MockS3Vectors",
    "NestedMockWarning",
    "Rule",
    "S3VectorsAdvice",
    "S3VectorsServer",
    "SmallPutsAdvice",
    "StoredVector",
    "UnknownFilterKeyAdvice",
    "UnusedNextTokenAdvice",
    "Usage",
    "UsageError",
    "VectorBucketView",
    "WholeIndexListedAdvice",
    "Workbench",
    "__version__",
    "current_mock",
    "mock_s3vectors",
    "patch_client",
    "s3vectors_server",
]

__version__: str

if not TYPE_CHECKING:
    # Each name is imported when it is asked for: pytest imports the package in every run, used or not, and
    # some of these modules load numpy or botocore.
    _MODULES = {
        "Call": "workbench.call",
        "Calls": "workbench.calls",
        "Checkpoint": "workbench.savepoints",
        "Clock": "world",
        "Config": "config",
        "Decision": "authorization",
        "Description": "workbench.describe",
        "IamIdentity": "workbench.iam_identity",
        "IndexView": "workbench.views",
        "KmsKey": "workbench.kms",
        "MockS3Vectors": "mocking.mock",
        "Rule": "workbench.rules",
        "S3VectorsServer": "serving.server",
        "StoredVector": "workbench.views",
        "Usage": "workbench.usage",
        "VectorBucketView": "workbench.views",
        "Workbench": "workbench.workbench",
        "current_mock": "mocking.mock",
        "mock_s3vectors": "mocking.mock",
        "patch_client": "doors.clients",
        "s3vectors_server": "serving.server",
    }

    def __getattr__(name: str) -> object:
        """Look up a public name on demand, and the version, since only setup.cfg states it."""
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - it imports parsers of mail and archives

            return version(__name__)
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # All others are exceptions and warnings.
        module = import_module(f"{__name__}.{_MODULES.get(name, 'errors.exceptions')}")
        return globals().setdefault(name, getattr(module, name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


@cache
def _open_doors() -> None:
    """Have clients ask the mock, now that somebody may make some, or begins to mock."""
    import_module(f"{__name__}.doors").open_doors()


act_when_loaded(
    ("botocore.handlers", lambda _: _open_doors()),
    # The doors load the stack. If it loaded them, two threads could wait for each other's imports.
    (f"{__name__}.mocking.stack", lambda module: module.STACK.prepare_with(_open_doors)),
)
