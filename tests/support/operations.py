"""Operations by what they address, each with the arguments that it needs besides the address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.helpers import ORIGIN, POLICY, SETTINGS, vector
from tests.support.shapes import needs
from tests.support.text_search import searchable

Arguments = dict[str, dict[str, Any]]

IN_A_BUCKET: Arguments = {
    "get_vector_bucket": {},
    "list_indexes": {},
    "create_index": {"indexName": "another", **SETTINGS},
    "put_vector_bucket_policy": {"policy": POLICY},
    "get_vector_bucket_policy": {},
    "delete_vector_bucket_policy": {},
    "put_vector_bucket_default_index_mode": {"defaultIndexMode": "ENHANCED"},
}
# It needs a bucket without indexes.
OF_AN_EMPTY_BUCKET: Arguments = {"delete_vector_bucket": {}}
IN_AN_INDEX: Arguments = {
    "get_index": {},
    "put_vectors": {"vectors": [vector("key")]},
    "get_vectors": {"keys": ["key"]},
    "list_vectors": {},
    "query_vectors": {**ORIGIN, "topK": 1},
    "delete_vectors": {"keys": ["key"]},
    "delete_index": {},
    "update_index_mode": {"indexMode": "ENHANCED"},
    "update_metadata_configuration": {"add": searchable("text")},
}
OF_A_RESOURCE: Arguments = {
    "tag_resource": {"tags": {"key": "value"}},
    "list_tags_for_resource": {},
    "untag_resource": {"tagKeys": ["key"]},
}


def each_of(operations: Arguments, **address: str) -> list[Any]:
    """A parameter for each operation that the model has: its name, and all its arguments."""
    return [
        pytest.param(name, {**address, **arguments}, marks=needs(name.title().replace("_", "")), id=name)
        for name, arguments in operations.items()
    ]
