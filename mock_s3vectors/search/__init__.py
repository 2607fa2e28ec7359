"""Vector search: pure numerics, the only room of the house that knows faiss.

An `Engine` mirrors the rows of one index and proposes candidates for a query: `FlatEngine` by looking
at every row, `HnswEngine` by walking a graph. `top_k` computes the candidates' exact distances and
ranks them, in the same way for both. There is no state here beyond what an engine derives from rows
that others own, no HTTP and no service error.

Importing this package does not import faiss: see `flat.load_faiss`.
"""

from mock_s3vectors.search.distances import exact_distances
from mock_s3vectors.search.engine import Engine
from mock_s3vectors.search.flat import FlatEngine
from mock_s3vectors.search.hnsw import HnswEngine
from mock_s3vectors.search.ranking import top_k

__all__ = ["Engine", "FlatEngine", "HnswEngine", "exact_distances", "top_k"]
