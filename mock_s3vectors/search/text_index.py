"""Full text: the postings of a metadata key, and BM25 over them.

There are no statistics to go stale: how many records have a term, and how long records are on average,
is counted anew by each query.
"""

from __future__ import annotations

from array import array
from collections import Counter
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.derived import Derived
from mock_s3vectors.search.analysis import analyzer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from typing_extensions import Self

_GONE = -1
_SPARE_POSTINGS = 100_000

# Roughly: two numbers with some room to grow; a term, its entry in the dictionary and its two arrays.
_POSTING_BYTES = 10
_TERM_BYTES = 400


class _Posting:
    """The documents that contain a term, ascending, and how often each does.

    Copies of a text index share postings. One adds documents only to those that bear its stamp.
    """

    __slots__ = ("counts", "documents", "stamp")

    def __init__(self, stamp: object, shared: _Posting | None) -> None:
        self.stamp = stamp
        self.documents: array[int] = shared.documents[:] if shared else array("i")
        self.counts: array[int] = shared.counts[:] if shared else array("i")


class TextIndex:
    """The texts under one metadata key.

    A text becomes a document, which is never changed: overwriting its record makes it a dead one.
    """

    def __init__(self, key: str, language: str | None, metadata: list[dict[str, Any]]) -> None:
        """Index what is there.

        Args:
            key: the metadata key.
            language: a language code of the service model, or None.
            metadata: the owner's live list, row to metadata; see `Derived`.
        """
        self._key = key
        self._analyzer = analyzer_of(language)
        self._metadata = metadata
        self._postings: dict[str, _Posting] = {}
        self._stamp = object()
        self._sizes: list[int] = []  # by document: its postings, which are those of distinct terms
        self._dead = self._living = 0  # postings
        self._lengths = np.zeros(0)
        self._row_of = np.zeros(0, np.int32)  # by document; _GONE for dead ones
        self._document_of = np.zeros(0, np.int32)  # by row; _GONE where there is no text
        self.write(range(len(metadata)))

    @property
    def _documents(self) -> int:
        """Return how many there are, living and dead."""
        return len(self._sizes)

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; those past the end so far are new."""
        known = self._document_of.size
        self._document_of = with_room(self._document_of, len(self._metadata), known)
        self._document_of[known:] = _GONE
        for row in rows:
            self._bury(row)
            text = self._metadata[row].get(self._key)
            if choices.is_text(text) and (terms := self._analyzer.of_record(text)):
                self._add(row, terms)

    def _add(self, row: int, terms: list[str]) -> None:
        document = self._documents
        self._lengths = with_room(self._lengths, document + 1, document)
        self._row_of = with_room(self._row_of, document + 1, document)
        self._lengths[document] = len(terms)  # Choice: east-asian-lengths.
        self._row_of[document] = row
        self._document_of[row] = document
        counts = Counter(terms)
        self._sizes.append(len(counts))
        self._living += len(counts)
        for term, count in counts.items():
            posting = self._postings.get(term)
            if posting is None or posting.stamp is not self._stamp:
                posting = self._postings[term] = _Posting(self._stamp, posting)
            posting.documents.append(document)
            posting.counts.append(count)

    def _bury(self, row: int) -> None:
        document = self._document_of[row]
        if document != _GONE:
            self._row_of[document] = _GONE
            self._document_of[row] = _GONE
            self._living -= self._sizes[document]
            self._dead += self._sizes[document]

    def remove(self, row: int) -> None:
        """Move the former last row, now one past the end, to `row`."""
        last = len(self._metadata)
        self._bury(row)
        moved = self._document_of[last]
        self._document_of[last] = _GONE
        if moved != _GONE:
            self._document_of[row] = moved
            self._row_of[moved] = row

    def outgrown(self) -> bool:
        """Return whether dead postings outnumber living ones, so that building anew pays."""
        return self._dead > self._living + _SPARE_POSTINGS

    def size(self) -> int:
        """Estimate the bytes that the index holds."""
        arrays = self._lengths.nbytes + self._row_of.nbytes + self._document_of.nbytes
        postings = (self._dead + self._living) * _POSTING_BYTES + len(self._postings) * _TERM_BYTES
        return arrays + postings + 8 * self._documents

    def copy(self, metadata: list[dict[str, Any]]) -> Self:
        """Return an independent text index over a copy of the metadata.

        There may be as many terms as rows, so postings stay shared until one of the two adds to them. The
        analyzer stays shared as well: the same lock guards all copies of an index.
        """
        self._stamp = object()  # for both: none of the postings so far bears it
        other: Self = copy(self)
        other._metadata = metadata
        other._postings = dict(self._postings)
        other._sizes = self._sizes[:]
        other._lengths = copied(self._lengths, self._documents)
        other._row_of = copied(self._row_of, self._documents)
        other._document_of = self._document_of.copy()
        return other

    def scores(self, text: str) -> NDArray[np.float64]:
        """Return the BM25 score of every row, shape (rows,); zero for a row without a term of the query."""
        lengths = self._lengths[: self._documents]
        row_of = self._row_of[: self._documents]
        living = row_of != _GONE  # Choice: bm25-records.
        records = int(np.count_nonzero(living))
        if not records:
            return np.zeros(len(self._metadata))
        average = float(lengths[living].mean())
        of_documents = np.zeros(self._documents)
        for term in choices.query_terms(self._analyzer.of_query(text)):
            posting = self._postings.get(term)
            if posting is None:
                continue
            documents = np.array(posting.documents, np.int32)
            counts = np.array(posting.counts, np.int32)
            containing = int(np.count_nonzero(living[documents]))
            frequency = choices.term_frequency(counts, lengths[documents], average)
            of_documents[documents] += choices.inverse_document_frequency(records, containing) * frequency
        scores = np.zeros(len(self._metadata))
        scores[row_of[living]] = of_documents[living]
        return scores


class TextIndexes(Derived[TextIndex]):
    """The text indexes of one index, by metadata key and language.

    Copies of an index, which may share this, may give a key different languages.
    """

    def scores(self, key: str, language: str | None, text: str) -> NDArray[np.float64]:
        """Return the BM25 score of every row for a query on one metadata key; see `TextIndex`."""
        part = self.part((key, language), lambda: TextIndex(key, language, self._metadata))
        return part.scores(text)
