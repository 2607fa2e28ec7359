"""Filters against an oracle that looks at one row at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from mock_s3vectors.errors.exceptions import ValidationException
from mock_s3vectors.filtering import compile_filter, elements, vocabulary

from . import oracle
from .strategies import CLASSIC_FILTERS, FILTERS, JUNK, KEYS, METADATA, nearly_filters
from .table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator


# How many values are many, operands few, elements a block: these sizes choose ways to the same masks.
SIZES = st.tuples(st.sampled_from([0, 10_000]), st.sampled_from([0, 200]), st.integers(1, 9))


@contextmanager
def sized(sizes: tuple[int, int, int]) -> Iterator[None]:
    many, few, block = sizes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "_MANY", many)
        patch.setattr(vocabulary, "_FEW", few)
        patch.setattr(elements, "_BLOCK", block)
        yield


def assert_agrees(table: Table, document: Any) -> None:
    mask = compile_filter(document, enhanced=True).mask(table.columns)
    assert mask.tolist() == [oracle.matches(document, entries) for entries in table.metadata]


@given(st.lists(METADATA, max_size=12), st.lists(FILTERS, min_size=1, max_size=4), SIZES)
def test_masks_agree_with_the_oracle(
    rows: list[dict[str, Any]], documents: list[Any], sizes: tuple[int, int, int]
) -> None:
    table = Table(rows)
    with sized(sizes):
        for document in documents:
            assert_agrees(table, document)


@given(st.data(), SIZES)
def test_masks_agree_while_rows_come_and_go(data: st.DataObject, sizes: tuple[int, int, int]) -> None:
    with sized(sizes):
        check_while_rows_come_and_go(data)


def check_while_rows_come_and_go(data: st.DataObject) -> None:
    table = Table(data.draw(st.lists(METADATA, max_size=6)))
    documents = data.draw(st.lists(FILTERS, min_size=1, max_size=3))
    for _ in range(data.draw(st.integers(1, 12))):
        step = data.draw(st.sampled_from(["append", "overwrite", "remove", "filter"]))
        if step == "append":
            table.append(*data.draw(st.lists(METADATA, max_size=3)))
        elif step == "filter":
            assert_agrees(table, data.draw(st.sampled_from(documents)))
        elif table.metadata and step == "overwrite":
            rows = st.integers(0, len(table.metadata) - 1)
            table.overwrite(data.draw(st.dictionaries(rows, METADATA, min_size=1, max_size=3)))
        elif table.metadata:
            table.remove(data.draw(st.integers(0, len(table.metadata) - 1)))
    for document in documents:
        assert_agrees(table, document)


@given(st.lists(METADATA, max_size=6), FILTERS, METADATA)
def test_absence_and_negation_are_exact(
    rows: list[dict[str, Any]], document: Any, extra: dict[str, Any]
) -> None:
    table = Table([*rows, extra])
    [key] = sorted(oracle.fields(document))[:1]
    present = compile_filter({key: {"$exists": True}}).mask(table.columns)
    absent = compile_filter({key: {"$exists": False}}).mask(table.columns)
    assert (present ^ absent).all()
    for value in (1, True, "x", "NaN"):
        equal = compile_filter({key: value}).mask(table.columns)
        different = compile_filter({key: {"$ne": value}}).mask(table.columns)
        assert (equal ^ different).all()


@given(FILTERS | CLASSIC_FILTERS | nearly_filters() | JUNK, st.booleans())
def test_compiling_refuses_exactly_what_the_grammar_refuses(document: Any, enhanced: bool) -> None:  # noqa: FBT001
    if oracle.accepts(document, enhanced=enhanced):
        event("accepted")
        assert compile_filter(document, enhanced=enhanced).keys == oracle.fields(document)
        return
    event("refused")
    with pytest.raises(ValidationException, match=r"\AInvalid filter\Z"):
        compile_filter(document, enhanced=enhanced)


@given(FILTERS | nearly_filters(), KEYS)
def test_non_filterable_keys_are_refused_only_in_well_formed_filters(document: Any, key: str) -> None:
    if not oracle.accepts(document, enhanced=True):
        message = "Invalid filter"
    elif key in oracle.fields(document):
        message = "Invalid use of non-filterable metadata in filter"
    else:
        compile_filter(document, non_filterable={key}, enhanced=True)
        return
    with pytest.raises(ValidationException) as caught:
        compile_filter(document, non_filterable={key}, enhanced=True)
    assert caught.value.message == message


@given(FILTERS, st.integers(1, 40))
def test_a_hundred_constraints_and_no_more(document: Any, copies: int) -> None:
    many = {"$or": [document] * copies}
    if oracle.constraints(many) <= 100:
        compile_filter(many, enhanced=True)
        return
    with pytest.raises(ValidationException) as caught:
        compile_filter(many, enhanced=True)
    assert caught.value.message == "Filter must have at most 100 constraints"
