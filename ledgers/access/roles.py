"""What each role may do: one table, and nothing is allowed that is not in it."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from config.language import catalogue
from ledgers.access.errors import UserRefused
from ledgers.access.scopes import Scope

_ = catalogue("ledgers")


class Role(StrEnum):
    """What somebody is to the software; posts (who is told) are another matter."""

    OPERATOR = "operator"  # keeps it running; sees no file
    COUNTY = "county"
    TOWNSHIP = "township"
    DIRECTOR = "director"
    AUDITOR = "auditor"  # sees who did what; sees no file


class Right(StrEnum):
    """One thing that may be done."""

    READ_LISTS = "read-lists"  # numbers, places, dates, posts
    READ_FILE = "read-file"  # names and all else of single entries and people
    RECORD = "record"  # what was done, answered, put off; signals
    IMPORT = "import"  # workbooks, into the whole ledger
    EXPORT = "export"  # lists without names
    EXPORT_NAMES = "export-names"
    SILENCE = "silence"
    MANAGE_PEOPLE = "manage-people"  # who holds which post, who is away
    RELEASE = "release"  # messages that are held
    ERASE = "erase"
    MANAGE_USERS = "manage-users"
    MANAGE_LINKS = "manage-links"
    MANAGE_KEYS = "manage-keys"
    READ_AUDIT = "read-audit"


_DIRECTOR = frozenset({Right.READ_LISTS, Right.READ_FILE, Right.RECORD})
_TOWNSHIP = _DIRECTOR | {
    Right.EXPORT,
    Right.EXPORT_NAMES,
    Right.SILENCE,
    Right.MANAGE_PEOPLE,
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset(
        {
            Right.READ_LISTS,
            Right.RELEASE,
            Right.SILENCE,
            Right.MANAGE_USERS,
            Right.MANAGE_LINKS,
            Right.MANAGE_KEYS,
        }
    ),
    Role.COUNTY: _TOWNSHIP
    | {Right.IMPORT, Right.RELEASE, Right.ERASE, Right.MANAGE_LINKS, Right.READ_AUDIT},
    Role.TOWNSHIP: _TOWNSHIP,
    Role.DIRECTOR: _DIRECTOR,
    Role.AUDITOR: frozenset({Right.READ_LISTS, Right.EXPORT, Right.READ_AUDIT}),
}

_DIGITS = {Role.TOWNSHIP: 9, Role.DIRECTOR: 12}
"""Digits that the divisions of a role have at least; the other roles may have the whole site."""


def may(role: Role, right: Right) -> bool:
    """Say whether a role may do something."""
    return right in RIGHTS[role]


def scope_for(role: Role, regions: Collection[str], *, site: str) -> Scope:
    """Answer the scope of a new user; without divisions it is the whole site, where the role has it.

    Raises:
        UserRefused: a division outside the site, or too wide for the role, or none where one is due.
    """
    digits = _DIGITS.get(role)
    if not regions and digits is not None:
        raise UserRefused(_("say which divisions this user sees: --region, as often as needed"))
    for code in regions:
        if not code.startswith(site) or len(code) < (digits or len(site)):
            raise UserRefused(
                _("the division %(region)s is outside this site, or too wide for the role")
                % {"region": code}
            )
    return Scope.of(regions or [site])
