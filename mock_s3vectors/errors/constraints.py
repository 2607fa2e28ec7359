"""The texts of the service for members that break a constraint of its model.

Each `bad_...` function, and `missing`, returns the entry of `fieldList` for the case that it describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import FieldError, ValidationException

if TYPE_CHECKING:
    from collections.abc import Sequence


def constraint_violation(violation: FieldError) -> ValidationException:
    """A constraint of the service model is broken. AWS names one, however many there are.

    Choice: violation-field-list. It follows Smithy's convention.
    """
    return ValidationException(f"1 validation error detected. {violation.message}", [violation])


def _violation(subject: str, path: str, rule: str) -> FieldError:
    return FieldError(path, f"{subject} at '{path}' failed to satisfy constraint: Member must {rule}")


def _bounds(least: int | None, most: int | None) -> str:
    if most is None:
        return f"greater than or equal to {least}"
    if least is None:
        return f"less than or equal to {most}"
    return f"between {least} and {most}, inclusive"


def bad_length(path: str, length: int, least: int | None, most: int | None) -> FieldError:
    """A string, list or map that is too short or too long."""
    return _violation(f"Value with length {length}", path, f"have length {_bounds(least, most)}")


def bad_range(path: str, least: int | None, most: int | None) -> FieldError:
    """A number that is too small or too large."""
    return _violation("Value", path, f"be {_bounds(least, most)}")


def bad_enum(path: str, allowed: Sequence[str]) -> FieldError:
    """A string that is not one of those allowed, which are named in the model's order."""
    return _violation("Value", path, f"satisfy enum value set: [{', '.join(allowed)}]")


def bad_pattern(path: str, pattern: str) -> FieldError:
    """A string that does not match as a whole."""
    return _violation("Value", path, f"satisfy regular expression pattern: ^{pattern}$")


def missing(path: str) -> FieldError:
    """A required member is absent."""
    return _violation("Value", path, "not be null")
