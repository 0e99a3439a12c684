"""What is said once: a first password, the second factor as QR code and text, recovery codes."""

from dataclasses import field

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.password_policy import check
from ledgers.access.tokens import new_words
from ledgers.access.totp import enrolment, spelled
from ledgers.access.users import Enrolment
from service.authority import asked
from service.errors import CommandWrong
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Told:
    """What the operator hands to a user, on paper or in person, and keeps nowhere."""

    site: str
    name: str = field(repr=False)
    first_password: str | None = field(default=None, repr=False)
    enrolment: Enrolment | None = field(default=None, repr=False)


def chosen_password(terminal: Terminal, own_words: list[str]) -> str:
    """Answer a new password that was typed, at a terminal twice.

    Raises:
        PasswordRefused: it is not good enough.
        CommandWrong: nothing was typed, or not the same twice.
    """
    password = asked(terminal, _("new password"))
    check(password, own_words)
    if terminal.is_typed and asked(terminal, _("the same again")) != password:
        raise CommandWrong(_("the two were not the same; begin again"))
    return password


def first_password() -> str:
    """Make a password that is good for choosing one's own."""
    return new_words(1, groups=4)[0]


def tell(terminal: Terminal, told: Told) -> dict[str, object]:
    """Say what is said once; answer it as a machine reads it."""
    said: dict[str, object] = {}
    if told.first_password is not None:
        terminal.say(
            _("First password: %(password)s (for 7 days; `shouwang user password` changes it)")
            % {"password": told.first_password}
        )
        said["first_password"] = told.first_password
    if told.enrolment is not None:
        address = enrolment(told.enrolment.secret, site=told.site, name=told.name)
        _draw(terminal, address)
        terminal.say(_("For the app: %(address)s") % {"address": address})
        key = spelled(told.enrolment.secret)
        terminal.say(_("Or by hand: %(key)s") % {"key": key})
        terminal.say(_("If the phone is lost, each of these stands once for a code:"))
        for code in told.enrolment.recovery:
            terminal.say(f"  {code}")
        said |= {"otpauth": address, "secret": key, "recovery": list(told.enrolment.recovery)}
    terminal.say(_("This is not shown again. Hand it over on paper or in person."))
    return said


def _draw(terminal: Terminal, address: str) -> None:
    if terminal.json or not terminal.out.isatty():
        return
    import segno

    segno.make(address).terminal(out=terminal.out, compact=True)
