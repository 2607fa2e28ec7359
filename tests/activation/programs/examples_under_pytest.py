"""Examples of Hypothesis under the marker, in a decorated class, and with parameters; some fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_s3vectors import mock_s3vectors
from tests.activation.world import CLIENT, account_of, create, names

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.s3vectors(account_id="111122223333")
@settings(max_examples=5, deadline=None, database=None)
@given(st.integers())
def test_with_the_marker(number: int) -> None:
    assert names() == []
    assert account_of(CLIENT) == "111122223333"


@mock_s3vectors
class TestExamples:
    @pytest.fixture(autouse=True)
    def bucket(self) -> Iterator[None]:
        create("fixture")
        yield
        assert names() == ["fixture"]

    @settings(max_examples=5, deadline=None, database=None)
    @given(st.integers())
    def test_examples(self, number: int) -> None:
        assert names() == ["fixture"]
        create("bucket")

    @pytest.mark.parametrize("one", [1, 2])
    @settings(max_examples=5, deadline=None, database=None)
    @given(number=st.integers())
    def test_parameters(self, one: int, number: int) -> None:
        assert names() == ["fixture"]
        create("bucket")


@mock_s3vectors
@settings(max_examples=100, deadline=None, database=None)
@given(number=st.integers(0, 1000))
@pytest.mark.parametrize("one", [1, 2])
def test_fails(one: int, number: int) -> None:
    assert names() == []
    create("bucket")
    assert number < 17
