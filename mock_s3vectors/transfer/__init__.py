"""Vectors between data files, state files, servers and AWS: copying, describing and deleting.

    from mock_s3vectors.transfer import delete_matching

    delete_matching(client, vector_bucket_name="films", index_name="plots", filter={"year": {"$lt": 1950}})

Importing the package loads nothing heavy: neither botocore nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_s3vectors.transfer.deletion.candidates import Deleted
    from mock_s3vectors.transfer.deletion.matching import delete_matching, delete_matching_async

__all__ = ["Deleted", "delete_matching", "delete_matching_async"]

if not TYPE_CHECKING:
    # Each name is imported when it is asked for, as those of `mock_s3vectors` are.
    _MODULES = {
        "Deleted": "deletion.candidates",
        "delete_matching": "deletion.matching",
        "delete_matching_async": "deletion.matching",
    }

    def __getattr__(name: str) -> object:
        """Look up a public name on demand."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f"{__name__}.{_MODULES[name]}")
        return globals().setdefault(name, getattr(module, name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
