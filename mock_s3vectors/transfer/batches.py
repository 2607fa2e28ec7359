"""Batches of vectors, as all places read and write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Batch:
    """Some vectors of an index.

    Attributes:
        keys: distinct.
        data: shape (len(keys), dimension), float32.
        metadata: that of each vector, as JSON values; `{}` for none.
    """

    keys: Sequence[str]
    data: NDArray[np.float32]
    metadata: Sequence[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of an index that travel with its vectors; None for those that a place does not know.

    Attributes:
        dimension: the number of floats in each vector.
        distance_metric: `cosine` or `euclidean`.
        non_filterable_keys: the metadata keys that filters must not name.
        text_search: the metadata keys that can be searched for text, with the language of each or None.
    """

    dimension: int | None = None
    distance_metric: str | None = None
    non_filterable_keys: tuple[str, ...] | None = None
    text_search: dict[str, str | None] | None = None


class Source(Protocol):
    """A place that vectors are read from."""

    def settings(self) -> Settings:
        """Return what is known of the index."""

    def count(self) -> int | None:
        """Return how many vectors there are, None if only reading them tells."""

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors, at most 500 at a time."""


class Sink(Protocol):
    """A place that vectors are written to."""

    def prepare(self, settings: Settings) -> None:
        """Make the index if it is missing, or check that it fits."""

    def write(self, batch: Batch) -> None:
        """Write a batch: all of it, or none if it is refused."""
