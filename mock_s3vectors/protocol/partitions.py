"""Which partition a Region belongs to, and its host names, from botocore's own table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from botocore.loaders import Loader


@lru_cache(maxsize=1)
def _data() -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = Loader().load_data("partitions")["partitions"]
    return data


@lru_cache(maxsize=1)
def _partitions() -> list[tuple[str, frozenset[str], re.Pattern[str]]]:
    return [
        (partition["id"], frozenset(partition["regions"]), re.compile(partition["regionRegex"]))
        for partition in _data()
    ]


@lru_cache(maxsize=1)
def endpoint_suffixes() -> dict[str, str]:
    """What follows `s3vectors.{region}.` in each partition, by what follows it for other services."""
    outputs = [partition["outputs"] for partition in _data()]
    return {output["dnsSuffix"]: output["dualStackDnsSuffix"] for output in outputs}


@lru_cache(maxsize=256)
def partition_of(region: str) -> str:
    """The partition's id, `aws` for a Region that nobody knows (as botocore has it)."""
    for name, regions, pattern in _partitions():
        if region in regions or pattern.match(region):
            return name
    return "aws"
