"""Search: pure numerics over rows that others own, and the only room of the house that knows faiss.

*By vector*: an `Engine` mirrors the rows of one index and proposes candidates for a query, `FlatEngine`
by looking at every row, `HnswEngine` by walking a graph; `top_k` computes the candidates' exact
distances and ranks them. *By text*: `TextIndexes` mirror the texts of metadata keys and score every row;
`highest` ranks them. *By both*: `fuse` makes one score of several rankings, for `highest` again.

There is no state here beyond what is derived from those rows, no HTTP and no service error. Importing
this package imports neither faiss (see `flat.load_faiss`) nor what texts need (see `analysis`).
"""

from mock_s3vectors.search.distances import exact_distances
from mock_s3vectors.search.engine import Engine
from mock_s3vectors.search.flat import FlatEngine
from mock_s3vectors.search.fusion import fuse
from mock_s3vectors.search.hnsw import HnswEngine
from mock_s3vectors.search.ranking import highest, top_k
from mock_s3vectors.search.text_index import TextIndexes

__all__ = ["Engine", "FlatEngine", "HnswEngine", "TextIndexes", "exact_distances", "fuse", "highest", "top_k"]
