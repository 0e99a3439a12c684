"""What roles and rights are called, in the language of the moment."""

from collections.abc import Mapping

from config.language import catalogue
from ledgers.access.factors import Factor
from ledgers.access.links import Purpose
from ledgers.access.roles import Right, Role

_ = catalogue("service")


def role_words() -> Mapping[Role, str]:
    """Answer what somebody is to the software."""
    return {
        Role.OPERATOR: _("operator"),
        Role.COUNTY: _("county officer"),
        Role.TOWNSHIP: _("township officer"),
        Role.DIRECTOR: _("child director"),
        Role.AUDITOR: _("auditor"),
    }


def right_words() -> Mapping[Right, str]:
    """Answer what somebody may do."""
    return {
        Right.READ_LISTS: _("see lists"),
        Right.READ_FILE: _("see files"),
        Right.RECORD: _("record what was done"),
        Right.IMPORT: _("import workbooks"),
        Right.EXPORT: _("write lists"),
        Right.EXPORT_NAMES: _("write lists with names"),
        Right.SILENCE: _("silence matters"),
        Right.MANAGE_PEOPLE: _("hand over posts and note leave"),
        Right.RELEASE: _("release held messages"),
        Right.ERASE: _("erase"),
        Right.MANAGE_USERS: _("manage users"),
        Right.MANAGE_LINKS: _("make and withdraw links"),
        Right.MANAGE_KEYS: _("change keys"),
        Right.READ_AUDIT: _("see who did what"),
    }


def purpose_words() -> Mapping[Purpose, str]:
    """Answer what a link is for."""
    return {
        Purpose.ANSWER: _("answer a signal"),
        Purpose.RECORD: _("record what was done"),
        Purpose.MATTERS: _("see what is open"),
    }


def factor_words() -> Mapping[Factor, str]:
    """Answer what a link asks before anything is shown."""
    return {
        Factor.PHONE: _("the last four digits of the phone on file"),
        Factor.CODE: _("a code that comes another way"),
    }
