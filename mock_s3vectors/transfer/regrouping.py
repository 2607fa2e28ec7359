"""Small batches become large ones: after a filter, or where pages are short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.transfer.batches import BATCH, Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def regrouped(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield the vectors of batches of one place in as few batches as possible, in their order."""
    waiting: list[Batch] = []
    room = BATCH
    for batch in batches:
        start = 0
        while len(batch) - start >= room:
            yield _joined([*waiting, batch.part(start, start + room)])
            start, waiting, room = start + room, [], BATCH
        if start < len(batch):
            waiting.append(batch.part(start, len(batch)))
            room -= len(batch) - start
    if waiting:
        yield _joined(waiting)


def _joined(batches: Sequence[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    return Batch(
        [key for batch in batches for key in batch.keys],
        np.concatenate([batch.data for batch in batches]),
        [document for batch in batches for document in batch.metadata],
        batches[0].origin,
        batches[0].unit,
        [number for batch in batches for number in batch.numbers],
    )
