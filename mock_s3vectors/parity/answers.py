"""Shorthand of facts about vectors and queries: records, requests, and parts of answers.

An answer that is a refusal has no such parts: it is returned as it is, so that a report shows it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import expect_accepted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_s3vectors.parity.asking import Asking

Index = dict[str, Any]

# So many pages of a list are read at most.
_MOST_PAGES = 20


# --- vectors


def record(key: str, numbers: Sequence[float], metadata: Any = None) -> dict[str, Any]:
    """Return a record for PutVectors."""
    bare = {"key": key, "data": {"float32": list(numbers)}}
    return bare if metadata is None else {**bare, "metadata": metadata}


def expect_text(ask: Asking, text: str, operation: str, **parameters: Any) -> None:
    """Make a call, and compare its answer, but for a `fieldList`, with a ValidationException of this text."""
    ask.expect(refusal("ValidationException", text), operation, **parameters)


def raw_json(ask: Asking, operation: str, **parameters: Any) -> dict[str, Any]:
    """Make a call that botocore would refuse to send."""
    return ask.raw(operation, json.dumps(parameters).encode())


# --- answers


def keys_of(answer: dict[str, Any]) -> Any:
    """Return the keys of the vectors of an answer, in their order."""
    return answer if "error" in answer else [vector["key"] for vector in answer["vectors"]]


def members_of(answer: dict[str, Any], name: str) -> Any:
    """Return a member of each of the vectors of an answer, by key; None where it has none."""
    return answer if "error" in answer else {each["key"]: each.get(name) for each in answer["vectors"]}


# --- queries


def query(ask: Asking, index: Index, numbers: Sequence[float], **settings: Any) -> dict[str, Any]:
    """Search by vector, for ten at most unless the settings say otherwise."""
    request = {"queryVector": {"float32": list(numbers)}, "topK": 10, **settings}
    return ask("QueryVectors", **index, **request)


def distances(ask: Asking, index: Index, numbers: Sequence[float], **settings: Any) -> Any:
    """Search by vector, and return the distances by key, in the order of the answer."""
    return members_of(query(ask, index, numbers, returnDistance=True, **settings), "distance")


def query_texts(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the `queryTexts` for texts by metadata key."""
    return [{"metadataKey": key, "text": text} for key, text in texts.items()]


def search_texts(ask: Asking, index: Index, texts: Mapping[str, str], **settings: Any) -> dict[str, Any]:
    """Search by texts, each under its metadata key, and by vector too if the settings have one."""
    return ask("QueryVectors", **index, **{"queryTexts": query_texts(texts), "topK": 10, **settings})


def scores(ask: Asking, index: Index, text: str, key: str = "text", **settings: Any) -> Any:
    """Search by one text, and return the BM25 score of each hit by its key, in the order of the answer."""
    answer = search_texts(ask, index, {key: text}, returnScores=True, **settings)
    if "error" in answer:
        return answer
    found = {}
    for hit in answer["vectors"]:
        shown = hit.get("scores", {}).get("bm25Scores", [])
        of_keys = {entry["metadataKey"]: entry["score"] for entry in shown}
        found[hit["key"]] = of_keys.get(key)
    return found


# --- text search configurations


def searchable(*keys: str) -> dict[str, Any]:
    """Return text search configurations; a key such as `title:en` has a language."""
    configurations = []
    for key in keys:
        name, _, language = key.partition(":")
        configurations.append({"metadataKey": name, **({"language": language} if language else {})})
    return {"textSearchConfigurations": configurations}


def text_index(ask: Asking, *keys: str, **settings: Any) -> Index:
    """Create an index whose keys can be searched for text, as soon as they can be; return its two names.

    Args:
        ask: the hand of the fact.
        keys: as for `searchable`.
        settings: more of CreateIndex, and of its metadata configuration under that name.
    """
    needs_text_search(ask)
    configuration = {**searchable(*keys), **settings.pop("metadataConfiguration", {})}
    index = ask.index(metadataConfiguration=configuration, **settings)
    wait_until_active(ask, index)
    return index


def expect_text_index(ask: Asking, *keys: str) -> list[Index]:
    """Expect that an index can be created whose keys can be searched for text; return its configurations.

    They are as GetIndex shows them once they are ACTIVE, in the order of the keys.
    """
    needs_text_search(ask)
    index = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    if not expect_accepted(ask, "CreateIndex", **index, **SETTINGS, metadataConfiguration=searchable(*keys)):
        return []
    wait_until_active(ask, index)
    shown: list[Index] = (configuration_of(ask, index) or {}).get("textSearchConfigurations", [])
    return sorted(shown, key=lambda entry: str(entry.get("metadataKey")))


def put_texts(ask: Asking, index: Index, texts: Mapping[str, str]) -> None:
    """Put a vector for each text, which it has under the key `text`."""
    ask.put(index, *((key, [1, 1], {"text": text}) for key, text in texts.items()))


def index_of_texts(ask: Asking, texts: Mapping[str, str]) -> Index:
    """Create an index of vectors with these texts, which can be searched under the key `text`."""
    index = text_index(ask, "text")
    put_texts(ask, index, texts)
    return index


def needs_text_search(ask: Asking) -> None:
    """Go on only if botocore knows full-text search."""
    ask.needs("UpdateMetadataConfiguration", "QueryVectors.queryTexts", "QueryVectors>vectors.scores")


def configuration_of(ask: Asking, index: Index) -> Any:
    """Return the metadata configuration that GetIndex shows, None if there is none."""
    return ask.prepare("GetIndex", **index)["index"].get("metadataConfiguration")


def states(ask: Asking, index: Index) -> dict[str, str]:
    """Return the status of each key that is configured for text search."""
    return _states(ask.prepare("GetIndex", **index))


def _states(answer: dict[str, Any]) -> dict[str, str]:
    shown = answer["index"].get("metadataConfiguration", {}).get("textSearchConfigurations", [])
    return {entry["metadataKey"]: entry["status"] for entry in shown}


def wait_until_active(ask: Asking, index: Index) -> None:
    """Wait until all text search configurations of an index are ACTIVE; see `Asking.until`."""
    ask.until(
        "GetIndex",
        lambda answer: "error" not in answer and set(_states(answer).values()) <= {"ACTIVE"},
        **index,
    )


# --- lists


def pages_of(ask: Asking, operation: str, **parameters: Any) -> list[dict[str, Any]]:
    """List, and go on as long as there is a token; return the answers, the last of which may be a refusal.

    AWS was seen to send a page without entries that has a token.
    """
    pages = [ask(operation, **parameters)]
    while "nextToken" in pages[-1] and len(pages) < _MOST_PAGES:
        pages.append(ask(operation, **{**parameters, "nextToken": pages[-1]["nextToken"]}))
    return pages


def listed(ask: Asking, operation: str, **parameters: Any) -> dict[str, Any]:
    """List all pages; return one answer with all entries, or the last one if that is a refusal."""
    pages = pages_of(ask, operation, **parameters)
    if "error" in pages[-1]:
        return pages[-1]
    whole = dict(pages[-1])
    for member, entries in pages[-1].items():
        if isinstance(entries, list):
            whole[member] = [entry for page in pages for entry in page.get(member, [])]
    return whole


def sizes_of(pages: Sequence[dict[str, Any]]) -> list[int]:
    """Return how many entries each page of a list has, but for pages without any that have a token."""
    sizes = [len(_entries(page)) for page in pages]
    return [size for size, page in zip(sizes, pages, strict=True) if size or "nextToken" not in page]


def _entries(page: dict[str, Any]) -> list[Any]:
    return next((member for member in page.values() if isinstance(member, list)), [])
