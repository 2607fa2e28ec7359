"""Choices that are a value or a formula: on filters, full text and hybrid search.

Somebody who sees the real service behave otherwise changes it here. Each refers to its entry in `registry`.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

# --- filters --------------------------------------------------------------------------------

# Whether $ne and $nin match a record that does not have the key at all. Choice: not-equal-absent.
NOT_EQUAL_MATCHES_ABSENT = True

# This keeps compiling and evaluating, which take one Python call per level, far from the recursion
# limit, however deep the caller's own stack is. Choice: filter-depth.
DEEPEST_FILTER = 100

# --- configuring text search ----------------------------------------------------------------

# How long a text search configuration that was added stays BUILDING, unless an option says more.
# Choice: text-build-seconds.
BUILD_SECONDS = 0.0

# --- full text: terms become scores ---------------------------------------------------------


def is_text(value: Any) -> TypeGuard[str]:
    """Return whether a value of a searchable metadata key is indexed: numbers and arrays of strings are not.

    Choice: unindexed-values.
    """
    return isinstance(value, str)


def query_terms(terms: Sequence[str]) -> Iterable[str]:
    """Return the terms of a query that count: each once. Choice: repeated-query-terms."""
    return dict.fromkeys(terms)


# Choice: bm25-parameters.
BM25_K1 = 1.2
BM25_B = 0.75


def inverse_document_frequency(records: int, containing: int) -> float:
    """Return the weight of a term. Choice: bm25-idf.

    Args:
        records: how many records have any term in the metadata key, whatever a filter says.
        containing: how many of them have this one.
    """
    return log(1.0 + (records - containing + 0.5) / (containing + 0.5))


def term_frequency(
    counts: NDArray[np.int32], lengths: NDArray[np.float64], average: float
) -> NDArray[np.float64]:
    """Return the part of a term, before its weight, in the score of each record that contains it.

    Choice: bm25-formula.

    Args:
        counts: shape (n,): how often each record contains the term, at least once.
        lengths: shape (n,): of how many terms each record consists.
        average: the mean length of all records.
    """
    damped = BM25_K1 * (1.0 - BM25_B + BM25_B * lengths / average)
    weights: NDArray[np.float64] = counts * (BM25_K1 + 1.0) / (counts + damped)
    return weights


def text_score(scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the sum of the scores for each of the queryTexts, by which a full-text search ranks.

    Choice: several-query-texts.
    """
    total: NDArray[np.float64] = sum(scores[1:], start=scores[0])
    return total


def is_found(scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which records a text finds: those with any of its terms. Choice: terms-ored."""
    return scores > 0.0


# --- hybrid: rankings become one ------------------------------------------------------------

# Choice: rank-fusion.
RRF_CONSTANT = 60


def ranking_depth(top_k: int) -> int:
    """Return how many hits each of the rankings holds at most. Choice: ranking-depth."""
    return max(top_k, 100)


# The `distance` of a hit that is in no vector ranking, because there is none or the hit is too deep in it.
# None: the member is left out. Choice: missing-distance.
MISSING_DISTANCE: float | str | None = None
