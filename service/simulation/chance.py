"""Chance without order: each question has its own answer, whoever asks it first."""

import random

from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """Answers by seed and question alone, so that work done in another order changes nothing."""

    seed: int

    def of(self, *question: object) -> random.Random:
        """Answer the source of chance that belongs to a question, always the same one."""
        # Texts are hashed with SHA-512 here, not with Python's own salted hash.
        return random.Random("|".join(map(str, (self.seed, *question))))  # noqa: S311  # no secret

    def happens(self, share: float, *question: object) -> bool:
        """Say whether something happens that happens in this share of all cases."""
        return self.of(*question).random() < share
