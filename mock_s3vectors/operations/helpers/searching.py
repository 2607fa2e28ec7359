"""The three kinds of search: by vector, by text, and by both. The request has been checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.search import Flat, Hnsw, fuse, highest
from mock_s3vectors.world.rankings import Hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.search import SearchMethod
    from mock_s3vectors.world.tables import VectorTable


class TextQuery(NamedTuple):
    """A text to look for under a metadata key, whose texts are of this language."""

    key: str
    language: str | None
    text: str


class Search(NamedTuple):
    """A search that a request asks for.

    Attributes:
        vector: shape (dimension,), or None to search for texts alone.
        texts: none to search by vector alone; each has another key.
        top_k: how many hits at most.
        matching: only records that this filter matches are searched.
    """

    vector: NDArray[np.float32] | None
    texts: Sequence[TextQuery]
    top_k: int
    matching: Filter | None


def search(table: VectorTable, wanted: Search, config: Config) -> Hits:
    """Return the hits, best first."""
    vector, texts, top_k, matching = wanted
    method = _method(config)
    mask = table.mask(matching)
    if vector is not None and not texts:
        nearest = table.nearest(vector, top_k, mask, method)
        return _hits(table, [row for row, _ in nearest], dict(nearest))

    scores = [table.texts.scores(*text) for text in texts]
    if vector is None:
        total = choices.text_score(scores)
        rows = highest(total, top_k, table.keys, _found(total, mask))
        return _hits(table, rows, {}, scores)

    depth = choices.ranking_depth(top_k)
    distances = dict(table.nearest(vector, depth, mask, method))
    by_text = [highest(of_text, depth, table.keys, _found(of_text, mask)) for of_text in scores]
    fused = fuse([list(distances), *by_text], len(table))
    rows = highest(fused, top_k, table.keys, fused > 0.0)
    return _hits(table, rows, distances, scores, fused)


def _method(config: Config) -> SearchMethod:
    """Return the way to search by vector that the options name."""
    if config.search_engine == "hnsw":
        return Hnsw(config.hnsw_m, config.hnsw_ef_construction, config.hnsw_ef_search)
    return Flat()


def _found(scores: NDArray[np.float64], mask: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Return the rows that a text finds, shape (rows,), of those that a filter allows."""
    found = choices.is_found(scores)
    return found if mask is None else found & mask


def _hits(
    table: VectorTable,
    rows: list[int],
    distances: dict[int, float],
    scores: Sequence[NDArray[np.float64]] = (),
    fused: NDArray[np.float64] | None = None,
) -> Hits:
    return Hits(
        keys=[table.keys[row] for row in rows],
        metadata=[table.metadata[row] for row in rows],
        distances=[distances.get(row) for row in rows],
        bm25=np.array([of_text[rows] for of_text in scores], np.float32) if scores else None,
        fused=None if fused is None else fused[rows].astype(np.float32),
    )
