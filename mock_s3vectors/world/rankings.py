"""Rankings that a query has frozen, so that its next pages show what its first page began.

AWS does not say whether a later page shows what was written since.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors import limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

# Limits for each index: rankings, and their hits in total (about 56 bytes each). The oldest go first;
# the newest stays. Choice: rankings-kept.
_KEPT = 256
_KEPT_HITS = 500_000


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of a query, best first, in columns: there may be ten thousand.

    Attributes:
        keys: of the vectors.
        metadata: of the vectors, as it was then.
        distances: from the query vector; None for a vector that no vector ranking holds.
        bm25: shape (texts, hits): float32 scores, 0 where a text does not match; None without texts.
        fused: shape (hits,): float32 scores of a hybrid search; None for others.
    """

    keys: Sequence[str]
    metadata: Sequence[dict[str, Any]]
    distances: Sequence[float | None]
    bm25: NDArray[np.float32] | None = None
    fused: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits of one query, best first.

    Attributes:
        name: under which it is found again.
        expires: seconds since the epoch.
    """

    name: str
    hits: Hits
    expires: float


class Rankings:
    """The rankings of one index."""

    def __init__(self, rankings: Mapping[str, Ranking] | None = None) -> None:
        # Replaced, never changed, so that copies share it.
        self._rankings = {} if rankings is None else rankings

    def copy(self) -> Rankings:
        """Return rankings of their own, which begin with the same."""
        return Rankings(self._rankings)

    def freeze(self, hits: Hits, now: float) -> Ranking:
        """Keep hits as a ranking that `find` returns by its name until it expires. Choice: frozen-ranking."""
        ranking = Ranking(secrets.token_hex(8), hits, now + limits.QUERY_TOKEN_SECONDS)
        kept = {name: other for name, other in self._rankings.items() if now < other.expires}
        kept[ranking.name] = ranking
        while len(kept) > 1 and _are_too_many(kept):
            del kept[next(iter(kept))]
        self._rankings = kept
        return ranking

    def find(self, name: str, now: float) -> Ranking | None:
        """Return the ranking; None if it has expired or was dropped."""
        ranking = self._rankings.get(name)
        return ranking if ranking is not None and now < ranking.expires else None


def _are_too_many(rankings: Mapping[str, Ranking]) -> bool:
    hits = sum(len(ranking.hits) for ranking in rankings.values())
    return len(rankings) > _KEPT or hits > _KEPT_HITS
