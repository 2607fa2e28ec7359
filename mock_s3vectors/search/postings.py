"""Postings: which documents contain a term, and how often. Terms and documents are numbers here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Postings:
    """The postings of some documents, by term and then by document. They never change, so copies share them.

    Attributes:
        terms: shape (n,): the term of each posting, ascending.
        documents: shape (n,): its document; those of a term ascend.
        counts: shape (n,): how often the document contains the term.
    """

    terms: NDArray[np.int32]
    documents: NDArray[np.int32]
    counts: NDArray[np.int32]

    def __len__(self) -> int:
        return self.terms.size

    def of(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the documents that contain a term, and how often each does; views."""
        # Of the same type as the terms, or each search would convert all of these.
        first, end = np.searchsorted(self.terms, np.array([term, term + 1], np.int32))
        return self.documents[first:end], self.counts[first:end]


def count_terms(terms: NDArray[Any], lengths: Sequence[int], first: int) -> Postings:
    """Return the postings of new documents.

    Args:
        terms: shape (sum(lengths),): the terms of all documents, one document after the other.
        lengths: how many of them each document has.
        first: the number of the first document.
    """
    documents = np.repeat(np.arange(first, first + len(lengths)), lengths)
    pairs, counts = np.unique(terms.astype(np.int64) << 32 | documents, return_counts=True)
    return Postings(
        (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32), counts.astype(np.int32)
    )


def merge(parts: Sequence[Postings]) -> Postings:
    """Return all postings of several parts; the documents of each come after those of the one before."""
    terms = np.concatenate([part.terms for part in parts])
    order = np.argsort(terms, kind="stable")  # which is quick: it merges what is in order already
    return Postings(
        terms[order],
        np.concatenate([part.documents for part in parts])[order],
        np.concatenate([part.counts for part in parts])[order],
    )
