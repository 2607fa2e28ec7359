"""`mock-s3vectors`, which holds calls while the file is there that the first argument names.

It makes a file `entered` beside that one when a call has come.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from mock_s3vectors.__main__ import main
from mock_s3vectors.gateway import Gateway

held = Path(sys.argv.pop(1))
handle = Gateway.handle


def hold(*arguments: Any) -> Any:
    (held.parent / "entered").touch()
    while held.exists():
        time.sleep(0.01)
    return handle(*arguments)


gateway: Any = Gateway
gateway.handle = hold
sys.exit(main())
