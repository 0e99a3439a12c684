"""Mail through a real server: Debian's Postfix, which says what the emulator was taught to say."""

import asyncio
import dataclasses
from collections.abc import Iterator

import pytest

from channels.mime import Sender, build
from channels.protocol import Attachment, Message, Receipt
from tests.channels.grounds import Verdict
from tests.channels.mailing import (
    ADDRESS,
    CONTENT,
    TEMPORARY,
    TLS,
    UNREACHABLE,
    channel_to,
    numbered,
    verdict,
)
from tests.channels.test_mime import MESSAGE, SENDER, XLSX, parse
from tests.emulators.certificates import Certificates, make_certificates
from tests.emulators.postfix_server import Postfix, postfix, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "installed")

_PATIENT = {"timeout": 30, "answer_timeout": 30}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make an authority that no system knows."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def server(certificates: Certificates) -> Iterator[Postfix]:
    """Run one Postfix for tests that leave nothing in its mailbox."""
    with postfix(chain=certificates.chain) as running:
        yield running


def as_sent(message: Message) -> bytes:
    """Answer what a mailbox keeps of a mail below the headers of its server."""
    return build(message, Sender(SENDER.address, SENDER.name)).replace(b"\r\n", b"\n")


def judged(server: Postfix, message: Message, **given: object) -> Verdict:
    """Send what must fail; answer how it was judged."""

    async def trial() -> Verdict:
        async with channel_to(server, **_PATIENT, **given) as channel:
            return await verdict(channel, message)

    return asyncio.run(trial())


def sent(server: Postfix, *messages: Message, **given: object) -> list[Receipt]:
    """Send all at once."""

    async def trial() -> list[Receipt]:
        async with channel_to(server, **_PATIENT, **given) as channel:
            return await asyncio.gather(*(channel.send(message) for message in messages))

    return asyncio.run(trial())


def test_two_hundred_digests_arrive_as_they_were_written() -> None:
    """To the byte, each once, under the number that the receipt names."""
    messages = numbered(200)
    with postfix() as server:
        receipts = sent(server, *messages)
        mails = server.delivered(200)
    found = {parse(mail)["Message-ID"]: mail for mail in mails}
    assert len(found) == len(mails) == 200
    for message, receipt in zip(messages, receipts, strict=True):
        mail = found[f"<{message.out_id}@example.invalid>"]
        assert mail.endswith(b"\n" + as_sent(message))
        assert b"id %b\n" % receipt.reference.encode() in mail


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("later@example.invalid", TEMPORARY),
        ("never@example.invalid", ADDRESS),
        ("nobody@example.invalid", ADDRESS),
        ("director1@elsewhere.invalid", ADDRESS),
    ],
)
def test_a_refused_recipient_gets_the_verdict_of_its_code(
    server: Postfix, address: str, expected: Verdict
) -> None:
    """450 is for now; 550 (not wanted, no such mailbox) and 554 (no relay) are for good."""
    assert (
        judged(server, dataclasses.replace(MESSAGE, address=address), security="none") == expected
    )


def test_a_mail_that_is_too_large_is_refused_for_good(server: Postfix) -> None:
    """552, said after the whole of it."""
    attachments = (Attachment("a.xlsx", XLSX, bytes(1_000_000)),)
    large = dataclasses.replace(MESSAGE, attachments=attachments)
    assert judged(server, large, security="none") == CONTENT


def test_a_mail_in_chinese_needs_no_extension() -> None:
    """A server without SMTPUTF8 and 8BITMIME takes it, and keeps every character."""
    message = dataclasses.replace(
        MESSAGE, subject="关于「走访」的提醒 📅", address="director2@example.invalid"
    )
    with postfix(without="smtputf8, 8bitmime, chunking") as server:
        sent(server, message)
        (mail,) = server.delivered(1)
    assert parse(mail)["Subject"] == message.subject
    assert mail.endswith(b"\n" + as_sent(message))


def test_a_mailbox_with_a_chinese_name_is_refused_before_a_server_hears_of_it(
    server: Postfix,
) -> None:
    """With SMTPUTF8 on offer too: the servers behind this one may not know it."""
    unusual = dataclasses.replace(MESSAGE, address="主任@example.invalid")
    assert judged(server, unusual, security="none") == ADDRESS


def test_a_server_that_proves_its_name_gets_the_mail_encrypted(certificates: Certificates) -> None:
    """By STARTTLS, with the site's own authority; on the kept connection as well."""
    with postfix(chain=certificates.chain) as server:
        sent(server, *numbered(2), security="starttls", ca_file=certificates.ca_file, connections=1)
        mails = server.delivered(2)
    assert ["using TLSv1.3" in parse(mail)["Received"] for mail in mails] == [True, True]


def test_a_server_that_proves_nothing_gets_no_mail(server: Postfix) -> None:
    """Its certificate is from an authority that nobody here knows."""
    assert judged(server, MESSAGE, security="starttls") == TLS
    assert server.kept() == []


def test_a_server_without_tls_gets_no_mail_that_must_be_encrypted() -> None:
    """Never on in clear text. And once it has ended, nobody is there."""
    with postfix() as server:
        assert judged(server, MESSAGE, security="starttls") == TLS
        assert server.kept() == []
    assert judged(server, MESSAGE, security="none") == UNREACHABLE
