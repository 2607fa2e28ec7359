"""Servers in processes of their own, each of which starts within milliseconds: see `programs/nursery.py`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).with_name("programs") / "nursery.py"
# Native threads do not survive a fork.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# Those of the process, see the program.
Changes = Mapping[str, Any]
NONE: Changes = MappingProxyType({})
URL = re.compile(r"mock_s3vectors answers at (http://\S+)\n")


class Nursery:
    """A process that forks a server for each life.

    Attributes:
        folder: where the servers' logs are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._requests = 0
        # A whole package shares it, so it begins before what clears the environment for each test.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, **ONE_THREAD},
        )

    def close(self) -> None:
        """End it, and the servers that a failing test has left running: it kills them."""
        self._process.communicate()

    def ask(self, **request: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, *options: str, changes: Changes = NONE) -> Life:
        """Start `mock-s3vectors serve`, and wait until it answers, or has ended."""
        request = self._request(options, changes)
        return Life(self, errors=Path(request["errors"]), **self.ask(**request))

    def refusal(self, *options: str, changes: Changes = NONE) -> str:
        """Return what a server says that ends at once with status 1."""
        life = self.start(*options, changes=changes)
        if life.url:
            life.send(signal.SIGKILL)
        assert (life.wait(), life.said) == (1, "")
        return life.log

    def kill_early(self, *options: str, after: float, changes: Changes = NONE) -> int:
        """Start a server, kill it so many seconds later, which may be too early, and return its status."""
        status: int = self.ask(**self._request(options, changes), kill_after=after)["status"]
        return status

    def _request(self, options: tuple[str, ...], changes: Changes) -> dict[str, Any]:
        self._requests += 1
        errors = self.folder / f"errors-{self._requests}"
        arguments = ["serve", "--port", "0", *options]
        return {"arguments": arguments, "errors": str(errors), "changes": dict(changes)}

    @contextmanager
    def life(self, *options: str, changes: Changes = NONE) -> Iterator[Life]:
        """Have a server that answers, and that has ended after the block."""
        life = self.start(*options, changes=changes)
        try:
            assert life.url, life.log
            yield life
        finally:
            if life.status is None:
                life.end(signal.SIGKILL)


@pytest.fixture(scope="package")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Makes servers, for the tests of a package."""
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.close()


@dataclass
class Life:
    """One server.

    Attributes:
        nursery: what forked it.
        errors: the file that has what it wrote to its error stream.
        pid: that of the process.
        said: what it wrote to its output until it answered.
        status: that with which it ended, negative if a signal ended it; None while it runs.
    """

    nursery: Nursery
    errors: Path
    pid: int
    said: str
    status: int | None = field(default=None)

    @property
    def url(self) -> str:
        """The URL at which it answers; empty if it does not answer."""
        found = URL.match(self.said)
        return found[1] if found else ""

    @property
    def log(self) -> str:
        """The text that it wrote to its error stream."""
        return self.errors.read_text()

    def send(self, ending: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, ending)

    def wait(self) -> int:
        """Wait for the end, and return the status."""
        if self.status is None:
            self.status = self.nursery.ask(pid=self.pid)["status"]
        assert self.status is not None
        return self.status

    def end(self, ending: signal.Signals) -> int:
        """End it, and return its status."""
        self.send(ending)
        return self.wait()
