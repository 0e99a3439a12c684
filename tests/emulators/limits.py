"""How often a stand-in may be asked: counted in every sliding stretch of time."""

from collections import deque
from datetime import datetime, timedelta


class Sliding:
    """At most `count` within any `window`."""

    def __init__(self, count: int, window: timedelta) -> None:
        self.count = count
        self.window = window
        self._at: dict[str, deque[datetime]] = {}

    def take(self, now: datetime, whom: str = "") -> bool:
        """Count one; False: it is one too many, and is not counted."""
        at = self._at.setdefault(whom, deque())
        while at and at[0] <= now - self.window:
            at.popleft()
        if len(at) >= self.count:
            return False
        at.append(now)
        return True
