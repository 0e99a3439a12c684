"""What access refuses; none of these sentences says whether somebody is known here.

LedgerError
└── AccessError
    ├── PasswordRefused          a new password that is too short, too long or soon guessed
    ├── UserRefused              a new user that cannot be so
    ├── UserUnknown
    ├── SignInRefused            name, password or code is wrong: which of them is not said
    ├── TryLater                 too many tries; the same for those who are unknown
    ├── PasswordOutdated         a password somebody else knows: it must be changed first
    ├── NotAllowed               the role does not have this right
    ├── BeyondDivisions          about the whole site, by somebody who sees a part of it
    └── LinkRefused              a link that cannot be made
"""

from datetime import datetime, timedelta

from config.language import catalogue
from ledgers.errors import LedgerError

_ = catalogue("ledgers")


class AccessError(LedgerError):
    """Somebody may not do something, or could not show who they are."""


class PasswordRefused(AccessError):
    """A new password is not taken. The caller translates the sentence."""


class UserRefused(AccessError):
    """A user cannot be so. The caller translates the sentence."""


class UserUnknown(AccessError):
    """No user is called so."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("no user is called “%(name)s”; `shouwang user list` shows them all") % {"name": name}
        )


class SignInRefused(AccessError):
    """Name, password or code is wrong."""

    def __init__(self) -> None:
        super().__init__(_("name, password or code is wrong"))


class TryLater(AccessError):
    """Too many tries failed; `until` is when the next one is looked at."""

    def __init__(self, until: datetime, now: datetime) -> None:
        self.until = until
        self.wait = max(until - now, timedelta(seconds=1))
        seconds = -(-self.wait // timedelta(seconds=1))
        super().__init__(
            _("too many tries failed; try again in %(seconds)s seconds") % {"seconds": seconds}
        )


class PasswordOutdated(AccessError):
    """The password was given by somebody else and must be changed before anything is shown."""

    def __init__(self) -> None:
        super().__init__(
            _("this password was given to you; choose your own first: `shouwang user password`")
        )


class NotAllowed(AccessError):
    """A role does not have a right."""

    def __init__(self, handle: str) -> None:
        super().__init__(
            _("%(user)s may not do this; somebody with another role has to") % {"user": handle}
        )


class BeyondDivisions(AccessError):
    """Something is about the whole site, and the user sees some divisions only."""

    def __init__(self, handle: str) -> None:
        super().__init__(
            _(
                "%(user)s sees some divisions only, and this is about the whole site; somebody who "
                "sees all of it has to do it"
            )
            % {"user": handle}
        )


class LinkRefused(AccessError):
    """A link cannot be made. The caller translates the sentence."""
