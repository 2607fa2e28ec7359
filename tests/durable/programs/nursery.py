"""A process that has imported everything, and makes a server of each request: a fork takes milliseconds.

A line of its input is JSON, and so is its answer:

    {"arguments": ["serve", "--port", "0"], "errors": FILE}                  {"pid": 7, "said": "..."}
    {"pid": 7}                                                               {"status": 0}
    {"arguments": [...], "errors": FILE, "kill_after": 0.01}                 {"status": -9}

`said` is what the program has written to its output until it answers clients, or until it has ended. The
file gets what it writes to its error stream. The second request waits for the end of the program; its status
is negative if a signal ended it. The third one kills the program so many seconds after its beginning.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from typing import Any

import boto3

import mock_s3vectors.serving.http_server
import mock_s3vectors.serving.set_up
import mock_s3vectors.storage.following
from mock_s3vectors import mock_s3vectors
from mock_s3vectors.__main__ import main

LAST_LINE = "Press Ctrl+C to stop it.\n"


def warm_up() -> None:
    """Do once what every server does when a first call comes."""
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]])
        boto3.client("s3vectors", "us-east-1").list_vectors(vectorBucketName="films", indexName="plots")


def start(arguments: list[str], errors: str, kill_after: float | None = None) -> dict[str, Any]:
    output, of_child = os.pipe()
    pid = os.fork()
    if not pid:
        be_the_program(arguments, errors, of_child)
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


def be_the_program(arguments: list[str], errors: str, output: int) -> None:
    status = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
        status = main(arguments)
        sys.stdout.flush()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 70
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def end_of(pid: int) -> dict[str, Any]:
    return {"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}


def work() -> None:
    warm_up()
    gc.collect()
    gc.freeze()  # so that children share these pages for longer
    for line in sys.stdin:
        request = json.loads(line)
        answer = end_of(**request) if "pid" in request else start(**request)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


work()
