"""Requests of 20 MiB, the longest that S3 Vectors takes, and of a byte more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

BODY_LIMIT = 20_971_520
BULKY = {"vectorBucketName": "bucket", "indexName": "bulky"}
BULKY_SETTINGS: dict[str, Any] = {
    "dimension": 512,
    "metadataConfiguration": {"nonFilterableMetadataKeys": ["bulk"]},
}


def bulky_records(filler: int) -> list[dict[str, Any]]:
    """As many records as one call takes, with so many bytes of text in their metadata."""
    each, rest = divmod(filler, 500)
    return [
        {
            "key": f"{number:03}",
            "data": {"float32": [0.5] * 512},
            "metadata": {"bulk": "x" * (each + (number < rest))},
        }
        for number in range(500)
    ]


def stored_filler(client: Any) -> int:
    """How many bytes of such text the index has."""
    pages = client.get_paginator("list_vectors").paginate(**BULKY, returnMetadata=True)
    return sum(len(vector["metadata"]["bulk"]) for page in pages for vector in page["vectors"])


def at_the_limit(
    measure: Callable[[dict[str, Any]], int], put: Callable[[dict[str, Any]], Any], client: Any
) -> list[Any]:
    """Put a body that is a byte too long, then one that is not; return both answers, with the excess stored.

    Args:
        measure: how long a body the client makes of parameters of PutVectors.
        put: the answer or refusal.
        client: one of boto3, that looks what is stored.
    """
    filler = BODY_LIMIT - measure({**BULKY, "vectors": bulky_records(0)})
    return [
        (put({**BULKY, "vectors": bulky_records(filler + 1)}), stored_filler(client)),
        (put({**BULKY, "vectors": bulky_records(filler)}), stored_filler(client) - filler),
    ]
