"""A search among many rows, which imports faiss."""

from __future__ import annotations

import sys

import numpy as np

from mock_s3vectors.search import Flat, top_k

rows = np.random.default_rng(0).standard_normal((2000, 100), dtype=np.float32)
keys = [str(i) for i in range(2000)]
found = top_k(Flat().build("euclidean", 100).plan(rows[7], 1, rows, None), "euclidean", keys)
assert found == [(7, 0.0)]
assert "faiss" in sys.modules
