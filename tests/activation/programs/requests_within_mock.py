"""`requests`, imported while a mock is on: prints what a call returns."""

from __future__ import annotations

import sys

from mock_s3vectors import mock_s3vectors

mock = mock_s3vectors()
mock.start()
assert "requests" not in sys.modules
import requests

print(requests.post("https://s3vectors.us-east-1.api.aws/ListVectorBuckets", data=b"{}", timeout=10).json())
mock.stop()
assert not hasattr(requests.Session.get_adapter, "__wrapped__")
with mock_s3vectors():
    assert hasattr(requests.Session.get_adapter, "__wrapped__")
