"""The three kinds of search: by vector, by text, and by both. The request has been checked.

`prepare` does what needs the lock of the index; `search` works without it, so that queries run side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.search import Flat, Hnsw, Losses, Quantized, fuse, highest
from mock_s3vectors.world.rankings import Hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.search import Plan, SearchMethod
    from mock_s3vectors.world.resources import Index, Reader
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


class Prepared(NamedTuple):
    """A search that needs the lock of its index no more.

    Attributes:
        reader: keeps the table as it is.
        top_k: how many hits at most.
        depth: how many hits each of the rankings has, of which a hybrid search makes one.
        mask: the rows that the filter matches; None for all of them.
        plan: finds the nearest rows; None to search for texts alone.
        scores: of all rows, by text.
    """

    reader: Reader
    top_k: int
    depth: int
    mask: NDArray[np.bool_] | None
    plan: Plan | None
    scores: Sequence[NDArray[np.float64]]


def prepare(index: Index, wanted: Search, config: Config) -> Prepared:
    """Do what a search needs the lock for; the caller holds it."""
    vector, texts, top_k, matching = wanted
    reader = index.reader()
    table = reader.table
    depth = choices.ranking_depth(top_k) if vector is not None and texts else top_k
    mask, plan = table.mask(matching), None
    if vector is not None:
        # A search for texts misses nothing. Choice: text-recall.
        losses = Losses(config.recall, config.seed)
        found = mask if config.recall == 1 else losses.rows_found(mask, table.keys, vector, depth)
        plan = table.plan(vector, depth, found, _method(index, config))
    return Prepared(reader, top_k, depth, mask, plan, [table.texts.scores(*text) for text in texts])


def search(prepared: Prepared) -> Hits:
    """Return the hits, best first."""
    reader, top_k, depth, mask, plan, scores = prepared
    table = reader.table
    distances = {} if plan is None else dict(table.nearest(plan))
    if not scores:
        return _hits(table, list(distances), distances)
    if plan is None:
        total = choices.text_score(scores)
        rows = highest(total, depth, table.keys, _found(total, mask))
        return _hits(table, rows, {}, scores)

    by_text = [highest(of_text, depth, table.keys, _found(of_text, mask)) for of_text in scores]
    fused = fuse([list(distances), *by_text], len(table))
    rows = highest(fused, top_k, table.keys, fused > 0.0)
    return _hits(table, rows, distances, scores, fused)


def _method(index: Index, config: Config) -> SearchMethod:
    """Return the way to search by vector that the options name.

    How vectors are held is up to the mode of the index, not to that of a query (Choice: quantized-modes).
    """
    if config.search_engine == "hnsw":
        return Hnsw(config.hnsw_m, config.hnsw_ef_construction, config.hnsw_ef_search)
    if config.search_engine == "quantized" and index.mode == "ENHANCED":
        return Quantized()
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
