"""Facts about the vectors of an ENHANCED index, which are quantized: eight bits for each number."""

from __future__ import annotations

from math import sin, sqrt
from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import distances, keys_of, members_of, query
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import About

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_s3vectors.parity.answers import Index
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Quantized vectors")

Vectors = dict[str, list[float]]
CORNERS: Vectors = {"low": [0.0, 0.0], "high": [1.0, 1.0]}
# A vector between them, and how it is held: 127.5 steps of 255 are 128, and 63.75 are 64.
OWN = [0.5, 0.25]
HELD = [128 / 255, 64 / 255]


def held(vectors: Mapping[str, Sequence[float]]) -> Vectors:
    """Return vectors by the law that was seen: 256 numbers from the least to the greatest of a dimension."""
    ends = [(min(column), max(column)) for column in zip(*vectors.values(), strict=True)]
    steps = [(high - low) / 255 or 1.0 for low, high in ends]
    return {
        key: [
            round((number - low) / step) * step + low
            for number, step, (low, _) in zip(vector, steps, ends, strict=True)
        ]
        for key, vector in vectors.items()
    }


def cosine_distance(first: Sequence[float], second: Sequence[float]) -> float:
    """Return 1 - cos of two vectors."""
    dot = sum(a * b for a, b in zip(first, second, strict=True))
    return 1 - dot / sqrt(sum(a * a for a in first)) / sqrt(sum(b * b for b in second))


