"""The rights that a call needs: one table of all operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# On what an operation acts: everything of a Region, a vector bucket or an index, one that it creates, or
# either.
On = Literal["everything", "bucket", "new bucket", "index", "new index", "either"]


@dataclass(frozen=True, slots=True)
class Need:
    """The rights that calls of an operation need, all of them on the same resource.

    Attributes:
        on: the resource.
        also: the operations whose rights some calls need besides, with the condition on their parameters.
    """

    on: On
    also: tuple[tuple[str, Callable[[Mapping[str, Any]], object]], ...] = ()


_WITH_TAGS = ("TagResource", lambda params: params.get("tags"))


def _reads_vectors(params: Mapping[str, Any]) -> bool:
    """Return whether a list has more than keys."""
    return bool(params.get("returnData") or params.get("returnMetadata"))


def _looks_inside(params: Mapping[str, Any]) -> bool:
    """Return whether a query reads metadata, or texts in it. Distances and scores are free."""
    return bool(params.get("returnMetadata")) or any(
        params.get(name) is not None for name in ("filter", "queryTexts")
    )


NEEDS: dict[str, Need] = {
    "CreateVectorBucket": Need("new bucket", (_WITH_TAGS,)),
    "GetVectorBucket": Need("bucket"),
    "ListVectorBuckets": Need("everything"),
    "DeleteVectorBucket": Need("bucket"),
    "PutVectorBucketDefaultIndexMode": Need("bucket"),
    "PutVectorBucketPolicy": Need("bucket"),
    "GetVectorBucketPolicy": Need("bucket"),
    "DeleteVectorBucketPolicy": Need("bucket"),
    "CreateIndex": Need("new index", (_WITH_TAGS,)),
    "GetIndex": Need("index"),
    "ListIndexes": Need("bucket"),
    "DeleteIndex": Need("index"),
    "UpdateIndexMode": Need("index"),
    # Choice: metadata-configuration-action.
    "UpdateMetadataConfiguration": Need("index"),
    "PutVectors": Need("index"),
    "GetVectors": Need("index"),
    "ListVectors": Need("index", (("GetVectors", _reads_vectors),)),
    "DeleteVectors": Need("index"),
    "QueryVectors": Need("index", (("GetVectors", _looks_inside),)),
    "TagResource": Need("either"),
    "UntagResource": Need("either"),
    "ListTagsForResource": Need("either"),
}


def needs_of(operation: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the actions whose rights a call needs, in the order in which they are checked.

    Args:
        operation: one of NEEDS.
        params: of the call, by AWS's names.
    """
    also = [f"s3vectors:{name}" for name, applies in NEEDS[operation].also if applies(params)]
    return (f"s3vectors:{operation}", *also)
