"""Statements that allow everybody: they give other accounts nothing, as Block Public Access is always on.

Choice: public-statements.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from mock_s3vectors.authorization.variables import has_variables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_s3vectors.authorization.conditions import Condition
    from mock_s3vectors.authorization.principals import PrincipalElement

# The condition keys whose value says who calls, or from where, in lower case.
_KEYS = frozenset(
    f"aws:{name}"
    for name in (
        "principalaccount",
        "principalarn",
        "principalorgid",
        "sourceaccount",
        "sourcearn",
        "sourceip",
        "sourceorgid",
        "sourceowner",
        "sourcevpc",
        "sourcevpce",
        "userid",
        "username",
    )
)
# A wider range of addresses, by IP version, says nobody.
_SHORTEST_PREFIXES = {4: 8, 6: 32}


def is_public(principals: PrincipalElement | None, conditions: Iterable[Condition]) -> bool:
    """Return whether a statement that allows means everybody, and no condition says who that is."""
    if principals is None or not (principals.is_everybody or principals.negated):
        return False
    return not any(map(_says_who, conditions))


def _says_who(condition: Condition) -> bool:
    key = condition.key.lower()
    if not condition.requires_key or key not in _KEYS:
        return False
    if key == "aws:sourceip":
        return all(map(_is_narrow, condition.values))
    return not any("*" in value or "?" in value or has_variables(value) for value in condition.values)


def _is_narrow(addresses: str) -> bool:
    try:
        network = ip_network(addresses, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _SHORTEST_PREFIXES[network.version]
