"""`mock-s3vectors` with a bug in its gateway."""

from __future__ import annotations

import sys
from typing import Any

from mock_s3vectors.__main__ import main
from mock_s3vectors.gateway import Gateway


def handle(*_: Any) -> None:
    raise ZeroDivisionError("a bug of ours")


gateway: Any = Gateway
gateway.handle = handle
sys.exit(main())
