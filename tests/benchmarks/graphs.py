"""Rows of the table of targets about HNSW: what it finds, how fast, and how long its graph takes to build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.search import Flat, Hnsw
from mock_s3vectors.search.flat import load_faiss
from tests.benchmarks.ratios import (
    Figure,
    Row,
    at_least,
    at_most,
    by_turns,
    duration,
    ratio_of,
    scaled,
    seconds_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

COUNT, DIMENSION, TOP, QUESTIONS = 100_000, 384, 10, 200
GROUPS, SPREAD = 1_000, 0.3


def clustered(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return vectors around common centres, and questions around the same ones."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((GROUPS, DIMENSION), np.float32)
    rows = centres[random.integers(GROUPS, size=count + QUESTIONS)]
    rows += SPREAD * random.standard_normal(rows.shape, np.float32)
    return rows[:count], rows[count:]


def nearest(rows: NDArray[np.intp], matrix: NDArray[np.float32], question: NDArray[np.float32]) -> set[int]:
    """Return the nearest of some rows, compared exactly."""
    distances = ((matrix[rows].astype(np.float64) - question) ** 2).sum(axis=1)
    return {*rows[np.argsort(distances, kind="stable")[:TOP]].tolist()}


def graph(scale: float) -> Iterator[Row]:
    count = scaled(COUNT, scale)
    matrix, questions = clustered(count)
    every = np.arange(count)
    flat, hnsw = Flat().build("euclidean", DIMENSION), Hnsw().build("euclidean", DIMENSION)
    flat.write(every, matrix)
    hnsw.write(every, matrix)
    shape = f"{count:,} x {DIMENSION}, clustered"
    built = seconds_of(lambda: hnsw.plan(questions[0], TOP, matrix, None).candidates())

    def raw() -> None:
        faiss, settings = load_faiss(), Hnsw()
        index = faiss.IndexHNSWFlat(DIMENSION, settings.m)
        index.hnsw.efConstruction = settings.ef_construction
        index.add(matrix)

    bare = seconds_of(raw)
    note = f"{duration(built)} to {duration(bare)}"
    yield Row(
        f"build the graph, {shape}",
        "raw faiss, all cores",
        at_most(1.1),
        Figure(built / bare, built / bare, note),
    )
    shares = [
        len(
            nearest(hnsw.plan(question, TOP, matrix, None).candidates(), matrix, question)
            & nearest(flat.plan(question, TOP, matrix, None).candidates(), matrix, question)
        )
        / TOP
        for question in questions
    ]
    found = sum(shares) / len(shares)
    yield Row(f"HNSW, {shape}", f"recall@{TOP}", at_least(0.97), Figure(found, found))
    exact, approximate = by_turns(
        lambda: [flat.plan(question, TOP, matrix, None).candidates() for question in questions[:20]],
        lambda: [hnsw.plan(question, TOP, matrix, None).candidates() for question in questions[:20]],
        rounds=9,
    )
    yield Row(f"speed of HNSW, {shape}", "flat's", at_least(20), ratio_of(exact, approximate))


MEASUREMENTS = {"hnsw": graph}
