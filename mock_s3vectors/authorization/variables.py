"""Texts of policies with variables, such as `${aws:username}`: the values of a request stand in for them.

A variable is compiled with its text, and replaced when the text is compared. Its value stands for itself,
even if it has wildcards in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.authorization.faults import Fault
from mock_s3vectors.authorization.patterns import Piece, Wildcard, pattern, pieces_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    # The values of condition keys, by their names in lower case.
    Context = Mapping[str, str | Sequence[str]]
    # Tells whether a text is the one that a policy means, in the context of a request.
    Test = Callable[[str, Context], bool]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable in a text.

    Attributes:
        key: the name of a condition key, in lower case.
        default: stands in if the request does not have the key, or if the key has several values.
    """

    key: str
    default: str | None

    def value(self, context: Context) -> str | None:
        """Return what stands in for the variable, None if nothing does."""
        found = context.get(self.key)
        return found if isinstance(found, str) else self.default


# A brace ends the search for the end of a variable, so that a text full of beginnings takes linear time.
_VARIABLES = re.compile(r"(\$\{[^{}]*\}?)")
_VARIABLE = re.compile(r"\$\{ ?([^\s{},']+) ?(?:, ?'([^'{}]*)' ?)?\}")
_CHARACTERS = {"${*}": "*", "${?}": "?", "${$}": "$"}


def has_variables(text: str) -> bool:
    """Return whether a text has variables, if its policy may have them."""
    return "${" in text


def template(text: str, *, wildcards: bool) -> list[Piece | Variable]:
    """Return the pieces of a text with variables.

    Args:
        text: as the policy has it.
        wildcards: whether `*` and `?` are wildcards.

    Raises:
        Fault: it has a variable that is none.
    """
    pieces: list[Piece | Variable] = []
    for part in _VARIABLES.split(text):
        if part in _CHARACTERS:
            pieces.append(_CHARACTERS[part])
        elif has_variables(part):
            found = _VARIABLE.fullmatch(part)
            if found is None:
                raise Fault(f" has a malformed variable: {part}")  # Choice: policy-variable-values.
            pieces.append(Variable(found[1].lower(), found[2]))
        else:
            pieces += pieces_of(part) if wildcards else filter(None, [part])
    return pieces


def replaced(pieces: Sequence[Piece | Variable], context: Context) -> list[Piece] | None:
    """Return the pieces with the values of their variables, None if a variable has none."""
    values: list[Piece] = []
    for piece in pieces:
        value = piece.value(context) if isinstance(piece, Variable) else piece
        if value is None:
            return None
        values.append(value)
    return values


def _fixed_test(text: str, *, wildcards: bool, ignore_case: bool) -> Test:
    """Return the function for a text without variables."""
    if wildcards:
        matches = pattern(pieces_of(text))
        return lambda value, _: matches(value)
    if ignore_case:
        lower = text.lower()
        return lambda value, _: value.lower() == lower
    return lambda value, _: value == text


def text_test(text: str, *, variables: bool, wildcards: bool = False, ignore_case: bool = False) -> Test:
    """Return a function that tells whether a text is the one that a policy means. No pattern ignores case.

    Raises:
        Fault: it has a variable that is none.
    """
    if variables and has_variables(text):
        return template_test(template(text, wildcards=wildcards), ignore_case=ignore_case)
    return _fixed_test(text, wildcards=wildcards, ignore_case=ignore_case)


def template_test(pieces: Sequence[Piece | Variable], *, ignore_case: bool = False) -> Test:
    """Return a function that tells whether a text is the one that a text with variables means.

    A variable without a value is equal to nothing, and like nothing.
    """
    has_wildcards = any(isinstance(piece, Wildcard) for piece in pieces)

    def test(value: str, context: Context) -> bool:
        own = replaced(pieces, context)
        if own is None:
            return False
        if has_wildcards:
            return pattern(own)(value)
        wanted = "".join(map(str, own))
        return value.lower() == wanted.lower() if ignore_case else value == wanted

    return test
