"""Searches among few rows, for which nobody imports faiss."""

from __future__ import annotations

import sys

import numpy as np

from mock_s3vectors.search import Flat, Hnsw, top_k

assert "faiss" not in sys.modules
rows = np.eye(100, dtype=np.float32)
keys = [str(i) for i in range(99)]
for method in (Flat(), Hnsw()):
    for metric in ("euclidean", "cosine"):
        engine = method.build(metric, 100)
        engine.write(np.arange(100), rows)
        engine.remove(5, 99)
        top_k(engine.plan(rows[0], 10, rows[:99], rows[0, :99] == 1), metric, keys)
        top_k(engine.plan(rows[0], 10, rows[:99], None), metric, keys)
assert "faiss" not in sys.modules
