"""The settings of an index: as a text in a data file, compared, and as parameters of CreateIndex."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import Settings

_METRICS = ("cosine", "euclidean")
_DEFAULT_METRIC = "cosine"


def text_of(settings: Settings) -> str:
    """Return what is known of an index as a JSON object, by the names of `Settings`."""
    known = {name: value for name, value in asdict(settings).items() if value is not None and name != "mode"}
    return orjson.dumps(known).decode()


def settings_of(text: str | bytes, dimension: int | None) -> Settings:
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


def check_agree(wanted: Settings, there: Settings, name: str) -> None:
    """Raise if an index that exists has other settings than those of the vectors to write.

    Args:
        wanted: those of the vectors.
        there: those of the index.
        name: that of the index, for the text.

    Raises:
        UsageError: the text names the first one.
    """
    for setting, given, has in (
        ("dimension", wanted.dimension, there.dimension),
        ("distance metric", wanted.distance_metric, there.distance_metric),
        ("non-filterable keys", _sorted(wanted.non_filterable_keys), _sorted(there.non_filterable_keys)),
        ("text search", wanted.text_search, there.text_search),
    ):
        if given is not None and has is not None and given != has:
            raise UsageError(
                f"{name} exists, and keeps its settings: its {setting} is {has!r}, and that of the vectors "
                f"is {given!r}. Choose another index."
            )


def _sorted(keys: tuple[str, ...] | None) -> list[str] | None:
    return None if keys is None else sorted(keys)


def creation_params(settings: Settings) -> dict[str, Any]:
    """Return the parameters of CreateIndex, without names; an unknown distance metric becomes `cosine`.

    Raises:
        UsageError: the dimension is unknown.
    """
    if settings.dimension is None:
        raise UsageError("There is no vector, and so nothing says how many dimensions a new index has.")
    configuration: dict[str, Any] = {}
    if settings.non_filterable_keys:
        configuration["nonFilterableMetadataKeys"] = list(settings.non_filterable_keys)
    if settings.text_search:
        configuration["textSearchConfigurations"] = [
            {"metadataKey": key} if language is None else {"metadataKey": key, "language": language}
            for key, language in settings.text_search.items()
        ]
    return {
        "dataType": "float32",
        "dimension": settings.dimension,
        "distanceMetric": _DEFAULT_METRIC if settings.distance_metric is None else settings.distance_metric,
        **({"metadataConfiguration": configuration} if configuration else {}),
    }
