"""The changes that the first mock makes around itself, and that the last one undoes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors import neighbours

if TYPE_CHECKING:
    from collections.abc import Mapping

FAKE_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@dataclass(frozen=True)
class _Before:
    """The variables and the default session as they were before the first mock."""

    variables: Mapping[str, str | None]
    session: Any


class Surroundings:
    """Fake credentials if there are none, and a default session of boto3 that ends with the last mock."""

    def __init__(self) -> None:
        self._before: _Before | None = None

    def enter(self) -> None:
        """Remember how things are, then change them. What an interrupted `leave` left stays remembered."""
        # Set but empty counts as absent, as it does for botocore.
        absent = {name: os.environ.get(name) for name in FAKE_CREDENTIALS if not os.environ.get(name)}
        # A boto3 that is first imported while the mock is on had no default session before.
        session = neighbours.default_session()
        self._before = self._before or _Before(absent, session)
        os.environ.update({name: FAKE_CREDENTIALS[name] for name in absent})
        neighbours.set_default_session(None)

    def leave(self) -> None:
        """Put everything back."""
        if self._before is not None:
            set_variables(self._before.variables)
            neighbours.set_default_session(self._before.session)
            self._before = None


def set_variables(values: Mapping[str, str | None]) -> None:
    """Set variables of the environment, and remove those whose value is None."""
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
