"""Full text: the postings of a metadata key, and BM25 over them.

How many records have a term is counted anew by each query.
"""

from __future__ import annotations

from array import array
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.derived import Derived
from mock_s3vectors.search.analysis import analyzer_of
from mock_s3vectors.search.postings import Postings, count_terms, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from typing_extensions import Self

_GONE = -1
_SPARE_POSTINGS = 100_000

# Terms of so many texts are counted at a time, and postings so many scored at a time: temporary arrays stay
# in the caches, and no thread waits long for another one that is at work here.
_TERMS_AT_ONCE = 1 << 16
_POSTINGS_AT_ONCE = 1 << 13

# Roughly: three numbers; a term or a part of a text, and its entry in a dictionary.
_POSTING_BYTES = 12
_TERM_BYTES = 200
_PART_BYTES = 200


class _TermNumbers(dict[str, int]):
    """Terms to their numbers; an unknown term gets the next one."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class _Texts(NamedTuple):
    """Texts that become documents: their rows, how many terms each has, and the numbers of all terms."""

    rows: list[int]
    lengths: list[int]
    terms: array[int]


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
        self._numbers = _TermNumbers()
        self._postings: list[Postings] = []  # each at least twice as many as the next; see `_keep`
        self._documents = 0  # living and dead
        self._dead = self._living = 0  # postings
        self._records = self._total_length = 0  # of living documents
        self._lengths = np.zeros(0)  # by document, as are the next two
        self._sizes = np.zeros(0, np.int32)  # its postings, which are those of distinct terms
        self._row_of = np.zeros(0, np.intp)  # _GONE for dead ones
        self._document_of = np.zeros(0, np.int32)  # by row; _GONE where there is no text
        self.write(range(len(metadata)))

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; those past the end so far are new."""
        known = self._document_of.size
        self._document_of = with_room(self._document_of, len(self._metadata), known)
        self._document_of[known:] = _GONE
        if self._documents:  # An array of very many rows would keep other threads waiting.
            self._bury(np.array(rows, np.intp))
        self._keep([self._add(texts) for texts in self._texts(rows)])

    def _texts(self, rows: Sequence[int]) -> Iterator[_Texts]:
        """Yield the texts of these rows, some at a time."""
        rows_, lengths, terms = texts = _Texts([], [], array("i"))
        for row in rows:
            text = self._metadata[row].get(self._key)
            if not choices.is_text(text):
                continue
            before = len(terms)
            terms.extend(map(self._numbers.__getitem__, self._analyzer.of_record(text)))
            if len(terms) > before:
                rows_.append(row)
                lengths.append(len(terms) - before)  # Choice: east-asian-lengths.
            if len(terms) >= _TERMS_AT_ONCE:
                yield texts
                rows_, lengths, terms = texts = _Texts([], [], array("i"))
        if rows_:
            yield texts

    def _add(self, texts: _Texts) -> Postings:
        """Make documents of texts, and return their postings."""
        first, end = self._documents, self._documents + len(texts.rows)
        self._lengths = with_room(self._lengths, end, first)
        self._sizes = with_room(self._sizes, end, first)
        self._row_of = with_room(self._row_of, end, first)
        postings = count_terms(np.frombuffer(texts.terms, np.intc), texts.lengths, first)
        self._lengths[first:end] = texts.lengths
        self._sizes[first:end] = np.bincount(postings.documents - first)
        self._row_of[first:end] = texts.rows
        self._document_of[texts.rows] = np.arange(first, end)
        self._documents = end
        self._living += len(postings)
        self._records += len(texts.rows)
        self._total_length += len(texts.terms)
        return postings

    def _keep(self, new: Sequence[Postings]) -> None:
        """Keep new postings, merged with those of fewer than twice as many.

        So there are only a few parts for queries to look at, and each posting is merged only a few times.
        """
        first, count = len(self._postings), sum(map(len, new))
        while first and len(self._postings[first - 1]) < 2 * count:
            first -= 1
            count += len(self._postings[first])
        parts = [*self._postings[first:], *new]
        self._postings[first:] = [merge(parts)] if len(parts) > 1 else parts

    def _bury(self, rows: NDArray[np.intp]) -> None:
        documents = self._document_of[rows]
        documents = documents[documents != _GONE]
        self._row_of[documents] = _GONE
        self._document_of[rows] = _GONE
        postings = int(self._sizes[documents].sum())
        self._living -= postings
        self._dead += postings
        self._records -= documents.size
        self._total_length -= int(self._lengths[documents].sum())

    def remove(self, row: int) -> None:
        """Move the former last row, now one past the end, to `row`."""
        last = len(self._metadata)
        self._bury(np.array([row], np.intp))
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
        arrays = (self._lengths, self._sizes, self._row_of, self._document_of)
        postings = (self._dead + self._living) * _POSTING_BYTES
        words = len(self._numbers) * _TERM_BYTES + self._analyzer.known_parts() * _PART_BYTES
        return sum(array.nbytes for array in arrays) + postings + words

    def copy(self, metadata: list[dict[str, Any]]) -> Self:
        """Return an independent text index over a copy of the metadata.

        The analyzer stays shared: the same lock guards all copies of an index.
        """
        other: Self = copy(self)
        other._metadata = metadata
        other._numbers = _TermNumbers(self._numbers)
        other._postings = self._postings[:]
        other._lengths = copied(self._lengths, self._documents)
        other._sizes = copied(self._sizes, self._documents)
        other._row_of = copied(self._row_of, self._documents)
        other._document_of = self._document_of.copy()
        return other

    def scores(self, text: str) -> NDArray[np.float64]:
        """Return the BM25 score of every row, shape (rows,); zero for a row without a term of the query."""
        scores = np.zeros(len(self._metadata) + 1)  # the last one, at _GONE, is that of dead documents
        if self._records:  # Choice: bm25-records.
            for term in choices.query_terms(self._analyzer.of_query(text)):
                number = self._numbers.get(term)
                if number is not None:
                    self._add_scores(number, scores)
        return scores[:-1]

    def _add_scores(self, term: int, scores: NDArray[np.float64]) -> None:
        """Add the part of a term to the score of every row, and to that of dead documents."""
        found = [
            (documents[start : start + _POSTINGS_AT_ONCE], counts[start : start + _POSTINGS_AT_ONCE])
            for documents, counts in (postings.of(term) for postings in self._postings)
            for start in range(0, documents.size, _POSTINGS_AT_ONCE)
        ]
        average = self._total_length / self._records
        containing = sum(self._count_living(documents) for documents, _ in found)
        weight = choices.inverse_document_frequency(self._records, containing)
        for documents, counts in found:
            places = documents.astype(np.intp)  # once, not by each of the next two
            frequency = choices.term_frequency(counts, self._lengths.take(places), average)
            np.add.at(scores, self._row_of.take(places), weight * frequency)

    def _count_living(self, documents: NDArray[np.int32]) -> int:
        if not self._dead:
            return documents.size
        return int(np.count_nonzero(self._row_of.take(documents) != _GONE))


class TextIndexes(Derived[TextIndex]):
    """The text indexes of one index, by metadata key and language.

    Copies of an index, which may share this, may give a key different languages.
    """

    def scores(self, key: str, language: str | None, text: str) -> NDArray[np.float64]:
        """Return the BM25 score of every row for a query on one metadata key; see `TextIndex`."""
        part = self.part((key, language), lambda: TextIndex(key, language, self._metadata))
        return part.scores(text)
