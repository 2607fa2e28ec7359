"""The partitions of Regions and their host names, from botocore's own table; the environment's Region."""

from __future__ import annotations

import os
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


# Documented; an older botocore gives aws-eusc only the suffix of other services.
_SUFFIXES = {
    "amazonaws.com": "api.aws",
    "amazonaws.com.cn": "api.amazonwebservices.com.cn",
    "amazonaws.eu": "api.amazonwebservices.eu",
}


@lru_cache(maxsize=1)
def endpoint_suffixes() -> tuple[frozenset[str], dict[str, str]]:
    """Return all suffixes after `s3vectors.{region}.`, and each by the suffix of other services."""
    outputs = [partition["outputs"] for partition in _data()]
    by_other = {output["dnsSuffix"]: output["dualStackDnsSuffix"] for output in outputs} | _SUFFIXES
    of_botocore = {output["dualStackDnsSuffix"] for output in outputs}
    return frozenset({*of_botocore, *by_other.values()}), by_other


@lru_cache(maxsize=256)
def partition_of(region: str) -> str:
    """Return the partition's id; `aws` for an unknown Region, as botocore does."""
    for name, regions, pattern in _partitions():
        if region in regions or pattern.match(region):
            return name
    return "aws"


def default_region() -> str:
    """Return the Region of a client that names none: that of the environment, else us-east-1."""
    return os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or "us-east-1"
