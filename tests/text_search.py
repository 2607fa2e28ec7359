"""What tests of text search do with the index `index` in the bucket `bucket`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.helpers import Client

INDEX = {"vectorBucketName": "bucket", "indexName": "index"}


def texts(*keys: str) -> dict[str, Any]:
    """Text search configurations of metadata keys, without a language."""
    return {"textSearchConfigurations": [{"metadataKey": key} for key in keys]}


def add(client: Client, *keys: str) -> None:
    client.update_metadata_configuration(**INDEX, add=texts(*keys))


def delete(client: Client, *keys: str) -> None:
    client.update_metadata_configuration(**INDEX, delete=texts(*keys))


def states(client: Client) -> dict[str, str]:
    """The status of each configured metadata key."""
    configuration = client.get_index(**INDEX)["index"].get("metadataConfiguration", {})
    entries = configuration.get("textSearchConfigurations", [])
    return {entry["metadataKey"]: entry["status"] for entry in entries}


def search(client: Client, *keys: str, text: str = "pear", **settings: Any) -> list[str]:
    """The keys of what is found, best first."""
    query = {"queryTexts": [{"metadataKey": key, "text": text} for key in keys], "topK": 9, **settings}
    return [hit["key"] for hit in client.query_vectors(**INDEX, **query)["vectors"]]
