"""The vectors of a picture: a sample of an index, hits and query, copied; and how the page gets them.

A picture is the same as long as the index is: the sample is random by a fixed seed, and the axes are fitted
to it alone. Hits and query are placed by these axes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mock_s3vectors.operations.helpers.searching import Search, prepare, search
from mock_s3vectors.operations.query import query_vector
from mock_s3vectors.serving.page.finding import row_of
from mock_s3vectors.serving.page.projection import project

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.serving.page.picturing import Asked
    from mock_s3vectors.world.tables import VectorTable

_SEED = 0
# Of the coordinates, of which the largest is 1: enlarged fifty times, a picture is still sharp.
_DECIMALS = 5
# Of a metadata value: what a legend and a hint can show.
_SHOWN_CHARACTERS = 80
_SHOWN_ELEMENTS = 8


class Picked(NamedTuple):
    """The vectors of a picture.

    Attributes:
        vectors: shape (points, d); a row more if there is a query, which is the last.
        keys: of the points: first the sample, then the hits that are not in it.
        values: of the metadata key, by point; None where it is missing.
        total: how many vectors the index has.
        sampled: how many points the sample has.
        hits: of points, the best first, with their distances; None for hits that somebody else has found.
        gone: keys of hits that the index does not have, or not any more.
    """

    vectors: NDArray[np.float32]
    keys: list[str]
    values: list[Any]
    total: int
    sampled: int
    hits: list[tuple[int, float | None]]
    gone: list[str]


def pick(asked: Asked, config: Config) -> Picked:
    """Return the vectors of a picture, so that nobody who writes waits for the rest of it.

    Raises:
        UsageError: the index has no vector with the key that is asked for.
        ValidationException: the vector that is asked for does not fit the index.
    """
    index = asked.index
    with index.lock:
        reader = index.reader()
        query = _query(asked, reader.table)
        is_sought = query is not None and asked.hits is None and len(reader.table) > 0
        # Of the same table: nobody writes as long as this has the lock.
        prepared = prepare(index, Search(query, [], asked.top_k, None), config) if is_sought else None
    table = reader.table
    found: dict[str, float | None]
    if prepared is None:
        found = dict.fromkeys(asked.hits or ())
    else:
        hits = search(prepared)
        found = dict(zip(hits.keys, hits.distances, strict=True))

    rows_by_key = {table.keys[row]: row for row in table.rows_of(found)}
    sample = _sample(len(table), asked.sample)
    rows = list(dict.fromkeys([*sample, *(rows_by_key[key] for key in found if key in rows_by_key)]))
    point_of = {row: point for point, row in enumerate(rows)}
    vectors = table.matrix[rows]
    return Picked(
        vectors if query is None else np.vstack([vectors, query]),
        [table.keys[row] for row in rows],
        [None if asked.colour is None else table.metadata[row].get(asked.colour) for row in rows],
        len(table),
        len(sample),
        [(point_of[rows_by_key[key]], distance) for key, distance in found.items() if key in rows_by_key],
        [key for key in found if key not in rows_by_key],
    )


def _sample(count: int, most: int) -> list[int]:
    """Return the rows to look at, in their order. However many there are, it costs the same."""
    if count <= most:
        return list(range(count))
    chosen = np.random.default_rng(_SEED).choice(count, most, replace=False, shuffle=False)
    rows: list[int] = np.sort(chosen).tolist()
    return rows


def _query(asked: Asked, table: VectorTable) -> NDArray[np.float32] | None:
    """Return the query, shape (d,); None if there is none.

    Raises:
        UsageError: there is no vector with this key.
        ValidationException: the vector does not fit the index.
    """
    if asked.key is not None:
        of_key: NDArray[np.float32] = table.matrix[row_of(asked.index, table, asked.key)].copy()
        return of_key
    return None if asked.vector is None else query_vector(asked.index, asked.vector)


def picture(asked: Asked, picked: Picked) -> dict[str, Any]:
    """Return what the page shows of vectors: coordinates and values in columns, so that 5,000 are short."""
    metric = asked.index.distance_metric
    vectors = picked.vectors.astype(np.float64)
    if metric == "cosine":
        # Cosine distances do not depend on lengths, and neither does the picture.
        vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    count = len(picked.keys)
    placed = project(vectors, picked.sampled) if count else None
    points = np.zeros((len(vectors), 2)) if placed is None else placed.points
    unit = float(np.abs(points[:count]).max(initial=0.0)) or 1.0
    # Plus zero, which makes -0.0 zero.
    points = np.round(points / unit, _DECIMALS) + 0.0
    return {
        "index": str(asked.index.arn),
        "dimension": asked.index.dimension,
        "distanceMetric": metric,
        "normalised": metric == "cosine",
        "total": picked.total,
        "sampled": picked.sampled,
        "sharesOfVariance": [0.0, 0.0] if placed is None else placed.shares.tolist(),
        "unit": unit,
        "keys": picked.keys,
        "x": points[:count, 0].tolist(),
        "y": points[:count, 1].tolist(),
        "colour": None if asked.colour is None else _coded(asked.colour, picked.values),
        "hits": [{"point": point, "distance": _written(distance)} for point, distance in picked.hits],
        "gone": picked.gone,
        "query": _described(asked.key, points[count:]),
    }


def _described(key: str | None, query: NDArray[np.float64]) -> dict[str, Any] | None:
    """Return the query, whose coordinates have shape (1, 2), or (0, 2) if there is none."""
    return {"key": key, "x": query[0, 0].item(), "y": query[0, 1].item()} if len(query) else None


def _coded(key: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return the values of a metadata key, each once, and the place of each point's value, -1 for none."""
    places: dict[Hashable, int] = {}
    shown: list[Any] = []
    codes = []
    for value in values:
        place = -1 if value is None else places.setdefault(_identity(value), len(places))
        if place == len(shown):
            shown.append(_short(value))
        codes.append(place)
    return {"key": key, "values": shown, "codes": codes}


def _identity(value: Any) -> Hashable:
    """Return something that is equal for equal values of JSON: 1 is 1.0 there, but not true."""
    if isinstance(value, list):
        return tuple(map(_identity, value))
    scalar: Hashable = (bool, value) if isinstance(value, bool) else value
    return scalar


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _SHOWN_CHARACTERS:
        return f"{value[:_SHOWN_CHARACTERS]}…"
    if isinstance(value, list):
        more = ["…"] if len(value) > _SHOWN_ELEMENTS else []
        return [_short(element) for element in value[:_SHOWN_ELEMENTS]] + more
    return value


def _written(distance: float | None) -> float | str | None:
    """Return a distance as the service writes it: JSON has no infinity."""
    return distance if distance is None or math.isfinite(distance) else "Infinity"
