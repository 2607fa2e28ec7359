"""What tests of text search do, most of it with the index `index` in the bucket `bucket`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.helpers import Client

INDEX = {"vectorBucketName": "bucket", "indexName": "index"}


def searchable(*entries: str) -> dict[str, Any]:
    """Text search configurations; an entry is a metadata key, or key and language as in `title:en`."""
    parted = [entry.partition(":") for entry in entries]
    return {
        "textSearchConfigurations": [
            {"metadataKey": key, **({"language": language} if language else {})}
            for key, _, language in parted
        ]
    }


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
    query = {"queryTexts": [{"metadataKey": key, "text": text} for key in keys], "topK": 9, **settings}
    return [hit["key"] for hit in client.query_vectors(**INDEX, **query)["vectors"]]
