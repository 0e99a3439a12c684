"""A transport that answers what a test wants, and the piles on which verdicts on answers lie."""

from channels.http import Answer, Request
from channels.protocol import ChannelError, Refused, Unknown


class Answering:
    """Gives its answers in order, the last for ever, and keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[Request] = []

    async def ask(self, request: Request) -> Answer:
        """Answer it."""
        self.asked.append(request)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def close(self) -> None:
        """Have nothing to let go of."""


def sort_of(error: ChannelError | None) -> str:
    """Answer the pile a verdict lies on."""
    if isinstance(error, Unknown):
        return "unknown"
    assert isinstance(error, Refused)
    if error.account_wide:
        return "account"
    return "never" if error.permanent else "wait"
