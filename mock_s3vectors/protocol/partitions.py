"""Which partition a Region belongs to, from botocore's own table."""

from __future__ import annotations

import re
from functools import lru_cache

from botocore.loaders import Loader


@lru_cache(maxsize=1)
def _partitions() -> list[tuple[str, frozenset[str], re.Pattern[str]]]:
    data = Loader().load_data("partitions")
    return [
        (partition["id"], frozenset(partition["regions"]), re.compile(partition["regionRegex"]))
        for partition in data["partitions"]
    ]


@lru_cache(maxsize=256)
def partition_of(region: str) -> str:
    """The partition's id, `aws` for a Region that nobody knows (as botocore has it)."""
    for name, regions, pattern in _partitions():
        if region in regions or pattern.match(region):
            return name
    return "aws"
