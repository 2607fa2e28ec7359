"""Rankings that a query has frozen, so that its next pages show what its first page began.

Choice: AWS does not say what a later page shows of what was written since.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_s3vectors import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

# Choice: how many an index keeps; the oldest go first.
_KEPT = 256


class Hit(NamedTuple):
    """A vector in a ranking, with what a page may show of it.

    Attributes:
        distance: from the query vector, as JSON has it; None if there is none to show.
        scores: as JSON has them; None if only vectors were searched.
    """

    key: str
    metadata: dict[str, Any]
    distance: float | str | None
    scores: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits of one query, best first.

    Attributes:
        name: under which it is found again.
        expires: seconds since the epoch.
    """

    name: str
    hits: Sequence[Hit]
    expires: float


class Rankings:
    """The rankings of one index."""

    def __init__(self) -> None:
        self._rankings: OrderedDict[str, Ranking] = OrderedDict()

    def freeze(self, hits: Sequence[Hit], now: float) -> Ranking:
        """A ranking that `find` gives back by its name until it expires."""
        ranking = Ranking(secrets.token_hex(8), hits, now + limits.QUERY_TOKEN_SECONDS)
        self._rankings[ranking.name] = ranking
        while len(self._rankings) > _KEPT:
            self._rankings.popitem(last=False)
        return ranking

    def find(self, name: str, now: float) -> Ranking | None:
        """The ranking, or None if there is none of this name any more."""
        ranking = self._rankings.get(name)
        return ranking if ranking is not None and now < ranking.expires else None
