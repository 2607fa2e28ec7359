"""Rows of the table of targets about calls, beside what botocore alone does for them: see `floor_process`.

The same calls are measured of the mock, of the mock without its fast client, and of moto.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.floor_process import beside_floor
from tests.benchmarks.ratios import Figure, Row, at_most, by_turns, ratio_of, scaled
from tests.benchmarks.starting import milliseconds
from tests.benchmarks.work import (
    FILTER,
    client_of_s3vectors,
    fill,
    getting,
    listing,
    putting,
    querying,
    seed_in_pieces,
    small,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.ratios import Target
    from tests.benchmarks.work import Call

DIMENSION = 384
# So many calls make a round, if they are short: the first ones find the caches full of the other process.
SHORT = 100
FLOOR = "botocore with a canned answer"

# By name: the calls, how many vectors of which dimension they find, how many rounds are timed, the target.
WORK: dict[str, tuple[Callable[[], list[Call]], int, int, int, Target]] = {
    "put_vectors 500 x 1536": (partial(putting, 1536), 500, 1536, 5, at_most(0.25)),
    "get_vectors 100 x 1536": (getting, 500, 1536, 15, at_most(0.35)),
    "get_index": (small, 0, DIMENSION, 12, at_most(1.15)),
    "query_vectors, 10 of 1,000 x 384": (partial(querying, DIMENSION), 1_000, DIMENSION, 12, at_most(1.1)),
    "query_vectors, 10 of 1,000 x 384, filtered": (
        partial(querying, DIMENSION, filter=FILTER),
        1_000,
        DIMENSION,
        12,
        at_most(1.2),
    ),
}
# By name: the call, how often a round makes it, how many rounds are timed, the target.
LISTS = {
    "list_vectors, 1,000 keys": (partial(listing, 1_000), 20, 10, at_most(1.2)),
    "list_vectors, 500 x 384 with data": (partial(listing, 500, returnData=True), 1, 15, at_most(0.6)),
}


def beside(mock: Callable[[], Any], name: str, scale: float) -> Figure:
    """Return the cost of calls of a mock, beside the floor."""
    prepare, count, dimension, rounds, _ = WORK[name]
    with mock():
        client = client_of_s3vectors()
        fill(client, count, dimension)
        calls = prepare() * (1 if count == 500 else SHORT)
        return ratio_of(*beside_floor(client, calls, scaled(rounds, scale)))


def of_ours(scale: float) -> Iterator[Row]:
    for name, (*_, target) in WORK.items():
        yield Row(name, FLOOR, target, beside(mock_s3vectors, name, scale))


def without_fast_client(scale: float) -> Iterator[Row]:
    for name in WORK:
        figure = beside(partial(mock_s3vectors, fast_client=False), name, scale)
        yield Row(f"{name}, `fast_client=False`", FLOOR, None, figure)
    yield from lists(10_000, scale, fast_client=False)


def of_moto(scale: float) -> Iterator[Row]:
    from moto import mock_aws

    for name in WORK:
        if not name.startswith("query"):
            yield Row(f"{name}, moto", FLOOR, None, beside(mock_aws, name, scale))

    def enter_and_leave() -> None:
        with mock_aws():
            pass

    [times] = by_turns(enter_and_leave, rounds=scaled(100, scale), warmup=2)
    yield Row("enter and leave, moto, in ms", "nothing", None, milliseconds(times))


def lists(count: int, scale: float, *, fast_client: bool = True) -> Iterator[Row]:
    """Measure pages in the middle of an index."""
    size = max(2_000, scaled(count, scale))
    with mock_s3vectors(fast_client=fast_client) as mock:
        seed_in_pieces(mock, size, DIMENSION)
        client = client_of_s3vectors()
        for name, (prepare, times, rounds, target) in LISTS.items():
            [(method, parameters)] = prepare()
            first = getattr(client, method)(**parameters)
            calls: list[Call] = [(method, {**parameters, "nextToken": first["nextToken"]})] * times
            figure = ratio_of(*beside_floor(client, calls, scaled(rounds, scale)))
            work = f"{name}, of {size:,}"
            if fast_client:
                yield Row(work, FLOOR, target, figure)
            else:
                yield Row(f"{work}, `fast_client=False`", FLOOR, None, figure)


def both_lists(scale: float) -> Iterator[Row]:
    for count in (10_000, 1_000_000):
        yield from lists(count, scale)


MEASUREMENTS = {
    "calls": of_ours,
    "lists": both_lists,
    "calls-plain": without_fast_client,
    "calls-moto": of_moto,
}
