"""Describing a place: which indexes there are, how many vectors they have, and what metadata."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_s3vectors.transfer.batches import Location, Settings, Source
    from mock_s3vectors.transfer.places import Place

_TYPES = {str: "text", int: "number", float: "number", bool: "boolean"}


@dataclass(frozen=True)
class MetadataKey:
    """A metadata key, as far as it was seen.

    Attributes:
        key: the key.
        vectors: how many of the vectors that were looked at have it.
        types: what its values are, the most frequent first: `text`, `number`, `boolean`, `list of texts`,
            `list of numbers`.
    """

    key: str
    vectors: int
    types: tuple[str, ...]


@dataclass(frozen=True)
class IndexOutline:
    """An index, or a data file.

    Attributes:
        location: where it is.
        vectors: how many there are; None if only reading them all would tell.
        settings: what is known of it.
        sampled: at how many vectors was looked.
        metadata_keys: the keys of these, those that most vectors have first.
    """

    location: Location
    vectors: int | None
    settings: Settings
    sampled: int
    metadata_keys: tuple[MetadataKey, ...]


@dataclass(frozen=True)
class Outline:
    """The vector buckets and indexes of a place.

    Attributes:
        text: the place, as it was given.
        kind: which kind of place.
        bytes: the size of the file; None for places that are none.
        buckets: where the vector buckets are, also those without indexes.
        indexes: the indexes in them, or the one data file.
    """

    text: str
    kind: str
    bytes: int | None
    buckets: tuple[Location, ...]
    indexes: tuple[IndexOutline, ...]


def outline_of(place: Place, most: int) -> Outline:
    """Describe the vector buckets and indexes of a place.

    Args:
        place: the place.
        most: at how many vectors of each index to look for metadata. A file that does not tell how many it
            has is read as a whole.

    Raises:
        UsageError: there is nothing of this name, or it cannot be read.
    """
    path, is_file = place.address.path, place.address.kind == "data file"
    buckets = tuple(place.buckets())
    indexes = tuple(_outline(source, most, is_file=is_file) for source in place.sources())
    size = path.stat().st_size if path is not None else None
    return Outline(place.address.text, place.address.kind, size, buckets, indexes)


def _outline(source: Source, most: int, *, is_file: bool) -> IndexOutline:
    count, settings = source.count(), source.settings()
    reads_all = count is None and is_file
    keys, sampled = _Keys(), 0
    for batch in source.batches():
        room = len(batch) if reads_all else min(len(batch), most - sampled)
        keys.note(batch.metadata[:room])
        sampled += room
        if sampled >= most and not reads_all:
            break
    else:  # all were read
        count = sampled
    return IndexOutline(source.location, count, settings, sampled, keys.found())


class _Keys:
    """The metadata keys of vectors, with the types of their values."""

    def __init__(self) -> None:
        self._types: dict[str, Counter[str]] = {}

    def note(self, documents: Iterable[Mapping[str, Any]]) -> None:
        for document in documents:
            for key, value in document.items():
                self._types.setdefault(key, Counter())[_type_of(value)] += 1

    def found(self) -> tuple[MetadataKey, ...]:
        keys = (
            MetadataKey(key, types.total(), tuple(name for name, _ in types.most_common()))
            for key, types in self._types.items()
        )
        return tuple(sorted(keys, key=lambda key: (-key.vectors, key.key)))


def _type_of(value: Any) -> str:
    if type(value) is list:
        return f"list of {_TYPES[type(value[0])]}s"
    return _TYPES[type(value)]
