"""The options of a server, as the command line gives them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from typing_extensions import Self


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """The options of a server: a field for each of its flags, and the options of its mock.

    Attributes:
        mock: the options that the mock has in Python too.
        variables: the names of the environment variables that stand for flags.
    """

    host: str
    port: int
    port_file: Path | None
    certificate: Path | None
    key: Path | None
    allowed_hosts: tuple[str, ...]
    cors: tuple[str, ...]
    state: str | None
    identities: Path | None
    kms_keys: tuple[str, ...]
    init: Path | None
    verbose: bool
    log_format: str
    mock: Mapping[str, Any]
    variables: tuple[str, ...]

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Self:
        """Return the options among parsed arguments."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in vars(arguments).items()
        }
        given.pop("run")
        own = {field.name: given.pop(field.name) for field in fields(cls) if field.name != "mock"}
        return cls(**own, mock=given)
