"""Facts about the numbers of vectors: float32, its ends, and the zero vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import members_of, record
from mock_s3vectors.parity.expecting import expect_accepted
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.facts.vectors import bad_vector

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Numbers of vectors")

INF, NAN = float("inf"), float("nan")
NOT_FINITE = "vector contains NaNs or Infs"
ZERO_NORM = "cosine distance does not support vectors with zero norm"


def compare_kept(ask: Asking, numbers: dict[str, tuple[float, float]]) -> None:
    """Put numbers by key, and compare those that come back: pairs of the one sent and the one kept."""
    index = ask.index(dimension=1)
    vectors = [record(key, [sent]) for key, (sent, _) in numbers.items()]
    if not expect_accepted(ask, "PutVectors", **index, vectors=vectors):
        return
    answer = ask("GetVectors", **index, keys=list(numbers), returnData=True)
    expected = {key: {"float32": [kept]} for key, (_, kept) in numbers.items()}
    ask.compare("the numbers", expected, members_of(answer, "data"))


@facts(
    "float32", "seen", "Numbers are kept as float32, and come back as the doubles that these are: 0.9 is not."
)
def _(ask: Asking) -> None:
    compare_kept(
        ask,
        {
            "a": (0.9, 0.8999999761581421),
            "b": (0.1, 0.10000000149011612),
            "c": (-1 / 3, -0.3333333432674408),
            "d": (16_777_217, 16_777_216.0),
        },
    )


@facts("float32-largest", "seen", "The largest number of float32 is accepted.")
def _(ask: Asking) -> None:
    largest = 3.4028234663852886e38
    compare_kept(ask, {"a": (3.4028235e38, largest), "b": (-3.4028235e38, -largest)})


@facts("float32-smallest", "seen", "The smallest number of float32 is accepted, and smaller ones become 0.")
def _(ask: Asking) -> None:
    compare_kept(ask, {"a": (1.5e-45, 1.401298464324817e-45), "b": (1e-46, 0.0)})


@facts("put-nan", "seen", "A vector with a NaN or an infinity is refused.")
def _(ask: Asking) -> None:
    index = ask.index()
    for number in (NAN, INF, -INF):
        ask.expect(bad_vector(NOT_FINITE), "PutVectors", **index, vectors=[record("a", [1, number])])


@facts("put-overflow", "seen", "A number beyond float32 is refused as an infinity is.")
def _(ask: Asking) -> None:
    index = ask.index()
    for number in (1e39, -1e39):
        ask.expect(bad_vector(NOT_FINITE), "PutVectors", **index, vectors=[record("a", [number, 1])])


@facts("put-nan-cosine", "seen", "An index with the cosine metric refuses NaN and infinity too.")
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="cosine")
    for number in (NAN, 1e39):
        ask.expect(bad_vector(NOT_FINITE), "PutVectors", **index, vectors=[record("a", [number, 1])])


@facts("put-zero-cosine", "seen", "An index with the cosine metric refuses the zero vector.")
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="cosine")
    ask.expect(bad_vector(ZERO_NORM), "PutVectors", **index, vectors=[record("a", [0, 0])])


@facts("put-zero-euclidean", "seen", "An index with the euclidean metric takes the zero vector.")
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="euclidean")
    ask.expect({}, "PutVectors", **index, vectors=[record("a", [0, 0])])


@facts(
    "put-underflow-cosine",
    "seen",
    "For the cosine metric, a vector is zero if its numbers are zero in float32: 1e-46 is, 1.5e-45 is not.",
)
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="cosine")
    ask.expect(bad_vector(ZERO_NORM), "PutVectors", **index, vectors=[record("a", [1e-46, 0])])
    ask.expect({}, "PutVectors", **index, vectors=[record("a", [1.5e-45, 0])])
