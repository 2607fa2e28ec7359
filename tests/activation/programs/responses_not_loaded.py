"""Prints whether `responses` is loaded: after a call to another host, and after one of S3 Vectors."""

from __future__ import annotations

import sys

import requests

from mock_s3vectors import mock_s3vectors

with mock_s3vectors():
    try:
        requests.get("http://127.0.0.1:1/", timeout=10)
    except requests.ConnectionError:
        print("responses" in sys.modules)
    requests.post("https://s3vectors.us-east-1.api.aws/ListVectorBuckets", data=b"{}", timeout=10)
    print("responses" in sys.modules)
