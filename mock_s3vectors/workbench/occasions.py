"""The occasions on which a rule acts: `times`, `after`, `probability`, `seed`, `optional`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, TypedDict

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near


class OccasionOptions(TypedDict, total=False):
    """The fields of Occasions as keyword arguments, all of them optional."""

    times: int | None
    after: int
    probability: float
    seed: int | None
    optional: bool


@dataclass(frozen=True, kw_only=True)
class Occasions:
    """The calls on which a rule acts, of all that it is about.

    Attributes:
        times: how often at most; None for any number.
        after: how many calls it lets pass first.
        probability: the chance that it acts on each later call, above 0, up to 1.
        seed: of the random numbers, so that they are the same in each run; None for others each time.
        optional: whether it may end without having acted.
    """

    times: int | None = None
    after: int = 0
    probability: float = 1.0
    seed: int | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        if self.times is not None and not _is_count(self.times, least=1):
            raise UsageError(f"times={self.times!r}: give a whole number, 1 or more, or None for any number.")
        if not _is_count(self.after, least=0):
            raise UsageError(f"after={self.after!r}: give a whole number, 0 or more.")
        is_number = isinstance(self.probability, (int, float)) and not isinstance(self.probability, bool)
        if not is_number or not 0 < self.probability <= 1:
            raise UsageError(f"probability={self.probability!r}: give a number above 0, up to 1.")
        if self.seed is not None and (not isinstance(self.seed, int) or isinstance(self.seed, bool)):
            raise UsageError(
                f"seed={self.seed!r}: give an int, or None for other random numbers in each run."
            )
        if not isinstance(self.optional, bool):
            raise UsageError(f"optional={self.optional!r}: must be True or False.")

    @classmethod
    def of(cls, verb: str, options: OccasionOptions) -> Occasions:
        """Return the occasions that a test has written.

        Raises:
            UsageError: there is no such option, or it has an invalid value.
        """
        known = OccasionOptions.__annotations__
        for name in options:
            if name not in known:
                raise UsageError(
                    f"{verb}() has no argument {name!r}.{near(name, known)} It takes {', '.join(known)}."
                )
        return cls(**options)

    def document(self) -> dict[str, Any]:
        """Return them as JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        given = [(field, getattr(self, field.name)) for field in fields(self)]
        return "".join(f", {field.name}={value!r}" for field, value in given if value != field.default)


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
