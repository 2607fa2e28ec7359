"""UpdateMetadataConfiguration, and the metadata configuration in CreateIndex and GetIndex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import addressed_index
from mock_s3vectors.world import TextSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.exchange import Exchange, Params, Result
    from mock_s3vectors.world import Index, VectorBucket

TextSearches = dict[str, TextSearch]


def text_search_at_creation(
    bucket: VectorBucket, params: Params
) -> tuple[dict[str, Any] | None, TextSearches]:
    """Return the metadata configuration of a new index: the settings that are not about text, and the rest.

    Choice: text-search-at-creation. There is nothing to build from.

    Raises:
        ValidationException: a key is configured twice, or the index is going to be CLASSIC.
    """
    given = params.get("metadataConfiguration")
    if given is None:
        return None, {}
    configurations = given.get("textSearchConfigurations", [])
    if configurations and bucket.default_index_mode == "CLASSIC":
        raise refusals.text_search_on_classic_index()
    others = {name: value for name, value in given.items() if name != "textSearchConfigurations"}
    return others, _text_searches(configurations)


def described_metadata_configuration(index: Index, now: float) -> dict[str, Any] | None:
    """Return the configuration that GetIndex shows, or None. Choice: shown-metadata-configuration."""
    text_searches = index.text_search
    if not text_searches:
        return index.metadata_configuration
    configurations = [
        {
            "metadataKey": key,
            **({"language": text_search.language} if text_search.language else {}),
            "status": "ACTIVE" if text_search.is_active(now) else "BUILDING",
        }
        for key, text_search in text_searches.items()
    ]
    return {**(index.metadata_configuration or {}), "textSearchConfigurations": configurations}


def update_metadata_configuration(exchange: Exchange, params: Params) -> Result:
    """Add or delete text search configurations. Choice: whole-update."""
    add, delete = params.get("add"), params.get("delete")
    if (add is None) == (delete is None):
        raise refusals.add_or_delete()
    given = (add or delete or {}).get("textSearchConfigurations", [])  # Choice: empty-update.
    change = _with if delete is None else _without
    place = addressed_index(exchange, params)
    with place.lock:
        _, index = place.index()
        with index.lock:
            # Read under the locks: a call that held them until now may have begun later.
            now, seconds = exchange.now(), exchange.config.text_build_seconds
            named = _text_searches(given, now + seconds if seconds else None)
            if index.mode == "CLASSIC":
                raise refusals.text_search_on_classic_index()
            for key, text_search in index.text_search.items():
                if not text_search.is_active(now):
                    raise refusals.text_search_is_building(key)
            index.configure_text_search(change(index.text_search, named))
    return {"indexArn": str(index.arn)}


def _text_searches(
    configurations: Sequence[dict[str, Any]], active_from: float | None = None
) -> TextSearches:
    """Return the configurations by metadata key, without any `status`. Choice: sent-status."""
    keys = [configuration["metadataKey"] for configuration in configurations]
    if len(set(keys)) < len(keys):
        raise refusals.duplicate_text_search_keys()
    return {
        configuration["metadataKey"]: TextSearch(configuration.get("language"), active_from)
        for configuration in configurations
    }


def _with(present: TextSearches, added: TextSearches) -> TextSearches:
    for key in added:
        if key in present:
            raise refusals.text_search_exists(key)
    if len(present) + len(added) > limits.TEXT_SEARCHES:
        raise refusals.too_many_text_searches(limits.TEXT_SEARCHES)
    return {**present, **added}


def _without(present: TextSearches, deleted: TextSearches) -> TextSearches:
    for key in deleted:
        if key not in present:
            raise refusals.text_search_not_found(key)
    return {key: text_search for key, text_search in present.items() if key not in deleted}
