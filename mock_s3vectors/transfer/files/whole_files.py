"""Files that are written as a whole: batches are put aside on disk until all are there.

Only then it is known how many there are, and what metadata they have. The file appears under its name when it
is complete; an interruption leaves nothing.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import orjson

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import Batch, Settings
from mock_s3vectors.transfer.files.opening import has_contents, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from typing_extensions import Self


class Spool:
    """Batches on disk, in files without names, which go with the process.

    Attributes:
        count: how many vectors there are.
        dimension: the number of floats in each.
    """

    def __init__(self, folder: Path, dimension: int | None) -> None:
        self.count = 0
        self.dimension = dimension or 0
        with ExitStack() as stack:
            self._vectors = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            self._texts = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            self._files = stack.pop_all()

    def close(self) -> None:
        """Drop the batches."""
        self._files.close()

    def add(self, batch: Batch) -> None:
        """Put a batch aside."""
        self.dimension = batch.data.shape[1]
        self._vectors.write(np.ascontiguousarray(batch.data, np.float32).tobytes())
        text = orjson.dumps([list(batch.keys), list(batch.metadata)], option=orjson.OPT_APPEND_NEWLINE)
        self._texts.write(text)
        self.count += len(batch)

    def batches(self) -> Iterator[Batch]:
        """Yield the batches, in their order."""
        self._vectors.seek(0)
        self._texts.seek(0)
        for line in self._texts:
            keys, metadata = orjson.loads(line)
            numbers = self._vectors.read(len(keys) * self.dimension * np.float32().itemsize)
            yield Batch(keys, np.frombuffer(numbers, np.float32).reshape(len(keys), -1), metadata)

    def vectors(self) -> BinaryIO:
        """Return the file of the vectors alone, at its beginning."""
        self._vectors.seek(0)
        return self._vectors


class WholeFilesSink(ABC):
    """One file or several that are written when all batches are there."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._spool: Spool | None = None
        self._settings = Settings()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        spool, self._spool = self._spool, None
        if spool is None:
            return
        try:
            if kind is None:
                self._publish(spool)
        finally:
            spool.close()

    def check(self, settings: Settings) -> bool:
        """Return False: there is no file yet.

        Raises:
            UsageError: there is one.
        """
        del settings  # a new file can have any
        for path in self._paths:
            if has_contents(path):
                raise UsageError(
                    f"{path} exists already: delete it, or choose another name. It is written as a whole, so "
                    "an interrupted copy leaves nothing to resume."
                )
        return False

    def prepare(self, settings: Settings) -> None:
        """Begin, unless a file is there.

        Raises:
            UsageError: one is, or cannot be written.
        """
        self.check(settings)
        self._settings = settings
        folder = self._paths[0].parent
        try:
            self._spool = Spool(folder, settings.dimension)
        except OSError as error:
            raise refused(self._paths[0], error) from None

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return no key: an interrupted copy leaves none."""
        del keys
        return set()

    def write(self, batch: Batch) -> None:
        """Put a batch aside."""
        if self._spool is None:
            raise RuntimeError("write() comes after prepare()")
        try:
            self._note(batch)
            self._spool.add(batch)
        except OSError as error:
            raise refused(self._paths[0], error) from None

    @abstractmethod
    def _note(self, batch: Batch) -> None:
        """Look at a batch before it is put aside."""

    def _publish(self, spool: Spool) -> None:
        """Write the files, and show them under their names."""
        # A name that nobody can predict, to put a link there.
        drafts = [path.with_name(f"{path.name}.{secrets.token_hex(8)}") for path in self._paths]
        try:
            self._write(spool, *drafts)
            for draft, path in zip(drafts, self._paths, strict=True):
                _sync(draft)
                draft.replace(path)
        except OSError as error:
            raise refused(self._paths[0], error) from None
        finally:
            for draft in drafts:
                draft.unlink(missing_ok=True)

    @abstractmethod
    def _write(self, spool: Spool, *drafts: Path) -> None:
        """Write the files."""


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
