"""Batches of vectors, as all places read and write them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import Self

# The most vectors of a batch, which are as many as PutVectors takes.
BATCH = 500


@dataclass(frozen=True, eq=False)
class Batch:
    """Some vectors of an index.

    Attributes:
        keys: distinct.
        data: shape (len(keys), dimension), float32.
        metadata: that of each vector, as JSON values; `{}` for none.
        origin: the file that the vectors were read from, for the texts of errors; empty for other places.
        unit: what the numbers count: `line`, or `record`.
        numbers: the number of each vector in its file, from 1.
    """

    keys: Sequence[str]
    data: NDArray[np.float32]
    metadata: Sequence[dict[str, Any]]
    origin: str = ""
    unit: str = "record"
    numbers: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.keys)

    def part(self, start: int, end: int) -> Batch:
        """Return the vectors of some rows, as a batch of their own."""
        rows = slice(start, end)
        return Batch(
            self.keys[rows],
            self.data[rows],
            self.metadata[rows],
            self.origin,
            self.unit,
            self.numbers[rows],
        )

    def rows(self, rows: Sequence[int]) -> Batch:
        """Return the vectors of some rows, in the order given, as a batch of their own."""
        return Batch(
            [self.keys[row] for row in rows],
            self.data[list(rows)],
            [self.metadata[row] for row in rows],
            self.origin,
            self.unit,
            [self.numbers[row] for row in rows] if self.numbers else (),
        )

    def named(self) -> str:
        """Return where the vectors are, for the text of an error: `films.jsonl, lines 501 to 1,000`."""
        if not self.numbers:
            return f"the vectors from {self.keys[0]!r} to {self.keys[-1]!r}"
        first, last = self.numbers[0], self.numbers[-1]
        return f"{self.origin}, {self.unit}s {first:,} to {last:,}"

    def row_named(self, row: int) -> str:
        """Return where a vector is, for the text of an error: `films.jsonl, line 501`."""
        if not self.numbers:
            return f"the vector {self.keys[row]!r}"
        return f"{self.origin}, {self.unit} {self.numbers[row]:,}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of an index that travel with its vectors; None for those that a place does not know.

    Attributes:
        dimension: the number of floats in each vector.
        distance_metric: `cosine` or `euclidean`.
        non_filterable_keys: the metadata keys that filters must not name.
        text_search: the metadata keys that can be searched for text, with the language of each or None.
        mode: `CLASSIC` or `ENHANCED`; it does not travel, and is only described.
    """

    dimension: int | None = None
    distance_metric: str | None = None
    non_filterable_keys: tuple[str, ...] | None = None
    text_search: dict[str, str | None] | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Location:
    """The location of an index; None for parts that a place does not have: a data file has none."""

    bucket: str | None = None
    index: str | None = None
    account: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        return "/".join(filter(None, (self.bucket, self.index)))


def told_apart(locations: Sequence[Location]) -> list[str]:
    """Return the names of indexes, with Region and account if others have the same name."""
    counts = Counter(map(str, locations))
    return [
        f"{place} (Region {place.region}, account {place.account})" if counts[str(place)] > 1 else str(place)
        for place in locations
    ]


class Source(Protocol):
    """An index, or a data file, that vectors are read from."""

    @property
    def location(self) -> Location:
        """The location of the index."""

    def settings(self) -> Settings:
        """Return the settings of the index, as far as they are known."""

    def count(self) -> int | None:
        """Return how many vectors there are, None if only reading them tells."""

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors, at most `BATCH` at a time.

        Raises:
            UsageError: a file has something else than vectors; the text names file and line.
        """


class Sink(Protocol):
    """An index, or a data file, that vectors are written to; open as long as its block.

    A block that ends well makes the data last. After an exception a place that takes batches keeps those that
    were written, and a file that is written as a whole stays as it was.
    """

    def __enter__(self) -> Self:
        """Return the sink."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the writing."""

    def check(self, settings: Settings) -> bool:
        """Return whether there is such an index, or file, already. Nothing is changed, nor is it opened.

        Raises:
            UsageError: `prepare` would be refused.
        """

    def prepare(self, settings: Settings) -> None:
        """Make the index if it is missing, or check that it fits."""

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that are there already, for a copy that is resumed.

        `check` or `prepare` comes first.
        """

    def write(self, batch: Batch) -> None:
        """Write a batch: all of it, or none if it is refused."""
