"""Answers to the page about the vectors of an index: pages of all, or of those that a filter matches; one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.filtering import compile_filter
from mock_s3vectors.serving.page.finding import index_of, row_of, shortened, slice_of
from mock_s3vectors.serving.page.indexes import type_of
from mock_s3vectors.workbench.documents import check_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index
    from mock_s3vectors.world.tables import VectorTable

# How much of its metadata is shown with a vector in a list, in characters of JSON.
_SHOWN_METADATA = 160


def list_vectors(level: Level, document: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the vectors of an index, in the order of its rows.

    That is the order in which they were first put, but that a delete moves the last one into its gap. So a
    page is found by its position, whatever there is, and no key need be hashed. A page shows what is there
    when it is asked for.
    """
    check_names(document, "the question", ("index", "filter", "start", "limit"))
    index = index_of(level, document.get("index"))
    matching = _matching(index, document)
    limit, _, start = slice_of(document)
    # Under the lock, like the filter of a query, which finds the same columns.
    with index.lock:
        table = index.vectors
        rows, total = _rows(table, matching, start, limit)
        # Objects of metadata are replaced, never changed: they can be read when the lock is free again.
        found = [(table.keys[row], table.sizes[row][0], table.metadata[row]) for row in rows]
        count = len(table)
    vectors = [
        {"key": key, "bytes": size, **shortened(metadata, _SHOWN_METADATA)} for key, size, metadata in found
    ]
    return {"vectors": vectors, "start": start, "total": total, "count": count}


def _matching(index: Index, document: dict[str, Any]) -> Filter | None:
    """Return the compiled filter of a question; None if it has none."""
    if "filter" not in document:
        return None
    return compile_filter(
        document["filter"], non_filterable=index.non_filterable_keys, enhanced=index.mode == "ENHANCED"
    )


def _rows(table: VectorTable, matching: Filter | None, start: int, limit: int) -> tuple[Sequence[int], int]:
    """Return the rows of a page, and how many all pages have."""
    mask = table.mask(matching)
    if mask is None:
        return range(len(table))[start : start + limit], len(table)
    found = np.flatnonzero(mask)
    return found[start : start + limit].tolist(), len(found)


def describe_vector(level: Level, document: dict[str, Any]) -> dict[str, Any]:
    """Return a vector with its numbers, its norm and its metadata; each value as JSON, for all its digits.

    Raises:
        UsageError: there is no such vector.
    """
    index, key = index_of(level, document.get("index")), document.get("key")
    with index.lock:
        table = index.vectors
        row = row_of(index, table, key)
        data, metadata, size = table.matrix[row].copy(), table.metadata[row], table.sizes[row][0]
    return {
        "key": key,
        "bytes": size,
        "data": data,
        "norm": float(np.linalg.norm(data.astype(np.float64))),
        "metadata": [
            {
                "name": name,
                "type": _described_type(value),
                "filterable": name not in index.non_filterable_keys,
                "json": orjson.dumps(value).decode(),
            }
            for name, value in metadata.items()
        ],
    }


def _described_type(value: Any) -> str:
    return f"array of {type_of(value[0])}s" if isinstance(value, list) else type_of(value)
