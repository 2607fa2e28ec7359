"""`mock-s3vectors`, in a process that may have 64 descriptors."""

from __future__ import annotations

import resource
import sys

from mock_s3vectors.__main__ import main

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
sys.exit(main())
