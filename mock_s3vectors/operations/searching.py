"""The three kinds of search: by vector, by text, and by both. What comes here has been checked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.search import fuse, highest
from mock_s3vectors.state.rankings import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.state.vector_table import VectorTable


class TextQuery(NamedTuple):
    """A text to look for under a metadata key, whose texts are of this language."""

    key: str
    language: str | None
    text: str


class Search(NamedTuple):
    """What to search for.

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


def search(table: VectorTable, wanted: Search, config: Config) -> list[Hit]:
    """The hits, best first."""
    vector, texts, top_k, matching = wanted
    mask = table.mask(matching)
    if vector is not None and not texts:
        nearest = table.nearest(vector, top_k, mask, config)
        return [_hit(table, row, _written(distance)) for row, distance in nearest]

    scores = [table.texts.scores(*text) for text in texts]
    if vector is None:
        best = highest(choices.text_score(scores), top_k, table.keys, mask)
        return [_hit(table, row, choices.MISSING_DISTANCE, _bm25(texts, scores, row)) for row, _ in best]

    depth = max(top_k, choices.RANKING_DEPTH)
    distances = dict(table.nearest(vector, depth, mask, config))
    rankings = [list(distances)]
    rankings += [[row for row, _ in highest(of_text, depth, table.keys, mask)] for of_text in scores]
    hits = []
    for row, fused in highest(fuse(rankings, len(table)), top_k, table.keys, None):
        distance = _written(distances[row]) if row in distances else choices.MISSING_DISTANCE
        described = {"fused": fused, **_bm25(texts, scores, row)}
        if distance is not None:
            described["vectorDistance"] = distance
        hits.append(_hit(table, row, distance, described))
    return hits


def _hit(
    table: VectorTable, row: int, distance: float | str | None, scores: dict[str, Any] | None = None
) -> Hit:
    return Hit(table.keys[row], table.metadata[row], distance, scores)


def _bm25(texts: Sequence[TextQuery], scores: Sequence[NDArray[np.float64]], row: int) -> dict[str, Any]:
    """The scores of a row for the keys that it matches."""
    return {
        "bm25Scores": [
            {"metadataKey": text.key, "score": float(np.float32(of_text[row]))}
            for text, of_text in zip(texts, scores, strict=True)
            if choices.is_match(of_text[row])
        ]
    }


def _written(distance: float) -> float | str:
    """JSON has no infinity; a squared distance beyond float32 is written as the protocol does."""
    return distance if math.isfinite(distance) else "Infinity"
