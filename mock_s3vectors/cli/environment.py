"""The environment variables of the program: each flag of a command that reads them has one.

No list of names is kept: `--search-engine` is `MOCK_S3VECTORS_SEARCH_ENGINE`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "MOCK_S3VECTORS_"

# By the text of a switch, in small letters.
_SWITCHES = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
SWITCH_VALUES = "1 or 0, true or false, yes or no, on or off"

# Kubernetes tells every container of its services: one named `mock-s3vectors` or `mock-s3vectors-ci` gives
# these names, and MOCK_S3VECTORS_PORT=tcp://10.0.0.7:7380 as well. So do links of Docker.
_OF_A_SERVICE = re.compile(
    rf"{PREFIX}(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_ADDRESS_OF_A_SERVICE = re.compile(r"(tcp|udp|sctp)://.*")


def variable_of(flag: str) -> str:
    """Return the name of the variable that stands for a flag."""
    return PREFIX + flag.removeprefix("--").replace("-", "_").upper()


def value_of(name: str, environment: Mapping[str, str]) -> str | None:
    """Return the value of a variable; None if it is empty, or tells of a service of Kubernetes.

    White space around it is none of it: files of variables have some, such as the ends of Windows' lines.
    """
    text = environment.get(name, "").strip()
    return text if text and not _is_of_a_service(name, text) else None


def switch_of(text: str) -> bool | None:
    """Return the value of a switch, None if the text is none."""
    return _SWITCHES.get(text.strip().lower())


def words_of(text: str) -> list[str]:
    """Return the elements of a list, which commas or white space separate."""
    return text.replace(",", " ").split()


def refuse_unknown(environment: Mapping[str, str], known: Iterable[str]) -> None:
    """Raise if the environment has a variable of the program that no flag has: a mistyped one has no effect.

    Raises:
        UsageError: there is one; the text has the name that it may mean.
    """
    names = tuple(known)
    wrong = [
        name
        for name, text in sorted(environment.items())
        if name.startswith(PREFIX) and text.strip() and name not in names and not _is_of_a_service(name, text)
    ]
    if wrong:
        said = " ".join(
            f"No flag has the environment variable {name}.{near(name, names, prefix=PREFIX)}"
            for name in wrong
        )
        raise UsageError(f"{said} `mock-s3vectors serve --help` shows those that there are.")


def _is_of_a_service(name: str, text: str) -> bool:
    is_address = name.endswith("_PORT") and _ADDRESS_OF_A_SERVICE.fullmatch(text) is not None
    return is_address or _OF_A_SERVICE.fullmatch(name) is not None
