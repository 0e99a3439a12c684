"""What an emulator is told to do wrong: where, what, how often."""

import random
from collections.abc import Set
from dataclasses import dataclass, field
from enum import StrEnum


class Phase(StrEnum):
    """Where in an SMTP session something happens. CONTENT is while the text comes in, DOT after its end."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    DOT = "dot"
    RSET = "rset"
    QUIT = "quit"


class Act(StrEnum):
    """ANSWER says `answer` instead; HANG says nothing, ever; DROP resets the connection; LOSE takes the mail and hangs up."""

    ANSWER = "answer"
    HANG = "hang"
    DROP = "drop"
    LOSE = "lose"


@dataclass(frozen=True)
class Fault:
    """One thing to do wrong.

    The first `after` chances pass, then up to `times` are used (None: all), each with the
    probability `share`. `recipient` narrows to sessions whose last recipient contains it.
    `keeps`: a mail answered like this at DOT is stored all the same.
    """

    phase: Phase
    act: Act = Act.ANSWER
    answer: str = ""
    times: int | None = None
    after: int = 0
    share: float = 1.0
    recipient: str = ""
    keeps: bool = False

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Read `phase:act`, `phase:450 try later` or either with `:share`, as in `dot:lose:0.02`."""
        phase, act, *share = text.split(":")
        known = act in {Act.HANG, Act.DROP, Act.LOSE}
        return cls(
            Phase(phase),
            act=Act(act) if known else Act.ANSWER,
            answer="" if known else act,
            share=float(share[0]) if share else 1.0,
        )


@dataclass
class Script:
    """The faults in force. The same seed and the same chances give the same faults."""

    faults: list[Fault] = field(default_factory=list)
    seed: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  # which mail fails is no secret
        self._chances: dict[Fault, int] = {}
        self._used: dict[Fault, int] = {}

    def add(self, fault: Fault) -> None:
        """Do this wrong from now on."""
        self.faults.append(fault)

    def clear(self) -> None:
        """Do everything right from now on."""
        self.faults.clear()
        self._chances.clear()
        self._used.clear()

    @property
    def used(self) -> Set[Fault]:
        """Answer the faults that were committed at least once."""
        return self._used.keys()

    def take(self, phase: Phase, recipient: str = "") -> Fault | None:
        """Answer the fault to commit here, if any, and count it as used."""
        for fault in self.faults:
            if fault.phase is phase and fault.recipient in recipient and self._strikes(fault):
                self._used[fault] = self._used.get(fault, 0) + 1
                return fault
        return None

    def _strikes(self, fault: Fault) -> bool:
        chance = self._chances[fault] = self._chances.get(fault, 0) + 1
        if chance <= fault.after:
            return False
        if fault.times is not None and self._used.get(fault, 0) >= fault.times:
            return False
        return fault.share >= 1 or self._random.random() < fault.share
