"""Anything the library Apprise reaches, by one URL: for groups whose platform has no channel here.

Apprise says yes or no and nothing else, and for many platforms counts HTTP 200 as a yes. So a yes
is taken as such, and a no means that nobody knows. It writes texts and URLs into its log, which is
therefore closed. Certificates are verified and redirects not followed, whatever the URL says.
"""

import asyncio
import logging
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from apprise import Apprise, AppriseAsset, NotifyFormat

from channels.apprise_sockets import held_to
from channels.protocol import (
    ChannelError,
    FailureReason,
    Message,
    ReaderClass,
    Receipt,
    Refused,
    Unknown,
)
from channels.reaching import ForbiddenAddress
from config.channels.apprise import AppriseSettings
from config.reach import Reach

_WITHIN = timedelta(minutes=1)

for _name in ("apprise", "urllib3"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class AppriseChannel:
    """Speaks through one Apprise URL. Apprise blocks, so each message takes a thread."""

    kind = "apprise"

    def __init__(self, settings: AppriseSettings) -> None:
        """Connect to nothing yet."""
        self.reader_class = ReaderClass(settings.reader_class)
        self._within = (settings.timeout or _WITHIN).total_seconds()
        self._workers = settings.connections
        self._threads: ThreadPoolExecutor | None = None
        asset = AppriseAsset(app_id="Shouwang", secure_logging=True, storage_mode="memory")
        self._apprise = Apprise(asset=asset)
        with warnings.catch_warnings():  # the first use loads all its plugins
            warnings.simplefilter("ignore", DeprecationWarning)
            plugin = self._apprise.instantiate(settings.url.get_secret_value(), asset=asset)
        self._is_known = plugin is not None
        self._reach = Reach.of("", settings.allow_private)
        if plugin is not None:
            plugin.verify_certificate = True
            plugin.redirects = False
            self._reach = Reach.of(plugin.host or "", settings.allow_private)
            self._apprise.add(plugin)

    async def send(self, message: Message) -> Receipt:
        """Hand over one message and wait for Apprise's yes.

        Raises:
            Refused: Apprise does not know such a URL.
            Unknown: it said no, or nothing in time: the message may be there all the same.
        """
        outcome = await self._hand_over(message)
        if isinstance(outcome, ChannelError):
            raise outcome
        return outcome

    async def close(self) -> None:
        """Let go of the threads; what they are about ends with Apprise's own patience."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    async def _hand_over(self, message: Message) -> Receipt | ChannelError:
        if not self._is_known:
            return Refused(FailureReason.MISCONFIGURED, "no apprise url", account_wide=True)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._workers, "apprise")
        loop = asyncio.get_running_loop()
        said = loop.run_in_executor(self._threads, self._notify, message)
        try:
            async with asyncio.timeout(self._within):
                is_taken = await said
        except ForbiddenAddress:
            return Refused(FailureReason.FORBIDDEN_ADDRESS, "apprise", account_wide=True)
        except TimeoutError:
            return Unknown(FailureReason.NO_ANSWER, "timed out")
        return Receipt() if is_taken else Unknown(FailureReason.NO_ANSWER, "apprise said no")

    def _notify(self, message: Message) -> bool:
        with held_to(self._reach):
            is_taken = self._apprise.notify(
                body=message.text, title=message.subject, body_format=NotifyFormat.TEXT
            )
        return bool(is_taken)
