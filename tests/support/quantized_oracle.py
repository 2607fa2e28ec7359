"""Distances as an ENHANCED index on AWS answers them, by fractions and decimals.

The law: in each dimension the index holds 256 numbers from the least to the greatest of all its vectors, at
equal distances, and of each vector the nearest of them. The query is not quantized.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.support.text_oracle import float32

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GREATEST = Fraction(float32(3.4028234663852886e38))


def quantized(number: float, least: float, greatest: float) -> float:
    """The nearest of 256 numbers from the least to the greatest; a number halfway goes to the even one."""
    step = (Fraction(greatest) - Fraction(least)) / 255
    if not step:
        return number
    return float32(round((Fraction(number) - Fraction(least)) / step) * step + Fraction(least))


def held(vectors: Mapping[str, Sequence[float]], metric: str) -> dict[str, list[float]]:
    """The vectors as the index holds them, by key; their numbers are float32 ones."""
    ends = [(min(column), max(column)) for column in zip(*vectors.values(), strict=True)]
    result = {}
    for key, vector in vectors.items():
        numbers = [quantized(number, *pair) for number, pair in zip(vector, ends, strict=True)]
        result[key] = numbers if any(numbers) or metric == "euclidean" else list(vector)
    return result


def distance(metric: str, query: Sequence[float], vector: Sequence[float]) -> float:
    """The distance of a held vector, as float32."""
    x, y = [Fraction(number) for number in query], [Fraction(number) for number in vector]
    if metric == "euclidean":
        squared = sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Fraction(0))
        return float32(squared) if squared <= _GREATEST else float("inf")
    dot = sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))
    lengths = sum(a * a for a in x) * sum(b * b for b in y)
    with localcontext() as context:
        context.prec = 60
        square = dot * dot / lengths
        cosine = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        return float32(1 - cosine if dot > 0 else 1 + cosine)


def distances(
    metric: str, query: Sequence[float], vectors: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """The distance of each vector of an index, by key."""
    return {key: distance(metric, query, vector) for key, vector in held(vectors, metric).items()}
