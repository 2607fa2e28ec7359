"""Requests that break one constraint of the model each, and requests that just satisfy it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import ValidationException
from tests.support.constraints import (
    Violation,
    not_in_enum,
    not_matching,
    null,
    out_of_range,
    wrong_length,
)

from .places import MATCHING, MISMATCHING, Place, places, text, valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.protocol.validator import Validator


@dataclass(frozen=True, repr=False)
class Breach:
    """Parameters that break the model's constraints in one way.

    Attributes:
        place: where.
        how: what is wrong there, in a few words.
        value: what is put there.
        violation: what the service says of it.
    """

    place: Place
    how: str
    value: Any
    violation: Violation

    @property
    def params(self) -> dict[str, Any]:
        return self.place.put(self.value)

    def __repr__(self) -> str:
        return f"{self.place}: {self.how}"


def violation_of(validator: Validator, params: dict[str, Any]) -> Violation | None:
    """Return the path and text of the violation in a refusal, whose message must agree with them."""
    try:
        validator.validate(params)
    except ValidationException as refusal:
        (field,) = refusal.fields
        violation = Violation(field.path, field.message)
        if refusal.message != violation.message:
            raise
        return violation
    return None


def breaches(operation: str) -> list[Breach]:
    """One for every way in which a request can break one constraint of the model."""
    return [breach for place in places(operation) for breach in _breaches_at(place)]


def _breaches_at(place: Place) -> Iterator[Breach]:
    if getattr(place.shape, "is_document_type", False):
        return
    if place.shape.type_name == "structure":
        yield from _absences(place)
    elif place.shape.type_name == "integer":
        yield from _range_breaches(place)
    else:
        yield from _length_breaches(place)
        yield from _enum_breaches(place)
        yield from _pattern_breaches(place)


def _absences(place: Place) -> Iterator[Breach]:
    for name in place.shape.required_members:
        # What stands in the path of a request cannot be absent.
        if place.shape.members[name].serialization.get("location") != "uri":
            value = {other: member for other, member in valid(place.shape).items() if other != name}
            yield Breach(place, f"no {name}", value, null(f"{place.path}/{name}"))


def _range_breaches(place: Place) -> Iterator[Breach]:
    bounds = place.shape.metadata
    for how, number in (("too small", _below(bounds)), ("too large", _above(bounds))):
        if number is not None:
            yield Breach(place, how, number, out_of_range(place.path, bounds.get("min"), bounds.get("max")))


def _length_breaches(place: Place) -> Iterator[Breach]:
    bounds = place.shape.metadata
    for how, length in (("too short", _below(bounds)), ("too long", _above(bounds))):
        if length is None or length < 0:
            continue
        value = _of_length(place.shape, length)
        violation = wrong_length(place.path, length, bounds.get("min"), bounds.get("max"))
        yield Breach(place, how, value, violation)


def _enum_breaches(place: Place) -> Iterator[Breach]:
    names = place.shape.metadata.get("enum", [])
    for value in ("", "x", *(name.swapcase() for name in names)) if names else ():
        yield Breach(place, f"not {value!r}", value, not_in_enum(place.path, names))


def _pattern_breaches(place: Place) -> Iterator[Breach]:
    pattern = place.shape.metadata.get("pattern")
    for value in MISMATCHING.get(place.shape.name, ()) if pattern else ():
        yield Breach(place, f"not {value!r}", value, not_matching(place.path, pattern))


def _of_length(shape: Any, length: int) -> Any:
    if shape.type_name == "list":
        return [valid(shape.member)] * length
    return text(shape, length) if length else ""


def _below(bounds: dict[str, Any]) -> int | None:
    return bounds["min"] - 1 if "min" in bounds else None


def _above(bounds: dict[str, Any]) -> int | None:
    return bounds["max"] + 1 if "max" in bounds else None


def boundaries(operation: str) -> list[tuple[Place, Any]]:
    """Values that just satisfy the model, each with its place."""
    return [(place, value) for place in places(operation) for value in _boundaries_at(place)]


def _boundaries_at(place: Place) -> Iterator[Any]:
    shape, bounds = place.shape, place.shape.metadata
    yield valid(shape)
    limits = {bounds[name] for name in ("min", "max") if name in bounds}
    if shape.type_name == "integer":
        yield from limits
    elif shape.type_name == "list":
        yield from ([valid(shape.member)] * length for length in limits)
    elif shape.type_name == "string":
        yield from bounds.get("enum", ())
        yield from MATCHING.get(shape.name, ())
        if "enum" not in bounds:
            yield from (text(shape, length) for length in limits)
    elif shape.type_name == "map":
        yield {}
