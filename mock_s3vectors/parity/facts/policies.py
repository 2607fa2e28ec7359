"""Facts: policies."""

from __future__ import annotations

from mock_s3vectors.parity.fact import Facts

facts = Facts("Policies")
