"""A transport that answers what a test wants."""

from channels.http import Answer, Request


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
