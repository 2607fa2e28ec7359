"""Helpers of tests of text search, most of them for the index `index` in the bucket `bucket`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.helpers import INDEX, keys_of

if TYPE_CHECKING:
    from tests.support.helpers import Client

__all__ = ["INDEX", "add", "delete", "query_texts", "search", "searchable", "states"]


def searchable(*entries: str) -> dict[str, Any]:
    """Text search configurations; an entry is a metadata key, or key and language as in `title:en`."""
    parted = [entry.partition(":") for entry in entries]
    return {
        "textSearchConfigurations": [
            {"metadataKey": key, **({"language": language} if language else {})}
            for key, _, language in parted
        ]
    }


def query_texts(*pairs: tuple[str, str], **by_key: str) -> list[dict[str, str]]:
    """The `queryTexts` of a request, of pairs of metadata key and text."""
    return [{"metadataKey": key, "text": text} for key, text in (*pairs, *by_key.items())]


def add(client: Client, *keys: str) -> None:
    client.update_metadata_configuration(**INDEX, add=searchable(*keys))


def delete(client: Client, *keys: str) -> None:
    client.update_metadata_configuration(**INDEX, delete=searchable(*keys))


def states(client: Client) -> dict[str, str]:
    """The status of each configured metadata key."""
    configuration = client.get_index(**INDEX)["index"].get("metadataConfiguration", {})
    entries = configuration.get("textSearchConfigurations", [])
    return {entry["metadataKey"]: entry["status"] for entry in entries}


def search(client: Client, *keys: str, text: str = "pear", **settings: Any) -> list[str]:
    """The keys of what is found, best first."""
    query = {"queryTexts": query_texts(*((key, text) for key in keys)), "topK": 99, **settings}
    return keys_of(client.query_vectors(**INDEX, **query)["vectors"])
