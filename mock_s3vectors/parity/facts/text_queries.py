"""Facts: full-text and hybrid queries."""

from __future__ import annotations

from mock_s3vectors.parity.fact import Facts

facts = Facts("Full-text and hybrid queries")
