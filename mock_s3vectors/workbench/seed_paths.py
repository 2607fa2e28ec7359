"""Seeding by a path: the vectors of a file go into an index, or the buckets of a state file are added."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.operations.buckets import check_vector_bucket_quota
from mock_s3vectors.storage.loading import loaded
from mock_s3vectors.transfer.places import Access, open_place
from mock_s3vectors.workbench.seed_files import address_of, location_in
from mock_s3vectors.workbench.seeding import seed
from mock_s3vectors.workbench.views import IndexView

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from mock_s3vectors.config import Config
    from mock_s3vectors.transfer.batches import Location
    from mock_s3vectors.transfer.places import Address
    from mock_s3vectors.world import VectorBucket, World


def seed_path(  # noqa: PLR0913 - the contract of `mock.seed`
    world: World,
    config: Config,
    path: str | os.PathLike[str],
    bucket: str | None = None,
    index: str | None = None,
    *,
    region: str | None = None,
    account: str | None = None,
    **others: Any,
) -> IndexView | tuple[IndexView, ...]:
    """Put the vectors of a file into an index, or add the buckets of a state file.

    Args:
        world: the mocked S3 Vectors.
        config: the options of the mock.
        path: that of a data file, or of a state file; `::films/plots` behind it is an index in it.
        bucket: the name of the bucket; None for that of the state file.
        index: the name of the index; None for that of the state file.
        region: see `Workbench.seed`; None for that of the state file.
        account: the same.
        **others: the other arguments of `seed`.

    Returns:
        A view of the index; of buckets, a view of each index in them.

    Raises:
        UsageError: see `seed`.
    """
    address = address_of(path)
    if (bucket is None) != (index is None) or (bucket is None and address.kind == "data file"):
        raise UsageError(
            f"{address.text!r} was given without the names of a vector bucket and an index: give both, as in "
            f"mock.seed({address.text!r}, 'films', 'plots')."
        )
    if bucket is not None and index is not None:
        return seed(world, config, bucket, index, Path(path), region=region, account=account, **others)
    there = address.location
    if there.bucket is None or there.index is None:
        if others:
            raise UsageError(f"{', '.join(others)}: the buckets of a state file keep their settings.")
        return add_buckets(world, config, stored_buckets(address, region, account))
    origin = location_in(path)
    return seed(
        world,
        config,
        there.bucket,
        there.index,
        Path(path),
        region=region or origin.region,
        account=account or origin.account,
        **others,
    )


def stored_buckets(
    address: Address, region: str | None = None, account: str | None = None
) -> list[VectorBucket]:
    """Return the vector buckets of a state file, with all that is in them.

    Raises:
        UsageError: the file cannot be read, or has no such bucket.
    """
    access = Access(region=region, account=account)
    wanted = {_place(location) for location in open_place(address.text, access).buckets()}
    return [
        bucket
        for store in loaded(address.path or "").stores.all().values()
        for bucket in store.vector_buckets.values()
        if (bucket.arn.account, bucket.arn.region, bucket.name) in wanted
    ]


def add_buckets(world: World, config: Config, buckets: Sequence[VectorBucket]) -> tuple[IndexView, ...]:
    """Add vector buckets with all that is in them, and return views of their indexes.

    Raises:
        UsageError: one of them exists already; none was added.
    """
    for bucket in buckets:
        _check_free(world, config, bucket)
    return tuple(view for bucket in buckets for view in _add(world, bucket))


def _place(location: Location) -> tuple[str | None, ...]:
    return location.account, location.region, location.bucket


def _check_free(world: World, config: Config, bucket: VectorBucket) -> None:
    store = world.stores.at(bucket.arn.account, bucket.arn.region)
    with store.lock:
        if bucket.name in store.vector_buckets:
            raise UsageError(
                f"Vector bucket {bucket.name!r} exists in Region {bucket.arn.region}, account "
                f"{bucket.arn.account}, so nothing was added. mock.load() replaces all that there is."
            )
        check_vector_bucket_quota(store, config)


def _add(world: World, bucket: VectorBucket) -> list[IndexView]:
    own = bucket.copy()
    store = world.stores.made_at(own.arn.account, own.arn.region)
    with store.lock:
        store.add(own)
        for arn in (own.arn, *(index.arn for index in own.indexes.values())):
            world.stores.note_made(arn)
        return [IndexView(index) for _, index in sorted(own.indexes.items())]
