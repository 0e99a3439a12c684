"""Gateways of phones in the demo, beside its mail server: whoever starts the demo brings them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from config.language import catalogue
from config.lean import dataclass
from service.terminal import Terminal

_ = catalogue("service")

CHANNELS = "channels:\n"
DIRECTORS = "    director:\n      - email\n"
"""Where the shipped settings name the channels, and the routes of directors."""

_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as a phone shows it. `to` is a fictional number or account."""

    to: str
    text: str


class Gateway(Protocol):
    """A stand-in for one provider, already listening on this machine."""

    @property
    def channel(self) -> str:
        """The channel's name in the demo's settings."""
        ...

    def settings(self, receipts: str) -> str:
        """Answer the channel's YAML, one key a line; `receipts` is where receipts are handed in."""
        ...

    def received(self) -> Sequence[Heard]:
        """Answer what arrived, in its order."""
        ...

    def report(self) -> None:
        """Hand in the receipts of what arrived since the last time, where it has any."""
        ...


def with_gateways(text: str, gateways: Sequence[Gateway], *, port: int) -> str:
    """Answer settings with these channels, which directors are told by before any other."""
    if not gateways:
        return text
    blocks = "".join(
        f"  {one.channel}:\n{_indented(one.settings(f'http://127.0.0.1:{port}/receipts/{one.channel}'))}"
        for one in gateways
    )
    routes = "".join(f"      - {one.channel}\n" for one in gateways)
    first = DIRECTORS.replace("      - email\n", routes + "      - email\n")
    return text.replace(CHANNELS, CHANNELS + blocks, 1).replace(DIRECTORS, first, 1)


def show_received(terminal: Terminal, gateways: Sequence[Gateway], folder: Path) -> None:
    """Say how much arrived at each gateway, with the first messages as phones show them."""
    for gateway in gateways:
        heard = gateway.received()
        path = folder / f"{gateway.channel}.txt"
        path.write_text("".join(f"{one.to}\n{one.text}\n\n" for one in heard), encoding="utf-8")
        terminal.say(
            _("  %(channel)s: %(count)s messages, in %(file)s")
            % {"channel": gateway.channel, "count": len(heard), "file": path.name}
        )
        for one in heard[:_SHOWN]:
            for line in one.text.splitlines():
                terminal.say(f"  | {line}")


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
