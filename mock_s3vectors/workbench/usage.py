"""`mock.usage()`: what calls used, in the units that AWS bills by. Prices change, and are not known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.abridging import plural

if TYPE_CHECKING:
    from mock_s3vectors.world import World


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The amounts that calls used since the mock began or was reset, and the bytes that are stored now.

    A refused call counts for nothing (Choice: unbilled-refusals), and neither does one that a rule answers
    in the service's place. A call that was made, and whose answer got lost, counts.

    Attributes:
        put_requests: how many PutVectors requests.
        put_bytes: the logical bytes that they wrote: key, vector and all metadata of each record.
        billed_put_bytes: the same, each request counted as at least 128 KB, which is 131,072 bytes.
        query_requests: how many QueryVectors requests, each page of a result among them.
        query_bytes: the bytes that queries processed: key, vector and filterable metadata of every vector
            that was in the index at the time, whatever the query asked for.
        get_requests: how many GetVectors requests.
        list_requests: how many ListVectors requests, each page among them.
        delete_requests: how many DeleteVectors requests.
        storage_bytes: the logical bytes of all vectors that are stored now, those included that were there
            when the mock began.
    """

    put_requests: int = 0
    put_bytes: int = 0
    billed_put_bytes: int = 0
    query_requests: int = 0
    query_bytes: int = 0
    get_requests: int = 0
    list_requests: int = 0
    delete_requests: int = 0
    storage_bytes: int = 0

    def __str__(self) -> str:
        lines = (
            ("PutVectors", plural(self.put_requests, "request"), f"{self.put_bytes:,} bytes"),
            ("", "", f"{self.billed_put_bytes:,} bytes at 128 KB a request or more"),
            ("QueryVectors", plural(self.query_requests, "request"), f"{self.query_bytes:,} bytes processed"),
            ("GetVectors", plural(self.get_requests, "request"), ""),
            ("ListVectors", plural(self.list_requests, "request"), ""),
            ("DeleteVectors", plural(self.delete_requests, "request"), ""),
            ("stored now", "", f"{self.storage_bytes:,} bytes"),
        )
        return "\n".join(f"{what:<14}{requests:>16}  {amount}".rstrip() for what, requests, amount in lines)


def usage_of(world: World) -> Usage:
    """Return what the calls of a world used, and what is stored in it.

    A branch begins from zero, and what it used is dropped with it; to clear a world also clears its usage.
    """
    return Usage(**world.stores.meter.amounts._asdict(), storage_bytes=sum(_stored_bytes(world)))


def _stored_bytes(world: World) -> list[int]:
    """Return the logical bytes in each index."""
    found = []
    for store in world.stores.all().values():
        with store.lock:
            indexes = [index for bucket in store.vector_buckets.values() for index in bucket.indexes.values()]
        for index in indexes:
            with index.lock:
                found.append(index.vectors.total_size.stored)
    return found
