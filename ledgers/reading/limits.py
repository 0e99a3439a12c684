"""How much one file may cost before it is refused."""

from config.lean import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file. The defaults refuse a hostile file within 10 s and 512 MB.

    `seconds` is the whole wall time for a file up to 2 MB; a bigger one gets
    `seconds_per_megabyte` more for each further megabyte, so that large honest files are read.
    """

    memory: int = 400 * MEGABYTE  # of the child; its parent takes 85 million bytes beside it
    seconds: float = 8.0
    seconds_per_megabyte: float = 3.0
    file_bytes: int = 64 * MEGABYTE
    unpacked_bytes: int = 768 * MEGABYTE
    cells: int = 6_000_000
    answer_bytes: int = 160 * MEGABYTE

    def time_for(self, file_bytes: int) -> float:
        """Answer the wall time in seconds that a file of this size may take."""
        extra = max(0.0, file_bytes / MEGABYTE - 2.0)
        return self.seconds + extra * self.seconds_per_megabyte
