"""QueryVectors: the k nearest vectors that a filter allows, a hundred a page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mock_s3vectors import clock, errors, limits
from mock_s3vectors.errors import UsageError
from mock_s3vectors.filtering import compile_filter
from mock_s3vectors.operations.addressing import find_index
from mock_s3vectors.operations.paging import make_token, read_token
from mock_s3vectors.operations.records import to_float32, vector_refusals
from mock_s3vectors.state.rankings import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.operations.call import Call, Params, Result
    from mock_s3vectors.state import Index
    from mock_s3vectors.state.rankings import Ranking

# What the request for a further page has in common with the first. The index is not among it, because
# a ranking's name is known to its index alone.
_REPEATED = ("queryVector", "queryTexts", "topK", "filter", "queryMode")


def _scope(params: Params) -> tuple[Any, ...]:
    return "QueryVectors", *(params.get(name) for name in _REPEATED)


def query_vectors(call: Call, params: Params) -> Result:
    """Searches an index; everything is checked before any vector is looked at."""
    index = find_index(call, params)
    matching = _check(index, params)
    query = _query_vector(index, params)
    token = params.get("nextToken")
    with index.lock:
        if token is None:
            hits: Sequence[Hit] = _search(call, index, query, params["topK"], matching)
            ranking, start = None, 0
        else:
            ranking, start = _continue(index, token, params)
            hits = ranking.hits
        end = start + limits.QUERY_PAGE
        result: Result = {
            "vectors": _describe(hits[start:end], params),
            "distanceMetric": index.distance_metric,
        }
        if end < len(hits):
            ranking = ranking or index.rankings.freeze(hits, clock.now())
            result["nextToken"] = make_token(f"{ranking.name}:{end}", *_scope(params))
    return result


def _check(index: Index, params: Params) -> Filter | None:
    """The compiled filter of a request that fits the index in all but its vector.

    Raises:
        ValidationException: the mode, the number of results or the filter is refused.
    """
    mode = params.get("queryMode", index.mode)
    if mode == "CLASSIC" and index.mode == "ENHANCED":
        raise errors.classic_query_on_enhanced_index()
    # Choice: the model has no maximum; the text is that of those which it has.
    if params["topK"] > limits.TOP_K:
        raise errors.constraint_violations([errors.bad_range("/topK", 1, limits.TOP_K)])
    if "filter" not in params:
        return None
    return compile_filter(
        params["filter"], non_filterable=index.non_filterable_keys, enhanced=mode == "ENHANCED"
    )


def _query_vector(index: Index, params: Params) -> NDArray[np.float32]:
    """The query vector, shape (dimension,).

    Raises:
        ValidationException: there is none, or it does not fit the index.
    """
    if "queryTexts" in params:
        raise UsageError(
            "QueryVectors was asked for queryTexts: mock_s3vectors has no full-text search yet. "
            "Query by queryVector and filter."
        )
    if "queryVector" not in params:
        raise errors.nothing_to_query()
    values = params["queryVector"]["float32"]
    if len(values) != index.dimension:
        raise errors.invalid_query_vector(errors.vector_length(index.dimension, len(values)))
    query = to_float32([values], index.dimension)
    refusals = vector_refusals(query, index.distance_metric)
    if refusals:
        raise errors.invalid_query_vector(refusals[0])
    vector: NDArray[np.float32] = query[0]
    return vector


def _search(
    call: Call, index: Index, query: NDArray[np.float32], k: int, matching: Filter | None
) -> list[Hit]:
    table = index.vectors
    nearest = table.nearest(query, k, matching, call.config)
    return [Hit(table.keys[row], distance, table.metadata[row]) for row, distance in nearest]


def _continue(index: Index, token: str, params: Params) -> tuple[Ranking, int]:
    """The ranking that the first page froze, and where in it the next page begins.

    Raises:
        ValidationException: the ranking has expired, or was another request's (Choice for the text).
    """
    name, _, start = read_token(token, *_scope(params)).partition(":")
    ranking = index.rankings.find(name, clock.now())
    if ranking is None:
        raise errors.invalid_page_token()
    return ranking, int(start)


def _describe(hits: Sequence[Hit], params: Params) -> list[Result]:
    """The hits, with what the request wants to see of them."""
    described: list[Result] = [{"key": hit.key} for hit in hits]
    if params.get("returnDistance"):
        for entry, hit in zip(described, hits, strict=True):
            # JSON has no infinity; a squared distance beyond float32 is written as the protocol does.
            entry["distance"] = hit.distance if math.isfinite(hit.distance) else "Infinity"
    if params.get("returnMetadata"):
        for entry, hit in zip(described, hits, strict=True):
            entry["metadata"] = hit.metadata
    return described
