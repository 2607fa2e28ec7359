"""Postings, counted and merged, against a plain count."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.search.postings import Postings, count_terms, merge

DOCUMENTS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=8)


def counted(documents: list[list[int]], first: int) -> Postings:
    terms = [term for document in documents for term in document]
    return count_terms(np.array(terms, np.intc), [len(document) for document in documents], first)


def of(postings: Postings, term: int) -> list[tuple[int, int]]:
    """The documents that contain a term, and how often each does."""
    documents, counts = postings.of(term)
    return list(zip(documents.tolist(), counts.tolist(), strict=True))


@given(DOCUMENTS, st.sampled_from([0, 5, 2**31 - 9]))
def test_terms_are_counted(documents: list[list[int]], first: int) -> None:
    postings = counted(documents, first)
    assert len(postings) == sum(len(set(document)) for document in documents)
    for term in range(-1, 11):
        counts = [(number, Counter(document)[term]) for number, document in enumerate(documents, first)]
        assert of(postings, term) == [entry for entry in counts if entry[1]]


@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_merged_parts_are_as_if_counted_at_once(parts: list[list[list[int]]]) -> None:
    separate, first = [], 0
    for part in parts:
        separate.append(counted(part, first))
        first += len(part)
    merged = merge(separate)
    at_once = counted([document for part in parts for document in part], 0)
    for name in ("terms", "documents", "counts"):
        assert getattr(merged, name).tolist() == getattr(at_once, name).tolist()
        assert getattr(merged, name).dtype == np.int32
