"""The figures of `docs/explanation/speed.md` that have a picture, and the picture.

    python -m tests.benchmarks.figures

The figures are those of `targets.py` and `compare.py`, measured several times: whoever measures anew writes
them here. `compare.py --plots` draws the other picture of the page from what it measures.
"""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.plots import Bar, Panel, chart

PICTURE = Path(__file__).parents[2] / "docs/explanation/floor.svg"

OURS, SLOWER, MOTO = "mock_s3vectors", "fast_client=False", "moto 5.2.5"
# By call and contender, the least and the greatest ratio to the floor of several runs; equal ones of one run.
RATIOS = {
    "put_vectors, 500 x 1536, two metadata keys": {
        OURS: (0.14, 0.17),
        SLOWER: (0.89, 1.02),
        MOTO: (1.23, 1.23),
    },
    "get_vectors, 100 x 1536, data and metadata": {
        OURS: (0.21, 0.30),
        SLOWER: (1.06, 1.49),
        MOTO: (3.41, 3.41),
    },
    "get_index": {OURS: (0.92, 1.26), SLOWER: (1.40, 1.40), MOTO: (3.53, 3.53)},
    "query_vectors, top 10 of 1,000 x 384, cosine": {OURS: (0.93, 1.07), SLOWER: (1.87, 1.87)},
    "list_vectors, 500 of 10,000 x 384, with data": {OURS: (0.23, 0.35), SLOWER: (0.95, 1.16)},
}


def shown(ratios: tuple[float, float]) -> str:
    """Return a range of ratios as the page writes it."""
    least, most = ratios
    return f"{least:.2f} x" if least == most else f"{least:.2f} to {most:.2f} x"


def picture() -> str:
    """Return the picture: for each call the greatest ratios, beside the floor itself."""

    def panel(call: str, of: dict[str, tuple[float, float]]) -> Panel:
        bars = [Bar(name, ratios[1], shown(ratios), name == OURS) for name, ratios in of.items()]
        return Panel(call, [Bar("botocore alone", 1.0, "1"), *bars])

    note = "Times of botocore alone with a canned answer. Shorter is faster; each group has its own scale."
    return chart("The time of a mocked call", note, [panel(call, of) for call, of in RATIOS.items()])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
