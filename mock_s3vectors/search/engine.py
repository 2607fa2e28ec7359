"""The interface of a search engine, of its plan for one query, and the value that names an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import Self


class Plan(Protocol):
    """Finds the rows near one query, without a lock: the owner leaves the rows alone until it is dropped."""

    @property
    def matrix(self) -> NDArray[np.float32]:
        """Return the vectors whose distances are meant, row by row: shape (n, d), C-contiguous."""

    @property
    def query(self) -> NDArray[np.float32]:
        """Return the vector that the rows are compared with: shape (d,)."""

    @property
    def k(self) -> int:
        """Return how many are wanted, at least 1."""

    def candidates(self) -> NDArray[np.intp]:
        """Return rows that include the k nearest, in no particular order and without repetition.

        Returns:
            At least min(k, allowed) of the allowed rows.
        """


class Engine(Protocol):
    """Finds the rows near a query in a matrix that somebody else owns.

    The owner tells of every change, in order, and hands over the matrix again with each call: an
    engine may keep what it derives from the rows but never the matrix itself. The owner's lock is
    held during every call, so engines have none. A plan is carried out without it; the owner copies rows and
    engine before it changes rows that a plan may still read.
    """

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """Take note that these rows now hold `matrix[row]`.

        Args:
            rows: distinct; existing rows are overwritten, new ones follow the last without a gap.
            matrix: shape (capacity, d), C-contiguous; only the living rows have a meaning.
        """

    def remove(self, row: int, last: int) -> None:
        """Take note that `row` is gone and the last row, `last`, has moved into its place."""

    def copy(self) -> Self:
        """Return an independent engine for a copy of the matrix, at the speed of memory.

        Its next search takes as long as the next one of this engine, and finds the same.
        """

    def plan(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> Plan:
        """Return the plan for a query, after doing all that needs the lock.

        Args:
            query: shape (d,), finite, C-contiguous; for cosine not zero.
            k: how many neighbours are wanted, at least 1.
            matrix: shape (n, d), C-contiguous: the living rows only.
            mask: shape (n,): the rows that may be found; None allows all.
        """


class SearchMethod(Protocol):
    """How to search by vector: a frozen value with an engine's settings, which builds the engine itself."""

    def __hash__(self) -> int:
        """Equal values build equal engines, so that an index finds the engines that it has."""

    def build(self, metric: str, dimension: int) -> Engine:
        """Return an engine for no rows yet.

        Args:
            metric: `euclidean` or `cosine`.
            dimension: the numbers in a row.
        """
