"""PutVectors, GetVectors, ListVectors, DeleteVectors."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate, islice
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import find_index
from mock_s3vectors.operations.helpers.keys import check_key
from mock_s3vectors.operations.helpers.paging import Turn
from mock_s3vectors.operations.helpers.records import check_distinct, check_keys, check_records
from mock_s3vectors.world.metering import Amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.config import Config
    from mock_s3vectors.exchange import Exchange, Params, Result
    from mock_s3vectors.world import Index


def put_vectors(exchange: Exchange, params: Params) -> Result:
    """Write all of the vectors, or none if one is refused."""
    index = find_index(exchange, params)
    keys = [record["key"] for record in params["vectors"]]
    check_keys(keys)
    check_distinct(keys)
    data, metadata, sizes = check_records(index, params["vectors"])
    check_key(exchange, index)
    with index.lock:
        check_vector_quota(index, keys, exchange.config)
        index.put(keys, data, metadata, sizes)
    written = sum(stored for stored, _ in sizes)
    billed = max(written, limits.BILLED_PUT_BYTES)
    exchange.stores.meter.add(Amounts(put_requests=1, put_bytes=written, billed_put_bytes=billed))
    return {}


def check_vector_quota(index: Index, keys: Sequence[str], config: Config) -> None:
    """Raise unless there is room for vectors with these keys; the caller holds the index's lock."""
    table, quota = index.vectors, config.max_vectors_per_index
    new = len(table.unknown(keys))
    # Overwriting is free even where a nested mock has lowered the quota below what is there.
    if new and len(table) + new > quota:
        raise refusals.too_many_vectors(quota)


def get_vectors(exchange: Exchange, params: Params) -> Result:
    """Return those of the vectors that exist.

    Choice: get-vectors-order. So a test catches code that relies on the order of its request.
    """
    index = find_index(exchange, params)
    check_keys(params["keys"])
    check_key(exchange, index)
    with index.lock:
        found = _describe(index, index.vectors.rows_of(params["keys"]), params)
    exchange.stores.meter.add(Amounts(get_requests=1))
    return {"vectors": found}


def list_vectors(exchange: Exchange, params: Params) -> Result:
    """Return a page of the index, or of one of its segments, in listing order."""
    index = find_index(exchange, params)
    segment, segments = _segment_of(params)
    scope = "ListVectors", str(index.arn), segment, segments
    turn = Turn(params, *scope, empty_pages=exchange.config.empty_pages)
    most = params.get("maxResults", limits.LIST_PAGE)
    with index.lock:
        table = index.vectors
        left = list(islice(table.rows_listed(turn.after or None, segment, segments), most + 1))
        processed = list(accumulate(table.sizes[row][0] for row in left))
        # The vector that exceeds the limit is still on the page.
        rows = left[: min(most, bisect(processed, limits.LIST_PAGE_BYTES) + 1)]
        more: dict[str, str] = {}
        if left and turn.passes:
            rows, more = [], turn.next_after_none()
        elif len(rows) < len(left):
            more = turn.next_after(table.keys[rows[-1]])
        found = _describe(index, rows, params)
    exchange.stores.meter.add(Amounts(list_requests=1))
    return {"vectors": found, **more}


def delete_vectors(exchange: Exchange, params: Params) -> Result:
    """Delete those of the vectors that exist."""
    index = find_index(exchange, params)
    check_keys(params["keys"])
    check_distinct(params["keys"])
    check_key(exchange, index)
    with index.lock:
        index.delete(params["keys"])
    exchange.stores.meter.add(Amounts(delete_requests=1))
    return {}


def _segment_of(params: Params) -> tuple[int, int]:
    """Return the segment, and how many there are; without both members, the first of one.

    Raises:
        ValidationException: one without the other, or no such segment.
    """
    segments, segment = params.get("segmentCount"), params.get("segmentIndex")
    if (segments is None) != (segment is None):
        raise refusals.segment_pair()
    if segments is None or segment is None:
        return 0, 1
    if segment >= segments:
        raise refusals.segment_index()
    return segment, segments


def _describe(index: Index, rows: Sequence[int], params: Params) -> list[Result]:
    """Return the vectors of these rows, with the members that the request asks for."""
    table = index.vectors
    described: list[Result] = [{"key": table.keys[row]} for row in rows]
    if params.get("returnData"):
        # Doubles, because the wire shows float32 values as such: 0.9 reads 0.8999999761581421.
        for entry, values in zip(described, table.matrix[list(rows)].astype(np.float64), strict=True):
            entry["data"] = {"float32": values}
    if params.get("returnMetadata"):
        for entry, row in zip(described, rows, strict=True):
            entry["metadata"] = table.metadata[row]
    return described
