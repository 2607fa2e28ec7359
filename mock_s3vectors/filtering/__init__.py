"""Metadata filters: compiled once, then evaluated over columns.

`compile_filter` turns a query's `filter` document into a `Filter`, and every refusal happens there,
before any data is read. `Filter.mask` then answers one boolean per row from `Columns`, the derived,
droppable view of an index's metadata. In reading order: `grammar` (document in, tree out), `tree`
(conditions and how they join), `columns` (rows to value ids), `vocabulary` (values to ids), `elements`
(arrays to ids). Beside them, `idle` finds conditions that fit no value there is.

The room is beside `search`, below `world`. It knows errors and arrays, but neither HTTP nor botocore.
"""

from mock_s3vectors.filtering.columns import Columns
from mock_s3vectors.filtering.grammar import compile_filter
from mock_s3vectors.filtering.idle import IdleCondition, idle_conditions
from mock_s3vectors.filtering.tree import Filter

__all__ = ["Columns", "Filter", "IdleCondition", "compile_filter", "idle_conditions"]