def squared_distance(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the squared euclidean distance of two vectors."""
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True))


def unit_vectors() -> Vectors:
    """Return ten unit vectors of eight numbers."""
    vectors = {}
    for row in range(10):
        numbers = [sin(1 + 8 * row * row + 3 * column) for column in range(8)]
        length = sqrt(sum(number * number for number in numbers))
        vectors[f"key-{row}"] = [number / length for number in numbers]
    return vectors


def filled(ask: Asking, vectors: Vectors, metric: str = "euclidean") -> Index:
    """Create an index of these vectors."""
    [dimension] = {*map(len, vectors.values())}
    index = ask.index(dimension=dimension, distanceMetric=metric)
    ask.put(index, *vectors.items())
    return index


# --- the law that was seen, for the cosine metric


@facts(
    "quantized",
    "seen",
    "An ENHANCED index holds, in each dimension, 256 numbers from the least to the greatest of its vectors.",
)
def _(ask: Asking) -> None:
    vectors = unit_vectors()
    index = filled(ask, vectors, "cosine")
    for target in (vectors["key-0"], vectors["key-7"]):
        expected = {
            key: About(cosine_distance(target, vector), 1e-6) for key, vector in held(vectors).items()
        }
        found = distances(ask, index, target)
        ask.compare("the distances", expected, found)


@facts("quantized-itself", "seen", "A vector may be at a distance from itself.")
def _(ask: Asking) -> None:
    vectors = unit_vectors()
    target = vectors["key-0"]
    found = distances(ask, filled(ask, vectors, "cosine"), target, topK=1)
    own = cosine_distance(target, held(vectors)["key-0"])
    # By the law it is 2.6e-06, far more than the rounding of float32.
    ask.compare("the distance", {"key-0": About(own, own / 2)}, found)


@facts("quantized-ends", "seen", "The least and the greatest number of a dimension are held as they are.")
def _(ask: Asking) -> None:
    vectors = {"a": [0.31, 0.77], "b": [0.93, 0.12]}
    index = filled(ask, vectors, "cosine")
    for key, vector in vectors.items():
        ask.compare(f"the nearest of {key}", {key: About(0, 5e-7)}, distances(ask, index, vector, topK=1))


@facts("quantized-query", "seen", "The query is not quantized.")
def _(ask: Asking) -> None:
    index = filled(ask, {"a": [1.0, 0.0], "b": [0.0, 1.0]}, "cosine")
    target = [0.7003, 0.2991]
    expected = {
        "a": About(cosine_distance(target, [1, 0]), 1e-6),
        "b": About(cosine_distance(target, [0, 1]), 1e-6),
    }
    ask.compare("the distances", expected, distances(ask, index, target))


@facts("quantized-reads", "seen", "GetVectors returns the numbers that were put, as float32.")
def _(ask: Asking) -> None:
    index = filled(ask, {**CORNERS, "own": [0.9, 0.3]})
    answer = ask("GetVectors", **index, keys=["own"], returnData=True)
    expected = {"own": {"float32": [0.8999999761581421, 0.30000001192092896]}}
    ask.compare("the numbers", expected, members_of(answer, "data"))


# --- the rest, which nobody has published


@facts(
    "quantized-euclidean",
    "choice",
    "Euclidean distances on an ENHANCED index are those of quantized vectors too.",
    choices=("quantized-euclidean",),
)
def _(ask: Asking) -> None:
    index = filled(ask, {**CORNERS, "own": OWN})
    expected = {"own": About(squared_distance(OWN, HELD), 1e-7)}
    ask.compare("the distance to itself", expected, distances(ask, index, OWN, topK=1))
    target = [2.0, 3.0]
    expected = {"own": About(squared_distance(target, HELD), 1e-5)}
    found = distances(ask, index, target)
    ask.compare("that to another query", expected, {key: found[key] for key in found if key == "own"})


@facts(
    "quantized-equal-numbers",
    "choice",
    "A dimension in which all vectors of an index have the same number is held exactly.",
    choices=("quantized-equal-numbers",),
)
def _(ask: Asking) -> None:
    # The cosine of two numbers shows how the second, 0.7, is held: the first ones are ends.
    index = filled(ask, {"a": [0.0, 0.7], "b": [1.0, 0.7]}, "cosine")
    ask.compare("the nearest of (1, 0.7)", {"b": About(0, 5e-7)}, distances(ask, index, [1, 0.7], topK=1))
    target = [1.0, 0.0]
    expected = {"b": About(cosine_distance(target, [1, 0.7]), 1e-6), "a": About(1, 1e-6)}
    ask.compare("the distances of (1, 0)", expected, distances(ask, index, target))


@facts(
    "quantized-rounding",
    "choice",
    "A number halfway between two steps goes to the even step.",
    choices=("quantized-rounding",),
)
def _(ask: Asking) -> None:
    # The steps of the first dimension are 1, and the second numbers are ends.
    index = filled(ask, {"low": [0, 1], "high": [255, 2], "a": [2.5, 1], "b": [3.5, 1]}, "cosine")
    for key, even in (("a", 2), ("b", 4)):
        found = distances(ask, index, [even, 1], topK=1)
        ask.compare(f"the nearest of ({even}, 1)", {key: About(0, 5e-7)}, found)


@facts(
    "quantized-bounds",
    "choice",
    "A write or a deletion that moves the bounds of a dimension changes at once how all vectors are held.",
    choices=("quantized-bounds",),
)
def _(ask: Asking) -> None:
    vectors: Vectors = {"a": [1.0, 0.02], "b": [0.02, 1.0], "own": [0.31, 0.57]}
    index = filled(ask, vectors, "cosine")
    target = [0.31, 0.57]

    def expect_held(moment: str) -> None:
        own = cosine_distance(target, held(vectors)["own"])
        found = distances(ask, index, target, topK=1)
        ask.compare(f"the distance {moment}", {"own": About(own, 4e-7)}, found)

    expect_held("at first")
    vectors["far"] = [-90.0, -70.0]
    ask.put(index, ("far", vectors["far"]))
    expect_held("after a write")
    del vectors["far"]
    ask.prepare("DeleteVectors", **index, keys=["far"])
    expect_held("after a deletion")


@facts(
    "quantized-bounds-and-filters",
    "choice",
    "The bounds are those of all vectors, whatever a filter matches.",
    choices=("quantized-bounds",),
)
def _(ask: Asking) -> None:
    vectors: Vectors = {"own": [0.31, 0.57], "least": [-7, -50], "greatest": [100, 120]}
    index = ask.index(distanceMetric="cosine")
    ask.put(index, *((key, vector, {"f": key}) for key, vector in vectors.items()))
    found = distances(ask, index, vectors["own"], filter={"f": "own"})
    own = cosine_distance(vectors["own"], held(vectors)["own"])
    ask.compare("the distance", {"own": About(own, 1e-6)}, found)


@facts(
    "quantized-to-zero",
    "choice",
    "With the cosine metric, a vector that quantizing would make zero is held exactly.",
    choices=("quantized-to-zero",),
)
def _(ask: Asking) -> None:
    index = filled(ask, {"x": [1.0, 0.0], "y": [0.0, 1.0], "own": [0.001, 0.0005]}, "cosine")
    found = distances(ask, index, [0.001, 0.0005], topK=1)
    ask.compare("the distance", {"own": About(0, 5e-7)}, found)


@facts("quantized-order", "seen", "The order of hits is that of the vectors as they are held.")
def _(ask: Asking) -> None:
    # In steps of 1, the first numbers are 10 and 11; the second ones are ends.
    index = filled(ask, {"low": [0, 1], "high": [255, 2], "a": [10.45, 1], "b": [10.6, 1]}, "cosine")
    # The query is nearer to a than to b, but nearer to 11 than to 10.
    ask.compare("the nearest", ["b"], keys_of(query(ask, index, [10.52, 1], topK=1)))
