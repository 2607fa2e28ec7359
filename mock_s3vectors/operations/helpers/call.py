"""What an operation knows besides its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_s3vectors.config import Config
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.world import Store, Stores

Params = dict[str, Any]
Result = dict[str, Any]
Operation = Callable[["Call", Params], Result]


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, on what state, under which options."""

    caller: Caller
    stores: Stores
    config: Config

    @property
    def store(self) -> Store:
        """Look up the caller's own account and Region; only CreateVectorBucket makes it."""
        return self.stores.at(self.caller.account, self.caller.region)
