"""What one try of a password costs; apart from the hashing, whose library takes long to load."""

from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """`memory` in KiB, `passes` over it, on so many `lanes`."""

    memory: int
    passes: int
    lanes: int


RECOMMENDED = Effort(memory=64 * 1024, passes=3, lanes=4)
"""The second recommended choice of RFC 9106, section 4: 64 MiB a try."""
