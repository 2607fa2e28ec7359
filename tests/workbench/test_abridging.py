"""How values are shown, and what stands for those that are too large to be kept."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.abridging import NotKept, abridged, floats, show, show_members


def is_wanted(_: Any) -> bool:
    return True


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (None, "None"),
        ("plots", "'plots'"),
        ("x" * 100, repr("x" * 100)),
        ("x" * 103, f"{'x' * 100!r}... 3 more characters"),
        ("a\nb", r"'a\nb'"),
        ([1, 2, 3], "[1, 2, 3]"),
        ((1, 2, 3, 4), "[1, 2, 3, ... 1 more]"),
        ([0.5] * 1536, "[0.5, 0.5, 0.5, ... 1533 more]"),
        ({"float32": [3, 4]}, "{'float32': <2 floats, norm 5.00>}"),
        ({"float32": (3.0, 4.0)}, "{'float32': <2 floats, norm 5.00>}"),
        ({"float32": []}, "{'float32': <0 floats, norm 0.00>}"),
        ({"float32": ["a", 4]}, "{'float32': <2 values>}"),
        ({"float32": [10**400]}, "{'float32': <1 values>}"),
        ({"float32": [float("nan")]}, "{'float32': <1 floats, norm nan>}"),
        ({"float32": 3}, "{'float32': 3}"),
        ([{"data": {"float32": [3, 4]}}], "[{'data': {'float32': <2 floats, norm 5.00>}}]"),
        (
            {str(n): n for n in range(12)},
            f"{{{', '.join(f'{str(n)!r}: {n}' for n in range(10))}, ... 2 more}}",
        ),
        (json.loads("[" * 9 + "]" * 9), "[[[[[[[[...]]]]]]]]"),
        (is_wanted, "is_wanted"),
        (lambda _: True, "<lambda>"),
        (ANY, "<ANY>"),
        (np.zeros((20, 20)), f"{' '.join(repr(np.zeros((20, 20))).split())[:100]}... "),
        (pytest.approx([0.5] * 1536), "approx([0.5 ± 5.0e-07, 0.5 ± 5.0e-07, 0.5 ± 5.0e-07, "),
    ],
)
def test_shown(value: Any, text: str) -> None:
    shown = show(value)
    assert shown == text or (shown.startswith(text) and shown.endswith("more characters"))
    assert "\n" not in shown
    assert len(shown) < 200


def test_members_as_arguments() -> None:
    members = {"indexName": "plots", "queryVector": {"float32": [3, 4]}, "float32": [3, 4]}
    assert show_members(members) == (
        "indexName='plots', queryVector={'float32': <2 floats, norm 5.00>}, float32=<2 floats, norm 5.00>"
    )


def test_vectors_are_left_out_and_the_rest_is_kept() -> None:
    vectors = [{"key": "a", "data": {"float32": [3.0, 4.0]}, "metadata": {"genre": "drama"}}]
    brief, size = abridged({"indexName": "plots", "vectors": vectors}, 1_000)
    assert repr(brief) == (
        "{'indexName': 'plots', 'vectors': [{'key': 'a', 'data': {'float32': <2 floats, norm 5.00>}, "
        "'metadata': {'genre': 'drama'}}]}"
    )
    assert 100 < size < 150
    assert vectors[0]["data"] == {"float32": [3.0, 4.0]}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([{"key": "a"}], "<1 item>"),
        ({"a": 1, "b": 2}, "<2 items>"),
        ("x" * 1_001, "<1001 characters>"),
        ("x" * 1_000, repr("x" * 1_000)),
        ([], "[]"),
        (3, "3"),
    ],
)
def test_what_is_large_is_left_out(value: Any, text: str) -> None:
    brief, _ = abridged({"value": value}, 0)
    assert repr(brief["value"]) == text


def test_values_that_are_too_deep_to_be_measured() -> None:
    deep = json.loads('{"$and": [' * 400 + "]}" * 400)
    brief, size = abridged({"filter": deep, "topK": 3}, 64 * 1024)
    assert repr(brief) == "{'filter': <1 item>, 'topK': 3}"
    assert size < 100


@pytest.mark.parametrize(
    ("other", "is_like_it"),
    [([1], False), ([1, 2, 3], False), ({"a": 1, "b": 2}, False), ("ab", False), (2, False), (None, False)],
)
def test_what_is_certainly_different(other: Any, *, is_like_it: bool) -> None:
    value = floats([3, 4])
    assert (value == other) is is_like_it
    assert (other == value) is is_like_it
    assert other != value


def test_what_was_not_kept_is_not_compared() -> None:
    value = NotKept([{"key": "a"}, {"key": "b"}], "2 items")
    refusal = (
        "<2 items> was too large to be kept with its call, so it cannot be compared with [1, 2]. "
        "Ask about smaller calls, or look at each call as it comes in: "
        'mock.on("PutVectors", when=lambda call: ...).'
    )
    with pytest.raises(UsageError) as error:
        assert value == [1, 2]
    assert str(error.value) == refusal
    with pytest.raises(UsageError, match="cannot be looked into"):
        value[0]
    with pytest.raises(UsageError, match="cannot be looked into"):
        list(value)  # type: ignore[call-overload] # as a test might
    with pytest.raises(UsageError, match="cannot be looked into"):
        assert pytest.approx([1, 2]) == value
    assert len(value) == 2
    assert pytest.approx([1]) != value
    assert value == ANY
    assert value == value  # noqa: PLR0124 - its own `==` is tested
    assert value != NotKept([1, 2], "2 items")
