"""The files that a server begins with, those of `--init`: in order of name, once it answers.

Scripts call the server like any client, and state files are added to what it has. Whoever asks for the
health of the server is told to wait until all is done.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.serving.scripts import LONGEST_END, Script, Stopped, bundle_for, environment_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import VectorBucket

# A container has the files here, if it has any.
USUAL_FOLDER = Path("/etc/mock_s3vectors/init/ready.d")
_SCRIPTS, _STATES = (".sh", ".py"), (".db",)
# People describe a folder in such a file.
_DESCRIPTION = "readme"

_log = logging.getLogger(__name__)


def folder_of(given: Path | None) -> Path | None:
    """Return the folder of the files: the given one, else the usual one if it exists."""
    return given or (USUAL_FOLDER if USUAL_FOLDER.is_dir() else None)


@dataclass
class Part:
    """A file of `--init`, and how far it is.

    Attributes:
        path: the file.
        status: what became of it yet.
        seconds: how long it took; None before it is over.
    """

    path: Path
    status: Literal["waiting", "running", "done", "failed"] = "waiting"
    seconds: float | None = None

    def document(self) -> dict[str, Any]:
        """Return what clients are told of it."""
        took = {} if self.seconds is None else {"seconds": round(self.seconds, 3)}
        return {"name": self.path.name, "status": self.status, **took}


class Initialization:
    """The files that a server begins with.

    Attributes:
        status: how far all of them are; "none" for a server that has no such files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Look for the folder.

        Raises:
            UsageError: there is none.
        """
        if folder is not None and not folder.is_dir():
            raise UsageError(f"--init {folder}: there is no such folder.")
        self._folder = folder and folder.absolute()
        self.status: Literal["none", "running", "done", "failed"] = "running" if folder else "none"
        self._parts: list[Part] = []
        self._why = ""
        self._bundle: Path | None = None
        self._environment: Mapping[str, str] = {}
        # Held while they are run.
        self._running = Lock()
        self._thread: Thread | None = None
        self._script: Script | None = None
        self._last: Script | None = None
        self._is_stopped = False

    def document(self) -> dict[str, Any]:
        """Return how far they are."""
        why = {"error": self._why} if self.status == "failed" else {}
        return {"status": self.status, "scripts": [part.document() for part in self._parts], **why}

    # --- at the start

    def begin(
        self,
        level: Level,
        url: str,
        certificate: Path | None,
        *,
        then: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        """Run them, in another thread; if there are none, go on at once.

        Args:
            level: the mock that answers.
            url: that of the server.
            certificate: that of the server; None if it does not speak TLS.
            then: what comes once all are done; nothing comes if they are stopped.
            fail: gets the exception if one of them fails, or `then` does.
        """
        if self._folder is None:
            then()
            return
        self._bundle = certificate and bundle_for(certificate, os.environ)
        self._environment = environment_for(url, self._bundle, os.environ)

        def run() -> None:
            try:
                with self._alone():
                    self._run(level)
                then()
            except BaseException as error:  # noqa: BLE001 - it ends the server, and is raised there
                if not self._is_stopped:
                    fail(error)

        self._thread = Thread(target=run, name="mock_s3vectors --init", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the script that is running, and begin no other one."""
        self._is_stopped = True
        script = self._script
        if script is not None:
            script.stop()

    @property
    def is_logged(self) -> bool:
        """Whether nobody waits any more until a line of theirs is written to the log."""
        return self._last is None or self._last.is_read

    def join(self) -> None:
        """Wait, after `stop`, until no process of them is left."""
        if self._thread is not None:
            self._thread.join(LONGEST_END)
        # A reset may have run them as well, and whoever forces an end does not wait for its answer.
        if self._running.acquire(timeout=LONGEST_END):
            self._running.release()
        if self._bundle is not None:
            self._bundle.unlink(missing_ok=True)

    # --- later

    def again(self, level: Level, reset: Callable[[Level], Any]) -> dict[str, Any]:
        """Reset the mock, run them again, and return how far they are.

        Raises:
            UsageError: one of them fails, they are being run, or there are none.
            ServiceError: the server is stopping, or the mock cannot be reset.
        """
        if self._folder is None:
            raise UsageError(
                "This server was started without --init, so there is nothing to run again. Without init=1 "
                "this path resets it all the same."
            )
        with self._alone():
            reset(level)
            try:
                self._run(level)
            except Stopped:
                raise refusals.unavailable() from None
            return self.document()

    # --- one after the other

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Waiting would never end for a script that asks for this itself.
        if not self._running.acquire(blocking=False):
            raise UsageError(
                "The files of --init are being run, so they cannot be run again yet: wait until GET /health "
                'answers {"status": "ok"}.'
            )
        try:
            yield
        finally:
            self._running.release()

    def _run(self, level: Level) -> None:
        self._parts, self.status = [], "running"
        try:
            self._parts = [Part(path) for path in _files_in(self._folder or Path())]
            present = _buckets_in(level)
            for part in self._parts:
                self._run_part(part, level, present)
        except BaseException as error:
            self.status, self._why = "failed", str(error)
            raise
        self.status = "done"

    def _run_part(self, part: Part, level: Level, present: frozenset[_Bucket]) -> None:
        """Run a script, or load a state file.

        Raises:
            UsageError: it fails; the text names it.
            Stopped: the server is stopping.
        """
        if self._is_stopped:
            raise Stopped
        part.status = "running"
        began = time.perf_counter()
        try:
            if part.path.suffix in _STATES:
                _add(part.path, level, present)
            else:
                self._run_script(part.path)
            part.status = "done"
        except UsageError as error:
            raise UsageError(f"--init: {error}") from None
        finally:
            part.seconds = time.perf_counter() - began
            if part.status == "running":
                part.status = "failed"
        _log.info("%s is done after %.1f s.", part.path.name, part.seconds, extra=_named(part.path))

    def _run_script(self, path: Path) -> None:
        self._last = self._script = script = Script(path)
        if self._is_stopped:  # whoever stopped them did not see this script
            raise Stopped
        try:
            script.run(self._environment)
        finally:
            self._script = None


