"""ENHANCED indexes answer as on AWS, by vectors of eight bits for each number; CLASSIC indexes exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import mock_s3vectors
from tests.support.helpers import BUCKET, INDEX, SETTINGS, shared_client, stored, vector
from tests.support.quantized_oracle import distances, held
from tests.support.shapes import MODES, QUERY_PAGES, TEXT_SEARCH, needs
from tests.support.text_oracle import float32
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex

pytestmark = pytest.mark.s3vectors(search_engine="quantized", default_index_mode="ENHANCED")

METRICS = pytest.mark.parametrize("metric", ["euclidean", "cosine"])
HUGE = float(np.finfo(np.float32).max)
TINY = 2.0**-149
# The corners of a square: they hold the ends of both dimensions at 0 and 1.
CORNERS = {"corner-00": [0.0, 0.0], "corner-11": [1.0, 1.0]}


def put(client: Client, index: dict[str, str], vectors: dict[str, Any], **metadata: Any) -> None:
    client.put_vectors(**index, vectors=[vector(key, data, **metadata) for key, data in vectors.items()])


def query(client: Client, index: dict[str, str], data: Any, **settings: Any) -> dict[str, float]:
    """The distances of the hits, in their order."""
    request = {"queryVector": {"float32": list(data)}, "topK": 100, "returnDistance": True, **settings}
    return {hit["key"]: hit["distance"] for hit in client.query_vectors(**index, **request)["vectors"]}


def nearly(expected: dict[str, float]) -> Any:
    """Return distances that equal others up to the last bit of a float32."""
    return pytest.approx(expected, rel=2.0**-23, abs=1e-15)


# --- the law


def test_a_vector_is_not_at_distance_0_from_itself(client: Client, make_index: MakeIndex) -> None:
    """127.5 steps are 128, and 63.75 steps are 64."""
    index = make_index()
    put(client, index, {**CORNERS, "own": [0.5, 0.25]})
    found = query(client, index, [0.5, 0.25])
    assert list(found) == ["own", "corner-00", "corner-11"]
    x, y = float32(128 / 255), float32(64 / 255)
    assert found["own"] == float32((x - 0.5) ** 2 + (y - 0.25) ** 2) == pytest.approx(4.8058e-06, rel=1e-4)
    assert found["corner-00"] == 0.3125
    assert found["corner-11"] == 0.8125


def test_a_number_halfway_goes_to_the_even_step(client: Client, make_index: MakeIndex) -> None:
    index = make_index(dimension=1)
    put(client, index, {"low": [0], "high": [255], "a": [2.5], "b": [3.5], "c": [-0.0]})
    assert query(client, index, [1]) == {"c": 1.0, "low": 1.0, "a": 1.0, "b": 9.0, "high": 254.0**2}


def test_unit_vectors_as_in_a_recorded_run(client: Client, make_index: MakeIndex) -> None:
    """AWS answered 4.768e-06 for a vector itself, and missed other distances by up to 2.7e-3."""
    index = make_index(dimension=8, metric="cosine")
    rows = np.random.default_rng(14).standard_normal((10, 8))
    units = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    vectors = {f"key-{number}": row for number, row in enumerate(units.tolist())}
    put(client, index, vectors)
    found = query(client, index, vectors["key-0"])
    assert found == nearly(distances("cosine", vectors["key-0"], vectors))
    assert found["key-0"] == pytest.approx(4.81e-06, rel=1e-3)
    with mock_s3vectors(search_engine="flat"):
        exact = query(client, index, vectors["key-0"])
    assert exact["key-0"] == 0.0
    assert 1e-3 < max(abs(found[key] - exact[key]) for key in vectors) < 3e-3


STEPS = st.integers(-(2**12), 2**12)
COMMANDS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.dictionaries(st.sampled_from("abcdef"), st.tuples(STEPS, STEPS))),
        st.tuples(st.just("delete"), st.sets(st.sampled_from("abcdef"))),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.usefixtures("no_coverage")
@METRICS
@given(commands=COMMANDS, target=st.tuples(STEPS, STEPS), exponent=st.sampled_from([-149, -12, 0, 115]))
def test_the_law_after_any_writes(metric: str, commands: Any, target: Any, exponent: int) -> None:
    """A query after each write; numbers are so few bits apart that nothing but the law rounds them."""

    def scaled(numbers: Any) -> list[float]:
        return [number * 2.0**exponent for number in numbers]

    if metric == "cosine" and not any(target):
        target = (1, 0)
    client, vectors = shared_client(), dict[str, Any]()
    with mock_s3vectors(search_engine="quantized", default_index_mode="ENHANCED"):
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **{**SETTINGS, "distanceMetric": metric})
        for command, argument in commands:
            if command == "put":
                written = {
                    key: scaled(data) for key, data in argument.items() if metric == "euclidean" or any(data)
                }
                for key, data in written.items():
                    put(client, INDEX, {key: data}, even=key in "bdf")
                vectors |= written
            elif argument:
                client.delete_vectors(**INDEX, keys=sorted(argument))
                vectors = {key: data for key, data in vectors.items() if key not in argument}
            expected = distances(metric, scaled(target), vectors) if vectors else {}
            found = query(client, INDEX, scaled(target))
            assert found == nearly(expected)
            assert list(found.values()) == sorted(found.values())
            even = {key: found[key] for key in found if key in "bdf"}
            assert list(query(client, INDEX, scaled(target), filter={"even": True}).items()) == list(
                even.items()
            )


# --- the bounds


@METRICS
def test_the_bounds_are_those_of_all_vectors_whatever_the_filter(
    client: Client, make_index: MakeIndex, metric: str
) -> None:
    index = make_index(metric=metric)
    put(client, index, {"near": [3, 1], "nearer": [2, 1]}, wanted=True)
    exact = query(client, index, [2, 1])
    assert exact["nearer"] == 0.0
    put(client, index, {"least": [-7, -50], "greatest": [100, 120]}, wanted=False)
    found = query(client, index, [2, 1], filter={"wanted": True})
    assert sorted(found) == ["near", "nearer"]
    assert found["nearer"] > 0.0
    assert found.items() <= query(client, index, [2, 1]).items()


@METRICS
def test_writes_and_deletions_move_the_bounds(client: Client, make_index: MakeIndex, metric: str) -> None:
    index = make_index(metric=metric)
    vectors: dict[str, Any] = {"low": [-1, -2], "high": [3, 4], "own": [0.3, 0.7]}

    def check() -> float:
        expected = distances(metric, [1, 2], {key: list(map(float32, v)) for key, v in vectors.items()})
        found = query(client, index, [1, 2])
        assert found == nearly(expected)
        return found["own"]

    put(client, index, vectors)
    seen = [check()]
    for change in ({"new": [9, 1]}, {"new": [1, -9]}, {"low": [0, -0.5]}, {"between": [1, 1]}):
        put(client, index, change)
        vectors |= change
        seen.append(check())
    for key in ("between", "new", "high"):
        client.delete_vectors(**index, keys=[key])
        del vectors[key]
        seen.append(check())
    # A vector between the bounds moves nothing, neither when it comes nor when it goes.
    assert seen[3] == seen[4] == seen[5]
    assert len({*seen}) == 6


def test_one_vector_and_two_are_held_exactly(client: Client, make_index: MakeIndex) -> None:
    """All their numbers are bounds."""
    index = make_index()
    put(client, index, {"one": [0.1, 0.7]})
    assert query(client, index, [0.1, 0.7]) == {"one": 0.0}
    put(client, index, {"two": [0.3, -0.9]})
    assert query(client, index, [0.1, 0.7])["one"] == query(client, index, [0.3, -0.9])["two"] == 0.0


def test_a_dimension_in_which_all_vectors_agree_is_held_exactly(
    client: Client, make_index: MakeIndex
) -> None:
    index = make_index(dimension=3)
    vectors = {key: [*data, 0.1] for key, data in {**CORNERS, "own": [0.5, 0.25]}.items()}
    put(client, index, vectors)
    x, y = float32(128 / 255), float32(64 / 255)
    assert query(client, index, vectors["own"])["own"] == float32((x - 0.5) ** 2 + (y - 0.25) ** 2)


# --- the ends of float32


@METRICS
def test_a_vector_that_becomes_zero(client: Client, make_index: MakeIndex, metric: str) -> None:
    """Cosine knows no zero vector: it is held exactly there."""
    index = make_index(metric=metric)
    put(client, index, {"x": [1, 0], "y": [0, 1], "own": [0.001, 0.001]})
    found = query(client, index, [0.001, 0.001])
    if metric == "cosine":
        assert found["own"] == 0.0
    else:
        assert found["own"] == float32(2 * float32(0.001) ** 2)


def test_bounds_whose_difference_is_beyond_float32(client: Client, make_index: MakeIndex) -> None:
    index = make_index()
    vectors: dict[str, list[float]] = {"a": [-HUGE, 0], "b": [HUGE, 1], "c": [HUGE / 100, 0.5]}
    put(client, index, vectors)
    assert query(client, index, [-HUGE, 0]) == {"a": 0.0, "b": float("inf"), "c": float("inf")}
    place = held({key: list(map(float32, data)) for key, data in vectors.items()}, "euclidean")["c"]
    assert query(client, index, place, topK=1) == {"c": 0.0}


def test_numbers_at_the_end_of_float32(client: Client, make_index: MakeIndex) -> None:
    """The steps of a scale from 0 to 1,000 of the smallest numbers are four of them, nearly."""
    index = make_index(metric="cosine")
    put(client, index, {"a": [0, 1], "b": [1000 * TINY, 1], "own": [2 * TINY, 1], "c": [1, 0]})
    assert query(client, index, [0, 1], topK=3) == {"a": 0.0, "b": 0.0, "own": 0.0}
    client.delete_vectors(**index, keys=["c"])
    put(client, index, {"a": [0, TINY], "b": [1000 * TINY, TINY], "own": [3 * TINY, TINY]})
    # 0.765 steps are one, 3.92 of the smallest numbers, which float32 holds as four.
    assert query(client, index, [4, 1], topK=1) == {"own": 0.0}


def test_a_dimension_with_bounds_far_apart(client: Client, make_index: MakeIndex) -> None:
    """The upper bound is so small beside the lower one that a sum would lose it."""
    index = make_index()
    put(client, index, {"a": [-HUGE, 0], "b": [1e-30, 1], "c": [-1, 0.3]})
    assert query(client, index, [1e-30, 1])["b"] == 0.0


# --- other members of the answer, other operations


def test_reads_return_what_was_put(client: Client, make_index: MakeIndex) -> None:
    index = make_index()
    put(client, index, {**CORNERS, "own": [0.5, 0.3]})
    query(client, index, [0.5, 0.3])
    assert stored(client, index, "own") == {"own": ([0.5, float32(0.3)], {})}
    listed = client.list_vectors(**index, returnData=True)["vectors"]
    assert {entry["key"]: entry["data"]["float32"] for entry in listed}["own"] == [0.5, float32(0.3)]


def test_vectors_that_are_held_alike_tie(client: Client, make_index: MakeIndex) -> None:
    index = make_index()
    put(client, index, {**CORNERS, "z": [0.5, 0.5], "a": [0.501, 0.501], "m": [0.502, 0.502]})
    found = query(client, index, [0.5, 0.5], topK=3)
    assert list(found) == ["a", "m", "z"]
    assert len({*found.values()}) == 1
    assert list(query(client, index, [0.5, 0.5], topK=1)) == ["a"]


@needs(*QUERY_PAGES)
def test_pages_stay_as_the_first_one_found_them(client: Client, make_index: MakeIndex) -> None:
    index = make_index()
    put(client, index, {f"key-{number:03}": [number / 7, number % 10] for number in range(150)})
    request = {**index, "queryVector": {"float32": [3, 3]}, "topK": 150, "returnDistance": True}
    first = client.query_vectors(**request)
    rest = client.query_vectors(**request, nextToken=first["nextToken"])["vectors"]
    put(client, index, {"far": [1000, 1000]})
    assert client.query_vectors(**request, nextToken=first["nextToken"])["vectors"] == rest
    assert client.query_vectors(**request)["vectors"] != first["vectors"]


@needs(*TEXT_SEARCH)
def test_a_hybrid_search_shows_quantized_distances(client: Client, make_index: MakeIndex) -> None:
    index = make_index(metadataConfiguration=searchable("text"))
    put(client, index, {**CORNERS, "own": [0.5, 0.25]}, text="red")
    texts = query_texts(("text", "red"))
    request = {**index, "topK": 3, "returnScores": True}
    both = client.query_vectors(**request, queryVector={"float32": [0.5, 0.25]}, queryTexts=texts)["vectors"]
    alone = client.query_vectors(**request, queryTexts=texts)["vectors"]
    shown = {hit["key"]: hit["scores"] for hit in both}
    assert shown["own"]["vectorDistance"] == query(client, index, [0.5, 0.25])["own"] > 0.0
    for hit in alone:
        assert shown[hit["key"]]["bm25Scores"] == hit["scores"]["bm25Scores"]


# --- modes, and mocks inside mocks


@needs(*MODES)
@pytest.mark.s3vectors(search_engine="quantized", default_index_mode="CLASSIC")
def test_a_classic_index_is_exact_until_its_mode_changes(client: Client, make_index: MakeIndex) -> None:
    index = make_index()
    put(client, index, {**CORNERS, "own": [0.5, 0.25]})
    assert query(client, index, [0.5, 0.25])["own"] == 0.0
    assert query(client, index, [0.5, 0.25], queryMode="ENHANCED")["own"] == 0.0
    client.update_index_mode(**index, indexMode="ENHANCED")
    assert query(client, index, [0.5, 0.25])["own"] > 0.0
    client.update_index_mode(**index, indexMode="CLASSIC")
    assert query(client, index, [0.5, 0.25])["own"] == 0.0


def test_a_mock_inside_may_search_in_another_way(client: Client, make_index: MakeIndex) -> None:
    index = make_index()
    put(client, index, {**CORNERS, "own": [0.5, 0.25]})
    before = query(client, index, [0.5, 0.25])
    with mock_s3vectors(search_engine="flat"):
        assert query(client, index, [0.5, 0.25])["own"] == 0.0
    with mock_s3vectors():
        assert query(client, index, [0.5, 0.25]) == before
        put(client, index, {"far": [9, 9]})
        assert query(client, index, [0.5, 0.25], topK=3) != before
    assert query(client, index, [0.5, 0.25]) == before


def test_the_order_is_that_of_the_held_vectors(client: Client, make_index: MakeIndex) -> None:
    """The nearer one of two vectors may be the farther one as they are held, as 10 and 11 here."""
    index = make_index(dimension=1)
    put(client, index, {"low": [0], "high": [255], "a": [10.45], "b": [10.6]})
    own = float32(10.52)
    assert query(client, index, [own], topK=2) == {
        "b": float32((11 - own) ** 2),
        "a": float32((own - 10) ** 2),
    }
    assert list(query(client, index, [own], topK=1)) == ["b"]
    with mock_s3vectors(search_engine="flat"):
        assert list(query(client, index, [own], topK=1)) == ["a"]
