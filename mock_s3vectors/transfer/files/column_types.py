"""The types of metadata columns: which one holds all values of a metadata key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The type of columns whose values have several types: each is a JSON text.
JSON = "json"
_EXACT = 2**53  # whole numbers up to here are exact as floating-point numbers


@dataclass(frozen=True)
class ColumnType:
    """The type of a column: that of its values or, of lists, of their elements.

    Attributes:
        name: `text`, `boolean`, `int64`, `uint64`, `double`, or `json`.
        is_list: whether the values are lists.
    """

    name: str
    is_list: bool = False

    @property
    def is_text(self) -> bool:
        """Whether values are single texts."""
        return self.name in ("text", JSON) and not self.is_list


@dataclass
class _Seen:
    """The values of a metadata key, as far as they were seen."""

    single: set[type] = field(default_factory=set)
    elements: set[type] = field(default_factory=set)
    least: int = 0
    most: int = 0
    count: int = 0

    def add(self, value: Any) -> None:
        self.count += 1
        kind = type(value)
        if kind is list:
            self.elements.update(map(type, value))
            self._bound([item for item in value if type(item) is int])
        else:
            self.single.add(kind)
            if kind is int:
                self._bound([value])

    def _bound(self, numbers: list[int]) -> None:
        self.least = min(self.least, *numbers, 0)
        self.most = max(self.most, *numbers, 0)

    def column_type(self) -> ColumnType:
        if self.single and self.elements:
            return ColumnType(JSON)
        name = self._name(self.single or self.elements)
        return ColumnType(name, is_list=bool(self.elements) and name != JSON)

    def _name(self, kinds: set[type]) -> str:
        if kinds == {str}:
            return "text"
        if kinds == {bool}:
            return "boolean"
        if kinds == {int}:
            if self.least >= -(2**63) and self.most < 2**63:
                return "int64"
            return "uint64" if self.least == 0 else JSON
        if kinds == {float} or (kinds == {int, float} and self.least >= -_EXACT and self.most <= _EXACT):
            return "double"
        return JSON


class MetadataColumns:
    """The metadata keys of all vectors that were seen, in the order of their first appearance."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def note(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Look at the metadata of some vectors."""
        for document in documents:
            for key, value in document.items():
                seen = self._seen.get(key)
                if seen is None:
                    seen = self._seen[key] = _Seen()
                seen.add(value)

    def types(self) -> dict[str, ColumnType]:
        """Return the type of each column, by metadata key."""
        return {key: seen.column_type() for key, seen in self._seen.items()}

    def counts(self) -> dict[str, int]:
        """Return how many vectors have each metadata key."""
        return {key: seen.count for key, seen in self._seen.items()}
