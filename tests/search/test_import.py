"""faiss takes long to import: it must wait for the first search that needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mock_s3vectors

SMALL_SEARCH = """
import sys, numpy as np
from mock_s3vectors.search import Flat, Hnsw, top_k
assert "faiss" not in sys.modules
rows = np.eye(100, dtype=np.float32)
for method in (Flat(), Hnsw()):
    for metric in ("euclidean", "cosine"):
        engine = method.build(metric, 100)
        engine.write(np.arange(100), rows)
        engine.remove(5, 99)
        top_k(engine, metric, rows[0], 10, rows[:99], [str(i) for i in range(99)], rows[0] == 1)
        top_k(engine, metric, rows[0], 10, rows[:99], [str(i) for i in range(99)], None)
assert "faiss" not in sys.modules
"""


LARGE_SEARCH = """
import sys, numpy as np
from mock_s3vectors.search import Flat, top_k
rows = np.random.default_rng(0).standard_normal((2000, 100), dtype=np.float32)
keys = [str(i) for i in range(2000)]
found = top_k(Flat().build("euclidean", 100), "euclidean", rows[7], 1, rows, keys, None)
assert found == [(7, 0.0)]
assert "faiss" in sys.modules
"""


def run(program: str) -> None:
    home = Path(mock_s3vectors.__file__).parents[1]
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=home, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_faiss_waits_for_a_search_among_many_rows() -> None:
    run(SMALL_SEARCH)


def test_importing_faiss_does_not_warn() -> None:
    run(LARGE_SEARCH)
