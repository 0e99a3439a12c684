"""The emulator itself: strict with clients, exact in what it does wrong."""

import asyncio
import smtplib
from pathlib import Path

import pytest

from tests.emulators.faults import Act, Fault, Phase, Script
from tests.emulators.smtp import SmtpEmulator, smtp_process

MAIL = "Message-ID: <{}@x>\r\n\r\ntext\r\n"


def send(port: int, *names: str) -> None:
    """Send small mails as a client of another make does."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="client.invalid", timeout=5) as client:
        for name in names:
            client.sendmail("a@b.invalid", ["c@d.invalid"], MAIL.format(name))


def talk(*lines: bytes) -> list[bytes]:
    """Say these lines to a fresh emulator; answer the code of each reply."""

    async def trial() -> list[bytes]:
        async with SmtpEmulator() as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            codes = [(await reader.readline())[:3]]
            for line in lines:
                writer.write(line + b"\r\n")
                while (answer := await reader.readline())[3:4] == b"-":
                    pass
                codes.append(answer[:3])
            writer.close()
            return codes

    return asyncio.run(trial())


def test_a_process_keeps_each_mail_as_a_file(tmp_path: Path) -> None:
    """Numbered in order of arrival, and numbered on after a restart on the same port."""
    with smtp_process(tmp_path) as (port, _):
        send(port, "1", "2")
    with smtp_process(tmp_path, port=port) as (again, _):
        send(again, "3")
    assert again == port
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"00000{n}.eml" for n in (1, 2, 3)]
    assert (tmp_path / "000003.eml").read_bytes() == MAIL.format(3).encode()


def test_a_process_does_wrong_as_told(tmp_path: Path) -> None:
    """Faults are given on its command line."""
    running = smtp_process(tmp_path, "--fault", "dot:451 4.3.0 later")
    with running as (port, _), pytest.raises(smtplib.SMTPDataError):
        send(port, "1")
    assert not list(tmp_path.iterdir())


def test_a_sink_takes_everything(tmp_path: Path) -> None:
    """And keeps nothing."""
    with smtp_process(tmp_path, "--sink") as (port, _):
        send(port, *map(str, range(50)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([b"MAIL FROM:<a@b>"], b"503"),
        ([b"EHLO x", b"RCPT TO:<a@b>"], b"503"),
        ([b"EHLO x", b"MAIL FROM:a@b"], b"501"),
        ([b"EHLO x", b"MAIL FROM:<a@b>", b"RCPT TO:<a>"], b"501"),
        ([b"EHLO x", b"MAIL FROM:<a@b>", b"DATA"], b"503"),
        ([b"HELLO"], b"502"),
    ],
)
def test_a_client_out_of_order_is_told(lines: list[bytes], code: bytes) -> None:
    """Else a sloppy channel would pass its tests."""
    assert talk(*lines)[-1] == code


@pytest.mark.parametrize("text", [b"a\nb", b"a\rb", b"x" * 999, "中".encode()])
def test_a_mail_that_servers_would_mangle_is_refused(text: bytes) -> None:
    """Bare line breaks, endless lines and eight-bit text without announcement."""
    opening = (b"EHLO x", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA")
    assert talk(*opening, b"Subject: x\r\n\r\n" + text + b"\r\n.")[-1] == b"554"


def test_a_script_counts_its_chances() -> None:
    """First let so many pass, then strike so often, only for whom it is meant."""
    script = Script([Fault(Phase.RCPT, Act.DROP, after=1, times=2, recipient="a@")])
    struck = [script.take(Phase.RCPT, "a@b") is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    assert script.take(Phase.RCPT, "c@b") is None


def test_a_share_of_faults_follows_its_seed() -> None:
    """A run can be repeated."""

    def strikes(seed: int) -> list[bool]:
        script = Script([Fault.parse("dot:lose:0.5")], seed)
        return [script.take(Phase.DOT) is not None for _ in range(40)]

    assert strikes(1) == strikes(1)
    assert 5 < sum(strikes(1)) < 35
