"""Parametrized tests and tests of Hypothesis under the decorator."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import create, names


@mock_s3vectors
class TestDecorated:
    @pytest.mark.parametrize("turn", range(3))
    def test_turn(self, turn: int) -> None:
        assert names() == []
        create("bucket")

    @settings(max_examples=5, database=None, deadline=None)
    @given(number=st.integers(0, 3))
    def test_property(self, number: int) -> None:
        assert STACK


@settings(max_examples=5, database=None, deadline=None)
@given(number=st.integers(0, 3))
@mock_s3vectors
def test_each_example_begins_anew(number: int) -> None:
    assert names() == []
    create("bucket")
