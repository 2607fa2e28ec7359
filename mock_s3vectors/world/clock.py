"""The one place that reads the time, so that freezing `time.time` moves the whole mock."""

import time

# The day from which new vector buckets are ENHANCED, and only that: 2026-09-30T00:00:00Z.
ENHANCED_SINCE = 1_790_726_400


def now() -> float:
    """Seconds since the epoch."""
    return time.time()
