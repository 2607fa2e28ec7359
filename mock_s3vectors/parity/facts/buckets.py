"""Facts: buckets and indexes."""

from __future__ import annotations

from mock_s3vectors.parity.fact import Facts

facts = Facts("Buckets and indexes")
