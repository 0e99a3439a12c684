"""TLS and accounts: verified by default, never quietly without."""

import asyncio

import pytest

from channels.errors import BadSettings
from channels.registry import build
from tests.channels.mailing import (
    FORBIDDEN,
    LOGIN,
    TEMPORARY,
    TLS,
    UNREACHABLE,
    channel_to,
    verdict,
)
from tests.channels.test_mime import MESSAGE
from tests.emulators.certificates import Certificates, make_certificates
from tests.emulators.faults import Act, Fault, Phase
from tests.emulators.smtp import SmtpEmulator

ACCOUNT = ("keeper", "password")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make an authority that no system knows."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_encrypted(security: str, certificates: Certificates) -> None:
    """With the site's own authority, both ways of TLS work, on kept connections too."""

    async def trial() -> None:
        server = SmtpEmulator(tls=certificates.server, tls_from_start=security == "tls")
        async with (
            server,
            channel_to(server, security=security, ca_file=certificates.ca_file) as channel,
        ):
            await channel.send(MESSAGE)
            await channel.send(MESSAGE)
            assert [mail.secure for mail in server.received] == [True, True]
            assert server.connections == 1

    asyncio.run(trial())


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_authority_is_refused(security: str, certificates: Certificates) -> None:
    """Nothing is said to a server that cannot prove who it is."""

    async def trial() -> None:
        server = SmtpEmulator(tls=certificates.server, tls_from_start=security == "tls")
        async with server, channel_to(server, security=security) as channel:
            assert await verdict(channel) == TLS
            assert "MAIL" not in server.verbs

    asyncio.run(trial())


def test_verification_cannot_be_given_up() -> None:
    """`verify: false` is no setting: one's own authority is named instead."""
    with pytest.raises(BadSettings) as refusal:
        build(
            "smtp", {"host": "mail.example.invalid", "from": "a@example.invalid", "verify": False}
        )
    assert refusal.value.fields == ("verify",)


@pytest.mark.parametrize("answer", ["454 4.7.0 not now", "501 5.5.4 no", ""])
def test_a_server_without_tls_gets_no_mail(answer: str, certificates: Certificates) -> None:
    """Not offered or refused: never on in clear text."""

    async def trial() -> None:
        async with (
            SmtpEmulator(tls=certificates.server if answer else None) as server,
            channel_to(server, security="starttls") as channel,
        ):
            server.fail(Phase.STARTTLS, answer)
            assert await verdict(channel) == TLS
            assert not server.received

    asyncio.run(trial())


@pytest.mark.parametrize("act", [Act.DROP, Act.HANG])
def test_a_line_lost_at_starttls_is_unreachable(act: Act, certificates: Certificates) -> None:
    """That is the line's fault, not the certificate's."""

    async def trial() -> None:
        async with (
            SmtpEmulator(Fault(Phase.STARTTLS, act), tls=certificates.server) as server,
            channel_to(server, security="starttls") as channel,
        ):
            assert await verdict(channel) == UNREACHABLE

    asyncio.run(trial())


def test_an_account_is_used_where_one_is_given(certificates: Certificates) -> None:
    """Log in once per connection."""

    async def trial() -> None:
        async with (
            SmtpEmulator(account=ACCOUNT) as server,
            channel_to(server, username=ACCOUNT[0], password=ACCOUNT[1]) as channel,
        ):
            await channel.send(MESSAGE)
            await channel.send(MESSAGE)
            assert server.verbs.count("AUTH") == 1

    asyncio.run(trial())


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(Phase.AUTH, answer="535 5.7.8 wrong"), LOGIN),
        (Fault(Phase.AUTH, answer="534 5.7.9 too weak"), LOGIN),
        (Fault(Phase.AUTH, answer="504 5.5.4 not that way"), LOGIN),
        (Fault(Phase.AUTH, answer="454 4.7.0 later"), TEMPORARY),
        (Fault(Phase.AUTH, Act.HANG), UNREACHABLE),
        (Fault(Phase.AUTH, Act.DROP), UNREACHABLE),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_failed_login_has_its_verdict(fault: Fault, expected: object) -> None:
    """A wrong password concerns all mails, a busy server only this hour."""

    async def trial() -> None:
        async with (
            SmtpEmulator(fault, account=ACCOUNT) as server,
            channel_to(server, username=ACCOUNT[0], password=ACCOUNT[1]) as channel,
        ):
            assert await verdict(channel) == expected

    asyncio.run(trial())


def test_a_server_without_accounts_is_no_server_for_an_account() -> None:
    """Somebody configured the wrong server: hold the channel."""

    async def trial() -> None:
        async with (
            SmtpEmulator() as server,
            channel_to(server, username="a", password="b") as channel,
        ):
            assert await verdict(channel) == LOGIN

    asyncio.run(trial())


def test_a_server_inside_holds_the_channel_unless_it_is_named() -> None:
    """Nothing is connected to: not even a greeting is heard."""

    async def trial() -> None:
        async with (
            SmtpEmulator() as server,
            channel_to(server, allow_private=["10.0.0.0/8"]) as channel,
        ):
            assert await verdict(channel) == FORBIDDEN
            assert server.connections == 0

    asyncio.run(trial())
