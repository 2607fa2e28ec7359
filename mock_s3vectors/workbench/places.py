"""The place where a test looks: an account and a Region, and a bucket or an index in them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mock_s3vectors.config import check_account_id
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.identity import Caller
from mock_s3vectors.protocol.partitions import default_region, partition_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mock_s3vectors.config import Config
    from mock_s3vectors.world import Index, VectorBucket, World

_REGION = re.compile("[a-z0-9-]{1,63}")
# How many names a message shows, and among how many at most it looks for similar ones, which takes long.
_SHOWN = 10
_COMPARED = 1_000


def caller_for(
    world: World, config: Config, bucket: str, region: str | None = None, account: str | None = None
) -> Caller:
    """Return who looks for a bucket, or creates it.

    Args:
        world: the mocked S3 Vectors.
        config: the options of the mock.
        bucket: the name of the bucket.
        region: None for the only one in which the account has such a bucket; if it has none or several, for
            the Region of the environment, else us-east-1.
        account: None for that of the options.

    Raises:
        UsageError: no possible name, Region or account.
    """
    check_text("bucket", bucket)
    owner = config.account_id if account is None else check_account_id(account)
    if region is None:
        having = [place[1] for place in _places_of(world, bucket) if place[0] == owner]
        region = having[0] if len(having) == 1 else default_region()
    else:
        check_region(region)
    return Caller(owner, region, partition_of(region))


def check_region(region: object) -> str:
    """Return a Region, which must be a possible name.

    Raises:
        UsageError: it is none.
    """
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise UsageError(f"region={region!r} is not a Region: give its name, as in region='eu-west-1'.")
    return region


def check_text(name: str, value: object) -> None:
    """Raise unless an argument is a text.

    Raises:
        UsageError: it has another type.
    """
    if not isinstance(value, str):
        raise UsageError(f"{name}={value!r} is not a name: give a str.")


def find_vector_bucket(world: World, caller: Caller, name: str) -> VectorBucket:
    """Return the bucket of this name.

    Raises:
        UsageError: there is none; the text names those that exist.
    """
    buckets = world.stores.at(caller.account, caller.region).vector_buckets
    found = buckets.get(name)
    if found is not None:
        return found
    elsewhere = "".join(
        f" There is one in Region {region}, account {account}." for account, region in _places_of(world, name)
    )
    raise UsageError(
        f"There is no vector bucket {_quoted(name)} in Region {caller.region}, account {caller.account}."
        f"{elsewhere}{_near(name, buckets)} Vector buckets there: {_names(sorted(buckets))}."
    )


def find_index(bucket: VectorBucket, name: str) -> Index:
    """Return the index of this name.

    Raises:
        UsageError: there is none; the text names those that exist.
    """
    check_text("index", name)
    found = bucket.indexes.get(name)
    if found is None:
        raise no_index(bucket.name, name, sorted(bucket.indexes))
    return found


def no_index(bucket: str, name: str, names: Collection[str]) -> UsageError:
    """Return the refusal to show an index that is not there."""
    return UsageError(
        f"There is no index {_quoted(name)} in vector bucket {bucket!r}.{_near(name, names)} "
        f"Indexes in it: {_names(names)}."
    )


def no_vector(index: str, key: object, keys: Collection[str]) -> UsageError:
    """Return the refusal to show a vector that is not there."""
    return UsageError(
        f"There is no vector {_quoted(key)} in index {index!r}.{_near(key, keys)} "
        f"Vectors in it: {_names(keys)}."
    )


def _places_of(world: World, bucket: str) -> list[tuple[str, str]]:
    """Return each account and Region that has a bucket of this name."""
    stores = world.stores.all().items()
    return sorted(place for place, store in stores if bucket in store.vector_buckets)


def _near(name: object, names: Collection[str]) -> str:
    if not isinstance(name, str) or len(name) > _COMPARED or len(names) > _COMPARED:
        return ""
    near = get_close_matches(name, names, n=3)
    return f" Did you mean {' or '.join(map(_quoted, near))}?" if near else ""


def _names(names: Collection[str]) -> str:
    return listed(map(_quoted, names), len(names)) or "none"


def listed(texts: Iterable[str], count: int) -> str:
    """Return the first few texts of so many, with commas, and how many more there are."""
    shown = [text for text, _ in zip(texts, range(_SHOWN), strict=False)]
    more = [f"and {count - len(shown):,} more"] if count > len(shown) else []
    return ", ".join([*shown, *more])


def _quoted(name: object) -> str:
    return shorten(repr(name))
