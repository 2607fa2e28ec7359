"""A stress: vectors that a search by vector misses, at random but the same ones in each run."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import log
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# How many vectors a filter matched, and which share of the nearest 50 AWS found then: one recorded run
# over 50,000 vectors. A query without a filter found 0.984 to 0.996.
_RECORDED = {5: 1.0, 50: 0.61, 135: 0.72, 500: 0.91}

# The power of the option's value that gives such a share. A filter that 500 match has the value itself, so
# that 0.91 gives the recorded shares; between two of them the power follows the logarithm of the number.
_MATCHING = [log(matching) for matching in _RECORDED]
_POWERS = [log(share) / log(_RECORDED[500]) for share in _RECORDED.values()]


@dataclass(frozen=True)
class Losses:
    """The vectors that searches miss.

    Attributes:
        recall: above 0 and at most 1: the share that a search does not miss if it has no filter, or one that
            500 vectors or more match.
        seed: not negative; another one misses other vectors.
    """

    recall: float
    seed: int

    def share_found(self, matching: int | None) -> float:
        """Return the share that a search finds whose filter matches so many; None: that has no filter."""
        power = 1.0 if matching is None else float(np.interp(log(max(matching, 1)), _MATCHING, _POWERS))
        return float(self.recall**power)

    def rows_found(
        self, mask: NDArray[np.bool_] | None, keys: Sequence[str], query: NDArray[np.float32], k: int
    ) -> NDArray[np.bool_]:
        """Return the rows that a search does not miss, shape (rows,), of those that a filter allows.

        Whether a row is among them depends on seed, query, key, and on how many rows the filter allows.
        Without a filter, at least k rows are found if there are so many.

        Args:
            mask: shape (rows,): the rows that the filter allows; None without a filter.
            keys: the key of each row.
            query: shape (d,).
            k: how many neighbours are wanted, at least 1.
        """
        rows = np.arange(len(keys)) if mask is None else np.flatnonzero(mask)
        luck = _luck([keys[row] for row in rows.tolist()], query, self.seed)
        needed = 1.0 - self.share_found(None if mask is None else rows.size)
        if mask is None and rows.size:
            kth = max(rows.size - k, 0)
            needed = min(needed, float(np.partition(luck, kth)[kth]))
        found = np.zeros(len(keys), np.bool_)
        found[rows[luck >= needed]] = True
        return found


def _luck(keys: Sequence[str], query: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """Return a number from 0 to 1, without 1, for each key: the same in every process."""
    salt = blake2b(query.astype("<f4").tobytes(), digest_size=8, key=seed.to_bytes(8, "little")).digest()
    bits = np.array([crc32(key.encode()) for key in keys], np.uint64)
    # Checksums of similar keys are similar: multiplications spread their differences over all bits.
    bits ^= np.uint64(int.from_bytes(salt, "little"))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    bits ^= bits >> np.uint64(31)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
