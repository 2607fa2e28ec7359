"""The time of a world."""

import time

# The day from which new vector buckets are ENHANCED, and only that: 2026-09-30T00:00:00Z.
ENHANCED_SINCE = 1_790_726_400


class Clock:
    """Follows `time.time`, so that a test that freezes it freezes the world."""

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time()
