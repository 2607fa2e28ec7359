"""The answer of CreateVectorBucket and CreateIndex when a name is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.errors import refusals

if TYPE_CHECKING:
    from mock_s3vectors.arns import Arn
    from mock_s3vectors.errors.exceptions import ConflictException, ServiceError
    from mock_s3vectors.exchange import Exchange


def name_taken(exchange: Exchange, arn: Arn, began: int, conflict: ConflictException) -> ServiceError:
    """Return the refusal of a creation; the caller holds the store's lock.

    AWS answered one loser of a race in five with InternalServerException. With the option `conflict_as_500`,
    every call that began before the winner had created gets it. Choice: lost-creation-race.

    Args:
        exchange: the call that is refused.
        arn: of the bucket or the index that exists.
        began: the moment at which the call began, see `Stores.moment`.
        conflict: the refusal of a call that came later.
    """
    is_race = exchange.config.conflict_as_500 and exchange.stores.was_made_since(began, arn)
    return refusals.lost_race() if is_race else conflict
