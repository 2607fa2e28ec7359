"""`mock-s3vectors serve`, which is told to stop when it has its port and does not listen yet."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from mock_s3vectors.__main__ import main
from mock_s3vectors.cli import serve

make: Any = vars(serve)["http_server"]


def make_and_be_told_to_stop(*arguments: Any, **settings: Any) -> Any:
    server = make(*arguments, **settings)
    run = server.run

    def run_after_a_signal() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        run()

    server.run = run_after_a_signal
    return server


vars(serve)["http_server"] = make_and_be_told_to_stop
sys.exit(main(["serve", "--port", "0"]))
