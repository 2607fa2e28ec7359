"""The mocks that are switched on in this process, and what the first of them sets up around itself.

Mocks nest: the outermost makes the state, the inner ones share it, and the last to leave drops it.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from mock_s3vectors.config import Config
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_s3vectors.gateway import Gateway
    from mock_s3vectors.messages import HttpRequest, HttpResponse
    from mock_s3vectors.world import Stores

# The first release that knows S3 Vectors.
_FIRST_BOTOCORE = (1, 39, 5)

FAKE_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


class Patch(Protocol):
    """A change that lasts while a mock is on."""

    def apply(self) -> None:
        """Change it."""

    def undo(self) -> None:
        """Put it back."""


@dataclass(frozen=True)
class _Entry:
    owner: object
    config: Config


def new_stores() -> Stores:
    """An empty state."""
    from mock_s3vectors.world import Stores  # noqa: PLC0415 - numpy takes 0.2 s to import

    return Stores()


class MockStack:
    """A stack of the mocks that are on; the options of the last one hold."""

    def __init__(self) -> None:
        self._lock = new_lock()
        self._entries: list[_Entry] = []
        self._gateway: Gateway | None = None
        self._stores: Stores | None = None
        # The states that are hidden by copies, the original first; `_stores` is a copy of the last one.
        self._below: list[Stores] = []
        # Set last and cleared first, so that a call that finds it unchanged has found the rest unchanged too.
        self._life: object | None = None
        self._asked: set[object] = set()
        # The URLs of the servers of this process, the last one to start at the end.
        self.servers: list[str] = []
        self._surroundings = _Surroundings()
        self._patches: tuple[Patch, ...] = ()

    def while_on(self, *patches: Patch) -> None:
        """Apply these when the first mock is switched on, undo them when the last one ends."""
        self._patches = patches

    def start(
        self, owner: object, options: Mapping[str, Any], make_state: Callable[[], Stores] = new_stores
    ) -> None:
        """Switch a mock on, with a state of its own if it is the outermost.

        Args:
            owner: who will stop it.
            options: those of the enclosing mock hold where these are silent.
            make_state: gives the state that the outermost mock begins with.

        Raises:
            UsageError: the installed botocore is too old.
        """
        with self._lock:
            before = self._entries
            config = replace(before[-1].config if before else Config(), **options)
            try:
                if not before:
                    _check_botocore()
                    self._begin(make_state())
                self._entries = [*before, _Entry(owner, config)]
                self._life = self._life or object()
            except BaseException:
                self._keep(before)
                raise

    def stop(self, owner: object) -> None:
        """Switch off what the owner started last.

        Raises:
            UsageError: it has not started anything that is still on.
        """
        with self._lock:
            left = _without_last(self._entries, owner)
            try:
                self._keep(left)
            except BaseException:
                # An interruption (Ctrl+C, a test's timeout): whoever stops a mock does so once.
                self._keep(left)
                raise

    def _begin(self, stores: Stores) -> None:
        self._surroundings.enter()
        for patch in self._patches:
            patch.apply()
        self._stores = stores

    def _keep(self, entries: list[_Entry]) -> None:
        """Have these mocks on and no others; if there are none, put everything back. It may be repeated."""
        if not entries:
            self._life = None
        self._entries = entries
        if not entries:
            self._stores = None
            self._below = []
            self._asked = set()
            for patch in self._patches:
                patch.undo()
            self._surroundings.leave()

    def config_of(self, owner: object) -> Config | None:
        """The options that hold for what the owner started last, None if it is off."""
        return next((entry.config for entry in reversed(self._entries) if entry.owner is owner), None)

    def is_first(self, what: object) -> bool:
        """Return whether this is asked for the first time since the outermost mock began."""
        with self._lock:
            is_first = what not in self._asked
            self._asked.add(what)
            return is_first

    def reset(self) -> None:
        """Drop all vector buckets, if any mock is on."""
        stores = self._stores
        if stores is not None:
            stores.clear()

    @contextmanager
    def on_a_copy(self) -> Iterator[None]:
        """Run a block on a copy of the state, and drop the copy with everything that the block did.

        Blocks of several threads may end in any order, and the mock may end before them.
        """
        with self._lock:
            below = self._stores
            copy = None if below is None else below.copy()
            if below is not None:
                self._below.append(below)
                self._stores = copy
        try:
            yield
        finally:
            with self._lock:
                self._drop(copy)

    def _drop(self, copy: Stores | None) -> None:
        """Let the state below a copy answer again, or take the copy out from below another one."""
        if copy is self._stores and self._below:
            self._stores = self._below.pop()
        else:
            self._below = [state for state in self._below if state is not copy]

    @property
    def life(self) -> object | None:
        """The mark of the outermost mock, a new one each time that one begins; None while none is on."""
        return self._life

    def check_life(self, begun: object) -> None:
        """Raise unless the mock of a call is still the one that is on.

        Args:
            begun: `life`, as it was when the call began.

        Raises:
            UsageError: that mock has ended.
        """
        if begun is not self._life:
            raise UsageError(
                "The mock ended before it had answered this call, and the request was not sent anywhere. "
                "Let calls return before their mock ends: join threads, await tasks and shut executors "
                "down while it is on."
            )

    def handle(self, request: HttpRequest, begun: object | None = None) -> HttpResponse | None:
        """Return the answer to a request, None if no mock is on.

        Args:
            request: as its client has prepared it.
            begun: `life`, as it was when the call began. If it is given, the answer is never None.

        Raises:
            UsageError: the mock under which the call began has ended.
        """
        stores, entries = self._stores, self._entries
        if begun is not None:
            self.check_life(begun)
        if stores is None or not entries:
            return None
        return self._corridor().handle(request, stores, entries[-1].config)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def _corridor(self) -> Gateway:
        """The gateway, made at the first request and kept: it holds no state, only the model."""
        if self._gateway is None:
            with self._lock:  # so that a fork waits for the import
                from mock_s3vectors.gateway import Gateway  # noqa: PLC0415 - numpy takes 0.2 s to import

                self._gateway = Gateway()
        return self._gateway


def _check_botocore() -> None:
    """Raise unless the installed botocore knows S3 Vectors.

    Raises:
        UsageError: it is too old; its clients would say that there is no such service.
    """
    import botocore  # noqa: PLC0415 - only a mock that starts needs it; it loads nothing else

    if _is_too_old(str(botocore.__version__)):
        raise UsageError(
            f"mock_s3vectors needs botocore {'.'.join(map(str, _FIRST_BOTOCORE))} or newer, and "
            f"{botocore.__version__} is installed: pip install -U botocore boto3"
        )


@cache
def _is_too_old(version: str) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return numbers is not None and tuple(map(int, numbers.groups())) < _FIRST_BOTOCORE


def _without_last(entries: list[_Entry], owner: object) -> list[_Entry]:
    """Return a new list without the last entry of an owner; other threads read the old one without the lock.

    Raises:
        UsageError: there is none.
    """
    for position in reversed(range(len(entries))):
        if entries[position].owner is owner:
            return entries[:position] + entries[position + 1 :]
    raise UsageError(
        "stop() was called on a mock that is not started: call start() first, "
        "and stop() once for each start()."
    )


@dataclass(frozen=True)
class _Before:
    """How things were before the first mock."""

    variables: Mapping[str, str | None]
    session: Any


class _Surroundings:
    """Fake credentials where there are none, and a default session of boto3 that the mock's end drops."""

    def __init__(self) -> None:
        self._before: _Before | None = None

    def enter(self) -> None:
        """Remember how things are, then change them. What an interrupted `leave` left stays remembered."""
        # Set but empty counts as absent, as it does for botocore.
        absent = {name: os.environ.get(name) for name in FAKE_CREDENTIALS if not os.environ.get(name)}
        # A boto3 that is first imported while the mock is on had no default session before.
        session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
        self._before = self._before or _Before(absent, session)
        os.environ.update({name: FAKE_CREDENTIALS[name] for name in absent})
        _set_default_session(None)

    def leave(self) -> None:
        """Put everything back."""
        if self._before is not None:
            set_variables(self._before.variables)
            _set_default_session(self._before.session)
            self._before = None


def set_variables(values: Mapping[str, str | None]) -> None:
    """Set variables of the environment, and remove those whose value is None."""
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _set_default_session(session: Any) -> None:
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = session  # type: ignore[attr-defined]


def options_of(of: str, config: Config | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the single options or, of a Config, all there are: it leaves nothing to the enclosing mock.

    Args:
        of: the function that they were given to.
        config: all options at once, or None.
        options: single ones.

    Raises:
        UsageError: there are both, or the Config is none.
    """
    if config is None:
        return dict(options)
    if options:
        raise UsageError(
            f"{of} was given config and {', '.join(options)}: put all options into config, "
            "or leave config out."
        )
    if not isinstance(config, Config):
        raise UsageError(
            f"config={config!r} is no Config: give mock_s3vectors.Config(...), or single options."
        )
    return asdict(config)


STACK = MockStack()
