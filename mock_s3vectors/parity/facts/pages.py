"""Facts: lists and pages."""

from __future__ import annotations

from mock_s3vectors.parity.fact import Facts

facts = Facts("Lists and pages")
