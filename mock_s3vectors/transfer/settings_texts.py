"""The settings of an index as a text in a data file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from mock_s3vectors.transfer.batches import Settings

_METRICS = ("cosine", "euclidean")


def text_of(settings: Settings) -> str:
    """Return what is known of an index as a JSON object, by the names of `Settings`."""
    known = {name: value for name, value in asdict(settings).items() if value is not None and name != "mode"}
    return orjson.dumps(known).decode()


def settings_of(text: str | bytes, dimension: int) -> Settings:
    """Return the settings that a text names; what it does not know, or has another type, stays None.

    Raises:
        ValueError: it is no JSON object.
    """
    document: Any = orjson.loads(text)
    if type(document) is not dict:
        raise ValueError("the settings are not a JSON object")
    metric, keys, texts = map(document.get, ("distance_metric", "non_filterable_keys", "text_search"))
    return Settings(
        dimension=dimension,
        distance_metric=metric if metric in _METRICS else None,
        non_filterable_keys=tuple(keys) if type(keys) is list and _are_texts(keys) else None,
        text_search=texts if type(texts) is dict and _are_texts(filter(None, texts.values())) else None,
    )


def _are_texts(values: Any) -> bool:
    return {str}.issuperset(map(type, values))