# Account, Region and name.
_Bucket = tuple[str, str, str]


def _buckets_in(level: Level) -> frozenset[_Bucket]:
    found: set[_Bucket] = set()
    for store in level.world.stores.all().values():
        with store.lock:  # clients may create buckets meanwhile
            found.update(map(_key_of, store.vector_buckets.values()))
    return frozenset(found)


def _key_of(bucket: VectorBucket) -> _Bucket:
    return bucket.arn.account, bucket.arn.region, bucket.name


def _add(path: Path, level: Level, present: frozenset[_Bucket]) -> None:
    """Add the buckets of a state file.

    Raises:
        UsageError: they cannot be added; the text names the file.
    """
    try:
        _load(path, level, present)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    except ServiceError as error:
        raise UsageError(f"{path}: {error.code}: {error.message}.") from None


def _load(path: Path, level: Level, present: frozenset[_Bucket]) -> None:
    """Add the buckets of a state file, but those that the server had before any of the files.

    A server with a durable state has them since it was started the first time, as its clients have changed
    them. A bucket that has been made since, by another file or by a client, is refused.

    Raises:
        UsageError: there is such a bucket, or the file cannot be read.
    """
    from mock_s3vectors.workbench.seed_files import address_of  # noqa: PLC0415 - numpy takes 0.2 s to import
    from mock_s3vectors.workbench.seed_paths import add_buckets, stored_buckets  # noqa: PLC0415 - the same

    now, new = _buckets_in(level), []
    for bucket in stored_buckets(address_of(path)):
        if _key_of(bucket) not in now:
            new.append(bucket)
        elif _key_of(bucket) in present:
            _log.info("%s: %s exists, and stays as it is.", path.name, bucket.arn, extra=_named(path))
        else:
            raise UsageError(
                f"{bucket.arn} exists: a file of --init before this one, or a client, has made it. Nothing "
                "of this file was added: take the bucket out of one of the files, or give it another name."
            )
    add_buckets(level.world, level.config, new)


def _files_in(folder: Path) -> list[Path]:
    """Return the files to run, in order of name.

    Raises:
        UsageError: the folder cannot be read, or has something else by the name of such a file: a link that
            leads nowhere, or the folder that Docker makes where a file to mount is missing.
    """
    try:
        found = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise UsageError(f"--init {folder}: {error.strerror}.") from None
    shown = [path for path in found if not path.name.startswith(".")]
    wanted = [path for path in shown if path.suffix in (*_SCRIPTS, *_STATES)]
    for path in wanted:
        if not path.is_file():
            raise UsageError(f"--init: {path} is no file.")
    for path in shown:
        if path not in wanted and path.stem.lower() != _DESCRIPTION:
            text = "%s is left out: --init runs files that end with .sh or .py, and loads those with .db."
            _log.info(text, path.name, extra=_named(path))
    return wanted


def _named(path: Path) -> dict[str, Any]:
    return {"fields": {"script": path.name}}
