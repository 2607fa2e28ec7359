"""A faithful in-memory mock of Amazon S3 Vectors for tests, in process or as a local server.

    import boto3
    from mock_s3vectors import mock_s3vectors

    @mock_s3vectors
    def test_search():
        client = boto3.client("s3vectors", region_name="us-east-1")
        client.create_vector_bucket(vectorBucketName="movies")

The mock also answers async clients and calls of `requests`; `s3vectors_server` is for all others.
Importing the package hooks it into botocore and loads nothing heavy: neither botocore nor numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mock_s3vectors.config import Config
from mock_s3vectors.doors import install
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
from mock_s3vectors.workbench.workbench import Workbench

if TYPE_CHECKING:
    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.describe import Description
    from mock_s3vectors.workbench.rules import Rule
    from mock_s3vectors.workbench.usage import Usage
    from mock_s3vectors.workbench.views import IndexView, StoredVector, VectorBucketView
    from mock_s3vectors.world import Clock

__all__ = [
    "Call",
    "Calls",
    "Clock",
    "Config",
    "Description",
    "FilterTypeAdvice",
    "IndexView",
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
    # Classes of what a mock returns, for annotations. Each is imported when it is asked for, since it loads
    # numpy or botocore.
    _MODULES = {
        "Call": "workbench.call",
        "Calls": "workbench.calls",
        "Clock": "world",
        "Description": "workbench.describe",
        "IndexView": "workbench.views",
        "Rule": "workbench.rules",
        "StoredVector": "workbench.views",
        "Usage": "workbench.usage",
        "VectorBucketView": "workbench.views",
    }

    def __getattr__(name: str) -> object:
        """Look up on demand what a mock returns, and the version, since only setup.cfg states it."""
        if name in _MODULES:
            return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version  # noqa: PLC0415 - it imports parsers of mail and archives

        return version(__name__)


install()
