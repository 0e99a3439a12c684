"""`make demo`: the demo with stand-ins for WeCom and an SMS gateway beside its mail server.

They are the strict stand-ins of the tests, so they are there in a checkout only; `shouwang demo` of
an installed Shouwang tells the same story by mail and relay.
"""

import os
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from service import cli, demo
from service.commands.demo import Wish, command
from service.commands.listed import COMMANDS as LISTED
from service.demo_gateways import Heard
from service.terminal import Terminal
from tests.emulators.http import beside
from tests.emulators.kannel import PASSWORD, USER, KannelEmulator
from tests.emulators.wecom import AGENTID, CORPID, SECRET, WecomEmulator

_PATIENCE = 10.0
_ARRIVED = "1"
"""Kannel's type of a receipt for what reached a phone."""


class Wecom:
    """Members of 企业微信 read what an application sends them."""

    channel = "wecom"

    def __init__(self, server: WecomEmulator) -> None:
        self._server = server

    def settings(self, receipts: str) -> str:
        """Answer the channel's YAML."""
        return (
            "type: wecom-app\n"
            f"corpid: {CORPID}\n"
            f"secret: {SECRET}\n"
            f"agentid: {AGENTID}\n"
            f"api: {self._server.url}\n"
            "allow_private: 127.0.0.1\n"
        )

    def received(self) -> Sequence[Heard]:
        """Answer what members have read, by member."""
        return [
            Heard(member, _text(message))
            for member, messages in sorted(self._server.members.items())
            for message in messages
        ]

    def report(self) -> None:
        """Hand in nothing: WeCom has no receipts."""


class Sms:
    """A gateway as Kannel is one: it says later what reached a phone."""

    channel = "sms"

    def __init__(self, server: KannelEmulator) -> None:
        self._server = server
        self._reported = 0

    def settings(self, receipts: str) -> str:
        """Answer the channel's YAML."""
        return (
            "type: http-sms\n"
            f"url: {self._server.url}/cgi-bin/sendsms\n"
            "allow_private: 127.0.0.1\n"
            f"username: {USER}\n"
            f"password: {PASSWORD}\n"
            "signature: 演示县民政局\n"
            f"receipt_url: {receipts}\n"
            "receipt_token: token-of-the-demo-0001\n"
        )

    def received(self) -> Sequence[Heard]:
        """Answer what phones show, in the order of arrival."""
        return [Heard(sms.to, sms.text) for sms in self._server.sent]

    def report(self) -> None:
        """Say of each new message that it arrived."""
        for sms in self._server.sent[self._reported :]:
            url = sms.dlr_url.replace("%d", _ARRIVED)
            with urllib.request.urlopen(url, timeout=_PATIENCE):  # noqa: S310  # our own port
                self._reported += 1


def _text(message: dict[str, object]) -> str:
    text = message["text"]
    assert isinstance(text, dict)
    return str(text["content"])


def _tell(wish: Wish, terminal: Terminal) -> int:
    wecom, kannel = WecomEmulator(), KannelEmulator()
    with beside(wecom), beside(kannel):
        gateways = (Wecom(wecom), Sms(kannel))
        return demo.run(terminal, folder=wish.folder, stay=wish.stay, gateways=gateways)


COMMANDS = {"demo": replace(LISTED["demo"], make=partial(command, _tell))}


def main(words: Sequence[str], world: cli.World) -> int:
    """Run the command `demo` with these words behind it; answer the exit code."""
    return cli.run(["demo", *words], world, commands=COMMANDS)


if __name__ == "__main__":
    here = cli.World(sys.stdout, sys.stderr, os.environ, lambda: datetime.now(UTC))
    sys.exit(main(sys.argv[1:], here))
