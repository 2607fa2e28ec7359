"""QueryVectors: check a request, search, and show the hits, a hundred a page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors import choices, limits
from mock_s3vectors.errors import constraints, refusals
from mock_s3vectors.filtering import compile_filter
from mock_s3vectors.operations.helpers.addressing import find_index
from mock_s3vectors.operations.helpers.keys import check_key
from mock_s3vectors.operations.helpers.paging import make_token, read_token
from mock_s3vectors.operations.helpers.records import to_float32, vector_faults
from mock_s3vectors.operations.helpers.searching import Search, TextQuery, prepare, search
from mock_s3vectors.world.metering import Amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.exchange import Exchange, Params, Result
    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.world import Index
    from mock_s3vectors.world.rankings import Hits, Ranking

# The parameters that a request for a further page must repeat. The index is not one of them: only the index
# itself knows the name of its ranking. The vector is another, which tokens spend their time on.
_REPEATED = ("queryTexts", "topK", "filter", "queryMode")


def _scope(params: Params) -> tuple[Any, ...]:
    # orjson writes the same numbers ten times as fast as a token's own JSON does.
    vector = orjson.dumps(params["queryVector"]["float32"]).decode() if "queryVector" in params else None
    return "QueryVectors", vector, *(params.get(name) for name in _REPEATED)


def query_vectors(exchange: Exchange, params: Params) -> Result:
    """Search an index. All checks come before any vector is read. Choice: billed-text-queries."""
    index = find_index(exchange, params)
    ranking, start, processed = None, 0, 0
    with index.lock:
        wanted = check_query(index, params, exchange.now())
        token = params.get("nextToken")
        if token is None:
            prepared = prepare(index, wanted, exchange.config)
            processed = prepared.reader.table.total_size.queried
        else:
            # The ranking is frozen, so nothing is searched again. Choice: billed-query-pages.
            ranking, start = _continue(index, token, params, exchange.now())
    check_key(exchange, index)
    hits = search(prepared) if ranking is None else ranking.hits
    end = start + limits.QUERY_PAGE
    result: Result = {
        "vectors": describe(hits, range(len(hits))[start:end], params),
        "distanceMetric": index.distance_metric,
    }
    if end < len(hits):
        if ranking is None:
            with index.lock:
                ranking = index.rankings.freeze(hits, exchange.now())
        result["nextToken"] = make_token(f"{ranking.name}:{end}", *_scope(params))
    exchange.stores.meter.add(Amounts(query_requests=1, query_bytes=processed))
    return result


def find_hits(index: Index, params: Params, config: Config, now: float) -> Hits:
    """Return all hits of a query for somebody who only looks: nothing is frozen or counted, no key is asked.

    Args:
        index: to search in.
        params: those of QueryVectors, which satisfy the model.
        config: the options that hold.
        now: seconds since the epoch.

    Raises:
        ValidationException: see `check_query`.
    """
    with index.lock:
        prepared = prepare(index, check_query(index, params, now), config)
    return search(prepared)


def check_query(index: Index, params: Params, now: float) -> Search:
    """Return the search that a request asks for. The caller holds the lock of the index.

    Raises:
        ValidationException: the mode, the number of results, the filter, the vector or a text is refused.
    """
    mode = params.get("queryMode", index.mode)
    if mode == "CLASSIC" and index.mode == "ENHANCED":
        raise refusals.classic_query_on_enhanced_index()
    # The model has no maximum here; the text is that of its other maxima. Choice: top-k-text.
    if params["topK"] > limits.TOP_K:
        raise constraints.constraint_violation(constraints.bad_range("/topK", 1, limits.TOP_K))
    matching = _matching(index, params, mode)
    if "queryVector" not in params and "queryTexts" not in params:
        raise refusals.nothing_to_query()
    vector = query_vector(index, params["queryVector"]["float32"]) if "queryVector" in params else None
    texts = _query_texts(index, params["queryTexts"], now) if "queryTexts" in params else []
    return Search(vector, texts, params["topK"], matching)


def _matching(index: Index, params: Params, mode: str) -> Filter | None:
    """Return the compiled filter; None if the request has none."""
    if "filter" not in params:
        return None
    return compile_filter(
        params["filter"], non_filterable=index.non_filterable_keys, enhanced=mode == "ENHANCED"
    )


def query_vector(index: Index, values: Sequence[float]) -> NDArray[np.float32]:
    """Return the query vector, shape (dimension,).

    Raises:
        ValidationException: it does not fit the index.
    """
    if len(values) != index.dimension:
        raise refusals.invalid_query_vector(refusals.vector_length(index.dimension, len(values)))
    query = to_float32([values], index.dimension)
    faults = vector_faults(query, index.distance_metric)
    if faults:
        raise refusals.invalid_query_vector(faults[0])
    vector: NDArray[np.float32] = query[0]
    return vector


def _query_texts(index: Index, entries: Sequence[dict[str, str]], now: float) -> list[TextQuery]:
    """Return the texts to search for, each with the language of its metadata key.

    Raises:
        ValidationException: the index, or one of the keys, cannot be searched for text.
    """
    # This holds for each queryMode. Choice: text-query-on-classic-index.
    if index.mode == "CLASSIC":
        raise refusals.text_query_on_classic_index()
    if len({entry["metadataKey"] for entry in entries}) < len(entries):
        raise refusals.duplicate_query_text_keys()
    texts = []
    for entry in entries:
        key = entry["metadataKey"]
        text_search = index.text_search.get(key)
        if text_search is None:
            raise refusals.key_not_searchable(key)
        if not text_search.is_active(now):
            raise refusals.key_still_building(key)
        texts.append(TextQuery(key, text_search.language, entry["text"]))
    return texts


def _continue(index: Index, token: str, params: Params, now: float) -> tuple[Ranking, int]:
    """Return the ranking that the first page froze, and the position at which the next page begins.

    Raises:
        ValidationException: the ranking has expired, or was another request's. Choice: ranking-gone.
    """
    name, _, start = read_token(token, *_scope(params)).partition(":")
    ranking = index.rankings.find(name, now)
    if ranking is None:
        raise refusals.invalid_page_token()
    return ranking, int(start)


def describe(hits: Hits, places: range, params: Params) -> list[Result]:
    """Return hits, those at these places, with the members that the request asks for."""
    described: list[Result] = [{"key": hits.keys[place]} for place in places]
    if params.get("returnDistance"):
        for entry, place in zip(described, places, strict=True):
            distance = hits.distances[place]
            shown = choices.MISSING_DISTANCE if distance is None else _written(distance)
            if shown is not None:
                entry["distance"] = shown
    if params.get("returnScores") and hits.bm25 is not None:
        keys = [text["metadataKey"] for text in params["queryTexts"]]
        for entry, place in zip(described, places, strict=True):
            entry["scores"] = _scores(hits, place, keys, hits.bm25[:, place].tolist())
    if params.get("returnMetadata"):
        for entry, place in zip(described, places, strict=True):
            entry["metadata"] = hits.metadata[place]
    return described


def _scores(hits: Hits, place: int, keys: Sequence[str], bm25: Sequence[float]) -> Result:
    """Return the scores of a hit by metadata key; in a hybrid search two more. Choice: empty-bm25-scores."""
    matched = zip(keys, bm25, strict=True)
    scores: Result = {
        "bm25Scores": [{"metadataKey": key, "score": score} for key, score in matched if score > 0.0]
    }
    if hits.fused is not None:
        scores["fused"] = float(hits.fused[place])
        distance = hits.distances[place]
        if distance is not None:
            scores["vectorDistance"] = _written(distance)
    return scores


def _written(distance: float) -> float | str:
    """Return a distance as the protocol writes it: JSON has no infinity. Choice: infinite-distances."""
    return distance if math.isfinite(distance) else "Infinity"
