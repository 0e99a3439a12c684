"""Where each kind of channel is tried out: a far side that can be made to fail, per kind.

A new channel joins the conformance suite with a `Ground` of its own in `GROUNDS`.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from channels.memory import MemoryChannel
from channels.protocol import Channel, ChannelError, FailureReason, Refused, Unknown
from channels.registry import build
from tests.emulators.faults import Act, Fault, Phase
from tests.emulators.smtp import SmtpEmulator

MARKER = "markerzebra"
USER, PASSWORD = f"user-{MARKER}", f"password-{MARKER}"


class Situation(StrEnum):
    """What can go wrong between any channel and its far side."""

    DOWN = "down"
    SILENT_BEFORE = "silent before it could take the message"
    BUSY = "busy"
    ADDRESS = "address refused"
    CONTENT = "content refused"
    ACCOUNT = "account refused"
    LOST_ANSWER = "took it, and the answer was lost"
    LATE_ANSWER = "took it, and the answer never came"
    UNREADABLE = "answers something unreadable"


@dataclass(frozen=True)
class Verdict:
    """How a channel must judge a situation."""

    reason: FailureReason
    unknown: bool = False
    permanent: bool = False
    account_wide: bool = False

    @classmethod
    def of(cls, error: ChannelError) -> "Verdict":
        """Read the verdict that an error carries."""
        if isinstance(error, Refused):
            return cls(error.reason, permanent=error.permanent, account_wide=error.account_wide)
        return cls(error.reason, unknown=isinstance(error, Unknown))

    def error(self) -> ChannelError:
        """Make an error that carries this verdict."""
        if self.unknown:
            return Unknown(self.reason)
        return Refused(self.reason, permanent=self.permanent, account_wide=self.account_wide)


VERDICTS = {
    Situation.DOWN: Verdict(FailureReason.UNREACHABLE),
    Situation.SILENT_BEFORE: Verdict(FailureReason.UNREACHABLE),
    Situation.BUSY: Verdict(FailureReason.TEMPORARY),
    Situation.ADDRESS: Verdict(FailureReason.ADDRESS_REFUSED, permanent=True),
    Situation.CONTENT: Verdict(FailureReason.CONTENT_REFUSED, permanent=True),
    Situation.ACCOUNT: Verdict(FailureReason.AUTHENTICATION, account_wide=True),
    Situation.LOST_ANSWER: Verdict(FailureReason.NO_ANSWER, unknown=True),
    Situation.LATE_ANSWER: Verdict(FailureReason.NO_ANSWER, unknown=True),
    Situation.UNREADABLE: Verdict(FailureReason.UNREADABLE_ANSWER, unknown=True),
}


_SMTP_FAULTS = {
    Situation.SILENT_BEFORE: Fault(Phase.RCPT, Act.HANG, times=1),
    Situation.BUSY: Fault(Phase.DOT, answer=f"451 4.3.0 {MARKER} later", times=1),
    Situation.ADDRESS: Fault(Phase.RCPT, answer=f"550 5.1.1 <{MARKER}@x> unknown", times=1),
    Situation.CONTENT: Fault(Phase.DOT, answer=f"554 5.7.1 {MARKER} is spam", times=1),
    Situation.LOST_ANSWER: Fault(Phase.DOT, Act.LOSE, times=1),
    Situation.LATE_ANSWER: Fault(Phase.DOT, Act.HANG, times=1, keeps=True),
    Situation.UNREADABLE: Fault(Phase.DOT, answer=f"?? {MARKER}", times=1, keeps=True),
}


class Ground(ABC):
    """One channel and its far side. `channel` works until a situation is staged."""

    channel: Channel
    situations: frozenset[Situation]

    @abstractmethod
    async def stage(self, situation: Situation) -> None:
        """Let the next send meet this situation; it passes by itself or with `calm`."""

    async def calm(self) -> None:  # noqa: B027  # most situations pass by themselves
        """Let everything go well again."""

    @abstractmethod
    def taken(self) -> list[bytes]:
        """Answer what the far side took, as it took it."""

    @abstractmethod
    def copies(self) -> Counter[str]:
        """Count what the far side took by out-id."""


G = TypeVar("G", bound=Ground)


class SmtpGround(Ground):
    """The SMTP channel and the emulator."""

    situations = frozenset(Situation)

    def __init__(self, server: SmtpEmulator) -> None:
        self._server = server
        self.channel = build(
            "smtp",
            {
                "host": server.host,
                "port": server.port,
                "security": "none",
                "allow_private": [server.host],
                "from": "演示县民政局 <noreply@example.invalid>",
                "username": USER,
                "password": PASSWORD,
                "timeout": 0.25,
                "answer_timeout": 0.25,
            },
        )

    async def stage(self, situation: Situation) -> None:
        if situation is Situation.DOWN:
            await self._server.stop()
        elif situation is Situation.ACCOUNT:
            self._server.account = (USER, "changed")
            await self._server.hang_up()
        else:
            self._server.script.add(_SMTP_FAULTS[situation])

    async def calm(self) -> None:
        self._server.script.clear()
        self._server.account = (USER, PASSWORD)
        await self._server.stop()
        await self._server.start()

    def taken(self) -> list[bytes]:
        return [mail.content for mail in self._server.received]

    def copies(self) -> Counter[str]:
        return Counter(mail.message_id[1:].split("@")[0] for mail in self._server.received)


class FileGround(Ground):
    """The file channel and a folder that may not be there."""

    situations = frozenset({Situation.BUSY})

    def __init__(self, folder: Path) -> None:
        self._folder, self._away = folder / MARKER, folder / "away"
        self.channel = build("file", {"folder": self._folder})

    async def stage(self, situation: Situation) -> None:
        if self._folder.exists():
            self._folder.rename(self._away)
        self._folder.write_bytes(b"not a folder")

    async def calm(self) -> None:
        if self._folder.is_file():
            self._folder.unlink()
        if self._away.exists():
            self._away.rename(self._folder)

    def taken(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self._folder.glob("*.eml"))]

    def copies(self) -> Counter[str]:
        return Counter(path.stem for path in self._folder.glob("*.eml"))


class MemoryGround(Ground):
    """The memory channel, which fails as it is told."""

    situations = frozenset(Situation)

    def __init__(self) -> None:
        channel = build("memory", {})
        assert isinstance(channel, MemoryChannel)
        self.channel = self._memory = channel

    async def stage(self, situation: Situation) -> None:
        self._memory.script([VERDICTS[situation].error()])

    def taken(self) -> list[bytes]:
        return [message.text.encode() for message in self._memory.taken]

    def copies(self) -> Counter[str]:
        return Counter(message.out_id for message in self._memory.taken)


@asynccontextmanager
async def closing(ground: G) -> AsyncIterator[G]:
    """Close the channel whatever becomes of a trial, so that one that fails is the only one."""
    try:
        yield ground
    finally:
        await ground.channel.close()


@asynccontextmanager
async def smtp_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    async with (
        SmtpEmulator(account=(USER, PASSWORD)) as server,
        closing(SmtpGround(server)) as ground,
    ):
        yield ground


@asynccontextmanager
async def file_ground(folder: Path) -> AsyncIterator[Ground]:
    """Use a folder of the test's own."""
    yield FileGround(folder)


@asynccontextmanager
async def memory_ground(folder: Path) -> AsyncIterator[Ground]:
    """Need nothing."""
    yield MemoryGround()


GROUNDS = {"file": file_ground, "memory": memory_ground, "smtp": smtp_ground}
SITUATIONS = {
    "file": FileGround.situations,
    "memory": MemoryGround.situations,
    "smtp": SmtpGround.situations,
}
