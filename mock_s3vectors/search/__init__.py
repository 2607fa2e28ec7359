"""Search: pure numerics over rows that others own, and the only room of the house that knows faiss.

*By vector*: a `SearchMethod`, `Flat()`, `Hnsw(...)` or `Quantized()`, builds an `Engine`, which mirrors the
rows of one index and makes a `Plan` for each query, which proposes candidates: that of `FlatEngine` looks at
every row, that of `HnswEngine` walks a graph, that of `QuantizedEngine` looks at every row after it was
quantized; `top_k` computes the candidates' exact distances and ranks them. `Losses` hide rows from any of
them. *By text*: `TextIndexes` mirror the texts of metadata keys and score every row; `highest` ranks them.
*By both*: `fuse` makes one score of several rankings, for `highest` again.

All state here is derived from those rows; this package knows neither HTTP nor service errors. Importing
it imports neither faiss (see `flat.load_faiss`) nor the packages that texts need (see `analysis`).
"""

from mock_s3vectors.search.distances import exact_distances
from mock_s3vectors.search.engine import Engine, Plan, SearchMethod
from mock_s3vectors.search.flat import Flat, FlatEngine
from mock_s3vectors.search.fusion import fuse
from mock_s3vectors.search.hnsw import Hnsw, HnswEngine
from mock_s3vectors.search.losses import Losses
from mock_s3vectors.search.quantized import Quantized, QuantizedEngine
from mock_s3vectors.search.ranking import highest, top_k
from mock_s3vectors.search.text_index import TextIndexes

__all__ = [
    "Engine",
    "Flat",
    "FlatEngine",
    "Hnsw",
    "HnswEngine",
    "Losses",
    "Plan",
    "Quantized",
    "QuantizedEngine",
    "SearchMethod",
    "TextIndexes",
    "exact_distances",
    "fuse",
    "highest",
    "top_k",
]
