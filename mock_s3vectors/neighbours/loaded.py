"""Attributes of the modules of other libraries, if anybody has loaded those."""

from __future__ import annotations

import sys
from typing import Any


def find(module: str, name: str) -> Any:
    """Return an attribute of a module, None if the module is not loaded or lacks the attribute."""
    return getattr(sys.modules.get(module), name, None)


def is_derived_from(cls: type, module: str, base: str) -> bool:
    """Return whether a class is derived from one of a module; False if the module is not loaded."""
    found = find(module, base)
    return isinstance(found, type) and issubclass(cls, found)
