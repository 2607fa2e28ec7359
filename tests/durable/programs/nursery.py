"""A process that has imported everything, and makes a server of each request: a fork takes milliseconds.

A line of its input is JSON, and so is its answer:

    {"arguments": ["serve", "--port", "0"], "errors": FILE, "changes": {}}   {"pid": 7, "said": "..."}
    {"pid": 7}                                                               {"status": 0}
    {"arguments": [...], ..., "kill_after": 0.01}                            {"status": -9}

`said` is what the program has written to its output until it answers clients, or until it has ended. The
file gets what it writes to its error stream. `changes` are those of the process before the program begins,
see `CHANGES`. The second request waits for the end of the program; its status is negative if a signal ended
it. The third one kills the program so many seconds after its beginning. At the end of the input, programs
that still run are killed.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sqlite3
import sys
import threading
import time
import traceback
from itertools import count, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.__main__ import main
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.serving import http_server, set_up  # noqa: F401 - so that no server has to load them
from mock_s3vectors.storage import durable_file
from mock_s3vectors.storage.following import kept_in  # noqa: F401 - so that no server has to load it

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAST_LINE = "Ready.\n"
# The processes that nobody has waited for.
LIVING: set[int] = set()


def warm_up() -> None:
    """Do once what every server does when a first call comes."""
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]])
        boto3.client("s3vectors", "us-east-1").list_vectors(vectorBucketName="films", indexName="plots")


def start(
    arguments: list[str], errors: str, changes: dict[str, Any], kill_after: float | None = None
) -> dict[str, Any]:
    output, of_child = os.pipe()
    pid = os.fork()
    if not pid:
        be_the_program(arguments, errors, changes, of_child)
    LIVING.add(pid)
    os.close(of_child)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
        os.close(output)
        return end_of(pid)
    said = ""
    with open(output, encoding="utf-8") as lines:  # noqa: PTH123 - it is a descriptor
        for line in lines:
            said += line
            if line == LAST_LINE:
                break
    return {"pid": pid, "said": said}


def be_the_program(arguments: list[str], errors: str, changes: dict[str, Any], output: int) -> None:
    status = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
        for name, value in changes.items():
            CHANGES[name](value)
        status = main(arguments)
        sys.stdout.flush()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 70
    except BaseException:  # noqa: BLE001 - it is as good as the program's
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def keep_log_small(size: int) -> None:
    durable_file._LOG_BYTES = size  # noqa: SLF001 - no option of the server


def wait_for_others(seconds: float) -> None:
    durable_file._PATIENCE = seconds  # noqa: SLF001 - the same


def kill_within(place: list[int]) -> None:
    """Have the process kill itself while SQLite works on a change.

    Args:
        place: how many transactions pass before, that of the opening included; and how many steps of such
            work. A transaction that takes fewer passes as well.
    """
    connect, (before, steps) = sqlite3.connect, place
    begun = count()
    done: Iterator[int] = repeat(-1)

    def connect_and_count(*arguments: Any, **settings: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **settings)

        def note(statement: str) -> None:
            nonlocal done
            if statement.startswith("BEGIN"):
                done = count() if next(begun) >= before else repeat(-1)

        def step() -> None:
            if connection.in_transaction and next(done) >= steps:
                os.kill(os.getpid(), signal.SIGKILL)

        connection.set_trace_callback(note)
        connection.set_progress_handler(step, 3)
        return connection

    module: Any = sqlite3
    module.connect = connect_and_count


def obey_permissions(_: Any) -> None:
    """Have root obey the permissions of files, as anybody else does: without two capabilities of Linux."""
    if os.geteuid():
        return
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    capabilities = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(version_3, capabilities):
        raise OSError(ctypes.get_errno(), "capget")
    capabilities[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    if libc.capset(version_3, capabilities):
        raise OSError(ctypes.get_errno(), "capset")


def mount_small_disk(where: str) -> None:
    """Have a disk of 600 kB, which only this process sees, at a place; even without being root."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10020000):  # CLONE_NEWUSER, CLONE_NEWNS
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        Path("/proc/self", name).write_text(text)
    if libc.mount(b"none", where.encode(), b"tmpfs", 0, b"size=600k"):
        raise OSError(ctypes.get_errno(), "mount")


def never_answer(operation: str) -> None:
    handle = Gateway.handle

    def handle_others(gateway: Gateway, request: Any, *others: Any) -> Any:
        if request.path == f"/{operation}":
            threading.Event().wait()
        return handle(gateway, request, *others)

    gateway: Any = Gateway
    gateway.handle = handle_others


# The changes of the process.
CHANGES: dict[str, Callable[[Any], None]] = {
    "environment": os.environ.update,
    "log bytes": keep_log_small,
    "patience": wait_for_others,
    "killed within": kill_within,
    "permissions": obey_permissions,
    "small disk": mount_small_disk,
    "never answered": never_answer,
}


def end_of(pid: int) -> dict[str, Any]:
    _, status = os.waitpid(pid, 0)
    LIVING.remove(pid)
    return {"status": os.waitstatus_to_exitcode(status)}


def work() -> None:
    warm_up()
    gc.collect()
    gc.freeze()  # so that children share these pages for longer
    try:
        for line in sys.stdin:
            request = json.loads(line)
            answer = end_of(**request) if "pid" in request else start(**request)
            sys.stdout.write(f"{json.dumps(answer)}\n")
            sys.stdout.flush()
    finally:
        for pid in LIVING:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


work()
