"""Facts: analysis of texts."""

from __future__ import annotations

from mock_s3vectors.parity.fact import Facts

facts = Facts("Analysis of texts")
