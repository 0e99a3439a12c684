"""How long somebody waits after tries that failed: ever longer, up to a bound, never for good."""

from datetime import timedelta

from config.lean import dataclass

FORGOTTEN = timedelta(days=1)
"""Without a try that failed so long, all are free again."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """So many tries are `free`; then a wait of `first`, doubled each time up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """Answer how long nothing is looked at after so many tries that failed."""
        beyond = failures - self.free
        if beyond < 0:
            return timedelta(0)
        # Doubled further it would overflow; every bound is passed long before.
        return min(self.first * (1 << min(beyond, 20)), self.longest)
