"""The texts of broken constraints, written down apart from the package, as AWS documents and answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


# What the model allows in the keys and values of tags.
TAG_PATTERN = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


class Violation(NamedTuple):
    """A broken constraint: the path of the member that breaks it, and what the service says of it."""

    path: str
    text: str

    @property
    def message(self) -> str:
        """The message of the exception."""
        return f"1 validation error detected. {self.text}"

    @property
    def fields(self) -> list[dict[str, str]]:
        """The `fieldList` of the exception."""
        return [{"path": self.path, "message": self.text}]

    @property
    def refusal(self) -> tuple[str, str, Any]:
        """Code, message and `fieldList`, as the fixture `refused` returns them."""
        return "ValidationException", self.message, self.fields


def wrong_length(path: str, length: int, least: int | None, most: int | None) -> Violation:
    return _violation(f"Value with length {length}", path, f"have length {_between(least, most)}")


def out_of_range(path: str, least: int | None, most: int | None) -> Violation:
    return _violation("Value", path, f"be {_between(least, most)}")


def not_in_enum(path: str, names: Iterable[str]) -> Violation:
    return _violation("Value", path, f"satisfy enum value set: [{', '.join(names)}]")


def not_matching(path: str, pattern: str) -> Violation:
    return _violation("Value", path, f"satisfy regular expression pattern: ^{pattern}$")


def null(path: str) -> Violation:
    return _violation("Value", path, "not be null")


def _violation(subject: str, path: str, rule: str) -> Violation:
    return Violation(path, f"{subject} at '{path}' failed to satisfy constraint: Member must {rule}")


def _between(least: int | None, most: int | None) -> str:
    if most is None:
        return f"greater than or equal to {least}"
    if least is None:
        return f"less than or equal to {most}"
    return f"between {least} and {most}, inclusive"
