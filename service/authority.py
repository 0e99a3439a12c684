"""On whose behalf a command is run, and what they may do and see."""

from datetime import date

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.errors import AccessError, BeyondDivisions, NotAllowed, PasswordOutdated
from ledgers.access.events import Act, user, write
from ledgers.access.passwords import Hasher
from ledgers.access.people import Belonging, People
from ledgers.access.roles import Right
from ledgers.access.scopes import Scope
from ledgers.access.signing_in import Credentials, Door
from ledgers.access.users import User
from service.auditing import account
from service.behalf import on_behalf
from service.errors import CommandWrong
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_HERE = "terminal"
"""Where somebody is who types at the command line."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who acts, as events name them, the divisions they see, and the day.

    `scope` None: the whole site. So it is for an account of this computer, which has the keys
    anyway, and for users whose divisions hold all others.
    """

    actor: str
    scope: Scope | None
    today: date

    def covers(self, region: str) -> bool:
        """Say whether a division may be seen."""
        return self.scope is None or self.scope.covers(region)

    def people(self, how: Belonging = Belonging.PARTLY) -> People | None:
        """Answer which people may be named; None: anybody."""
        return None if self.scope is None else People(self.scope, self.today, how)


def authority(site: Site, terminal: Terminal, right: Right, *, of_all: bool = False) -> Authority:
    """Answer on whose behalf a command is run; a user is asked for password and code, and is the
    actor of what this command writes down from then on.

    `of_all`: what is done is about the whole site, and cannot be done for a part of it.

    Raises:
        SignInRefused, TryLater, PasswordOutdated: they could not show who they are.
        NotAllowed: their role does not have the right.
        BeyondDivisions: they see a part of the site, and it is `of_all`.
    """
    today = site.today(site.clock())
    if terminal.user is None:
        return Authority(account(), None, today)
    found = identified(site, terminal, terminal.user)
    if found.must_change:
        raise PasswordOutdated
    sees_all = found.scope.covers(site.configuration.site.region)
    if not found.may(right):
        raise _denied(site, found, right, NotAllowed(found.handle))
    if of_all and not sees_all:
        raise _denied(site, found, right, BeyondDivisions(found.handle))
    on_behalf.set(user(found.handle))
    return Authority(user(found.handle), None if sees_all else found.scope, today)


def _denied(site: Site, found: User, right: Right, error: AccessError) -> AccessError:
    """Write down that somebody tried what they may not."""
    about = {"right": right.value}
    with site.database.writing() as connection:
        write(connection, Act.DENIED, actor=user(found.handle), now=site.clock(), about=about)
    return error


def identified(site: Site, terminal: Terminal, name: str) -> User:
    """Answer the user of a name, who types password and code; raises as `authority` does."""
    password = asked(terminal, _("password of %(user)s") % {"user": name})
    code = asked(terminal, _("code of the app, or a recovery code"))
    given = Credentials(name, password, code, _HERE)
    return door(site, terminal).identify(given, now=site.clock())


def asked(terminal: Terminal, prompt: str) -> str:
    """Answer what somebody types unseen.

    Raises:
        CommandWrong: there is nobody, and nothing was piped in.
    """
    line = terminal.ask(prompt)
    if line is None:
        raise CommandWrong(
            _("“%(prompt)s” is missing: type it at a terminal, or pipe it in, a line each")
            % {"prompt": prompt}
        )
    return line


def door(site: Site, terminal: Terminal) -> Door:
    """Answer what lets users in."""
    return Door(site.database, Hasher(site.vault, terminal.effort))
