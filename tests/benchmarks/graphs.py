"""Rows of the table of targets about HNSW: what it finds, how fast, and how long its graph takes to build."""

from __future__ import annotations

from functools import partial
from statistics import median
from threading import Thread
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

    from mock_s3vectors.search import Engine

COUNT, DIMENSION, TOP, QUESTIONS = 100_000, 384, 10, 200
GROUPS, SPREAD = 1_000, 0.3


def clustered(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return vectors around common centres, and questions around the same ones."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((GROUPS, DIMENSION), np.float32)
    rows = centres[random.integers(GROUPS, size=count + QUESTIONS)]
    rows += SPREAD * random.standard_normal(rows.shape, np.float32)
    return rows[:count], rows[count:]


def filled(method: Flat | Hnsw, matrix: NDArray[np.float32]) -> Engine:
    engine = method.build("euclidean", DIMENSION)
    engine.write(np.arange(matrix.shape[0]), matrix)
    return engine


def candidates(
    engine: Engine, matrix: NDArray[np.float32], question: NDArray[np.float32]
) -> NDArray[np.intp]:
    return engine.plan(question, TOP, matrix, None).candidates()


def nearest(engine: Engine, matrix: NDArray[np.float32], question: NDArray[np.float32]) -> set[int]:
    """Return the nearest of an engine's candidates, compared exactly."""
    rows = candidates(engine, matrix, question)
    distances = ((matrix[rows].astype(np.float64) - question) ** 2).sum(axis=1)
    return {*rows[np.argsort(distances, kind="stable")[:TOP]].tolist()}


def raw_graph(matrix: NDArray[np.float32]) -> None:
    settings = Hnsw()
    index = load_faiss().IndexHNSWFlat(DIMENSION, settings.m)
    index.hnsw.efConstruction = settings.ef_construction
    index.add(matrix)


def graph(scale: float) -> Iterator[Row]:
    count = scaled(COUNT, scale)
    matrix, questions = clustered(count)
    flat, hnsw = filled(Flat(), matrix), filled(Hnsw(), matrix)
    shape = f"{count:,} x {DIMENSION}, clustered"
    load_faiss()
    figure = ratio_of(
        [seconds_of(partial(candidates, hnsw, matrix, questions[0]))],
        [seconds_of(partial(raw_graph, matrix))],
    )
    yield Row(f"build the graph, {shape}", "raw faiss, all cores", at_most(1.1), figure)
    shares = [
        len(nearest(hnsw, matrix, question) & nearest(flat, matrix, question)) / TOP for question in questions
    ]
    found = sum(shares) / len(shares)
    yield Row(f"HNSW, {shape}", f"recall@{TOP}", at_least(0.97), Figure(found, found))
    exact, approximate = by_turns(
        lambda: [candidates(flat, matrix, question) for question in questions[:20]],
        lambda: [candidates(hnsw, matrix, question) for question in questions[:20]],
        rounds=9,
    )
    yield Row(f"speed of HNSW, {shape}", "flat's", at_least(20), ratio_of(exact, approximate))
    yield from meanwhile(matrix[: count // 4], questions)


def meanwhile(matrix: NDArray[np.float32], questions: NDArray[np.float32]) -> Iterator[Row]:
    """Measure queries that scan while another one builds the graph."""
    engine = filled(Hnsw(), matrix)
    [alone] = by_turns(partial(candidates, filled(Flat(), matrix), matrix, questions[1]), rounds=20)
    builder = Thread(target=candidates, args=(engine, matrix, questions[0]))
    builder.start()
    busy = []
    while builder.is_alive():
        busy.append(seconds_of(partial(candidates, engine, matrix, questions[1])))
    builder.join()
    note = f"{duration(median(busy))} to {duration(median(alone))}, at most {duration(max(busy))}"
    figure = Figure(median(busy) / median(alone), min(busy) / min(alone), note)
    work = f"query while a graph of {matrix.shape[0]:,} is built"
    yield Row(work, "exact search, nothing else", None, figure)


MEASUREMENTS = {"hnsw": graph}
