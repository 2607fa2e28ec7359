"""Names and ARNs of vector buckets and indexes: making, parsing and checking them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Between the six parts of any ARN; the last of them may have further ones.
COLONS = 5

_ACCOUNT_ID = re.compile("[0-9]{12}")
_REGION = re.compile("[a-z0-9-]+")
_BUCKET_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_INDEX_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_ARN = re.compile(
    r"arn:(?P<partition>aws[-a-z0-9]*):s3vectors:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12})"
    r":bucket/(?P<bucket>[a-z0-9.-]+)(?:/index/(?P<index>[a-z0-9.-]+))?"
)


@dataclass(frozen=True)
class Arn:
    """The ARN of a vector bucket or, with `index`, of an index in it."""

    partition: str
    region: str
    account: str
    bucket: str
    index: str | None = None

    def __str__(self) -> str:
        text = f"arn:{self.partition}:s3vectors:{self.region}:{self.account}:bucket/{self.bucket}"
        return text if self.index is None else f"{text}/index/{self.index}"


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ARN, or None if the text is not the ARN of a vector bucket or index."""
    match = _ARN.fullmatch(text)
    return Arn(**match.groupdict()) if match else None


def is_account_id(text: str) -> bool:
    """Return whether a text is 12 digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def is_region(text: str) -> bool:
    """Return whether an ARN can have a text as its Region; it need not be one of AWS's."""
    return _REGION.fullmatch(text) is not None


def is_vector_bucket_name(name: str) -> bool:
    """Return whether a name has only letters, digits and hyphens, with no hyphen at either end."""
    return _BUCKET_NAME.fullmatch(name) is not None


def is_index_name(name: str) -> bool:
    """Return whether a name meets the same rules, with dots allowed between its ends."""
    return _INDEX_NAME.fullmatch(name) is not None
