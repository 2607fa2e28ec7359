"""Facts about PutVectors, GetVectors and DeleteVectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.asking import refusal
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Vectors")


@facts("put-wrong-length", "seen", "A vector must have as many numbers as the index has dimensions.")
def _(ask: Asking) -> None:
    index = ask.index(dimension=2)
    text = "vector must have length 2, but has length 3"
    ask.expect(
        refusal("ValidationException", f"Invalid record for key 'a': {text}", ("vectors[0]", text)),
        "PutVectors",
        **index,
        vectors=[{"key": "a", "data": {"float32": [1, 2, 3]}}],
    )


@facts("put-no-metadata", "seen", "Metadata that is left out is `{}`.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    ask.expect(
        {"vectors": [{"key": "a", "metadata": {}}]}, "GetVectors", **index, keys=["a"], returnMetadata=True
    )
