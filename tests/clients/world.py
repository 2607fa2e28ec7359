"""What the tests of clients share: child processes, the server as a command, and requests of 20 MiB."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REGION = "us-east-1"

BODY_LIMIT = 20_971_520
BULKY = {"vectorBucketName": "bucket", "indexName": "bulky"}
BULKY_SETTINGS: dict[str, Any] = {
    "dimension": 512,
    "metadataConfiguration": {"nonFilterableMetadataKeys": ["bulk"]},
}


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a child process that knows nothing of the user's own AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HOME"))}
    return {
        **kept,
        "HOME": str(home),
        "PYTHONUTF8": "1",
        "AWS_CONFIG_FILE": str(home / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # It would be written to stderr, where tests expect nothing.
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        **more,
    }


def run(command: list[str], env: dict[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A child process that has ended, well or not."""
    return subprocess.run(
        command, env=env, input=stdin, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


@contextmanager
def serve_command(folder: Path, *options: str) -> Iterator[str]:
    """The URL of `python -m mock_s3vectors serve`, which has to end well when it is told to."""
    port_file = folder / "port"
    command = [sys.executable, "-m", "mock_s3vectors", "serve", "--port", "0", "--port-file", str(port_file)]
    deadline = time.monotonic() + 60
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as server:
        try:
            while not port_file.exists():
                assert server.poll() is None, "the server ended before it had begun"
                assert time.monotonic() < deadline, "the server does not begin"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port_file.read_text(encoding='ascii').strip()}"
        finally:
            server.terminate()
        assert server.wait(60) == 0
    assert not port_file.exists()


def bulky_records(filler: int) -> list[dict[str, Any]]:
    """As many records as one call takes, with so many bytes of text in their metadata."""
    each, rest = divmod(filler, 500)
    return [
        {
            "key": f"{number:03}",
            "data": {"float32": [0.5] * 512},
            "metadata": {"bulk": "x" * (each + (number < rest))},
        }
        for number in range(500)
    ]


def stored_filler(client: Any) -> int:
    """How many bytes of such text the index has."""
    pages = client.get_paginator("list_vectors").paginate(**BULKY, returnMetadata=True)
    return sum(len(vector["metadata"]["bulk"]) for page in pages for vector in page["vectors"])


def at_the_limit(
    measure: Callable[[dict[str, Any]], int], put: Callable[[dict[str, Any]], Any], client: Any
) -> list[Any]:
    """What a client sees whose body is a byte too long, then not; each time also what is stored too much.

    Args:
        measure: how long a body the client makes of parameters of PutVectors.
        put: the answer or refusal.
        client: one of boto3, that looks what is stored.
    """
    filler = BODY_LIMIT - measure({**BULKY, "vectors": bulky_records(0)})
    return [
        (put({**BULKY, "vectors": bulky_records(filler + 1)}), stored_filler(client)),
        (put({**BULKY, "vectors": bulky_records(filler)}), stored_filler(client) - filler),
    ]
