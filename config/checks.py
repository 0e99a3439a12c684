"""Checks on meaning: what no single key can tell. Pure; places come from the loader."""

from collections.abc import Callable, Iterator
from email.utils import parseaddr
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from config.channels.dry import FileChannel
from config.channels.mail import SmtpChannel
from config.checks_delivery import check_delivery
from config.checks_group_channels import check_group_channels
from config.checks_groups import check_groups
from config.checks_ledgers import check_fields, check_places, check_stays
from config.checks_names import check_names
from config.checks_reach import check_reach
from config.checks_retention import check_retention
from config.checks_rules import check_rules
from config.checks_sms import check_sms
from config.checks_windows import check_calendars
from config.fields import COLUMNS
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.suggest import hint

_ = catalogue("config")

Check = Callable[[Configuration, Names], Findings]


def check(
    configuration: Configuration, names: Names, *, without: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Answer every mistake in meaning and every warning.

    `without` names top-level sections that are missing or broken: what rests on them is not said.
    """
    for needed, one in _CHECKS:
        if not needed & without:
            yield from one(configuration, names)


def _site(configuration: Configuration, names: Names) -> Findings:
    operator = configuration.site.operator
    email = operator.email
    if not (email or operator.phone or operator.wecom):
        yield Finding(
            ("site", "operator"),
            _("the operator needs an address: add email, else nobody hears of gaps"),
        )
    elif email is not None and not is_address(email):
        yield Finding(("site", "operator", "email"), _("this is not an e-mail address"))


def _timezone(configuration: Configuration, names: Names) -> Findings:
    try:
        ZoneInfo(configuration.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = hint(configuration.timezone, available_timezones())
        yield Finding(
            ("timezone",),
            _("there is no time zone “%(name)s”.") % {"name": configuration.timezone[:60]} + close,
        )


def _launch(configuration: Configuration, names: Names) -> Findings:
    launch = configuration.launch
    if launch.escalate_from < launch.on:
        yield Finding(
            ("launch", "escalate_from"),
            _("escalation would begin before the site starts (launch.on); write a later day"),
        )
    if launch.first_due_within.amount < 1 or launch.first_due_within.unit in {"hours", "minutes"}:
        yield Finding(("launch", "first_due_within"), _("write at least one day, such as 90 days"))


def _roles(configuration: Configuration, names: Names) -> Findings:
    told: set[str] = set()  # roles of a circle that was spoken of
    for name, role in configuration.roles.items():
        if role.up is not None and role.up not in names.roles:
            yield Finding(
                ("roles", name, "up"),
                _("there is no role “%(name)s”.") % {"name": role.up} + hint(role.up, names.roles),
            )
        elif (circle := _circle(configuration, name)) and name not in told:
            told.update(circle)
            yield Finding(
                ("roles", name, "up"),
                _("these roles are above each other and the ladder has no end: %(names)s")
                % {"names": " → ".join(circle)},
            )


def _circle(configuration: Configuration, start: str) -> list[str]:
    """Answer the circle of `up` that comes back to `start`; empty if there is none."""
    chain = [start]
    while (role := configuration.roles.get(chain[-1])) is not None and role.up is not None:
        if role.up == start:
            return [*chain, start]
        if role.up in chain:
            return []  # a circle further up is told there
        chain.append(role.up)
    return []


def _records(configuration: Configuration, names: Names) -> Findings:
    for name, kind in configuration.records.items():
        for other in kind.counts_as:
            if other not in names.records:
                sentence = _("there is no record kind “%(name)s”.") % {"name": other}
                yield Finding(("records", name, "counts_as"), sentence + hint(other, names.records))
            elif other == name:
                yield Finding(("records", name, "counts_as"), _("a kind counts as itself anyway"))


def _levels(configuration: Configuration, names: Names) -> Findings:
    known: set[str] = set()
    for number, level in enumerate(configuration.levels):
        for word in dict.fromkeys((level.id, level.title, *level.aliases)):
            if word in known:
                yield Finding(
                    ("levels", number, "id"),
                    _("two levels are called “%(name)s”") % {"name": word},
                )
        known.update((level.id, level.title, *level.aliases))


def _columns(configuration: Configuration, names: Names) -> Findings:
    declared = (name for fields in configuration.fields.values() for name in fields)
    known = (*COLUMNS, *declared)
    for name in configuration.columns:
        if name not in known:
            yield Finding(
                ("columns", name),
                _("unknown field “%(name)s”.") % {"name": name} + hint(name, known),
                at_key=True,
            )


def _channels(configuration: Configuration, names: Names) -> Findings:
    for name, channel in configuration.channels.items():
        sender = channel.from_ if isinstance(channel, FileChannel | SmtpChannel) else None
        if sender is not None and not is_address(sender):
            yield Finding(("channels", name, "from"), _("this is not an e-mail address"))
        if isinstance(channel, SmtpChannel):
            yield from _smtp(channel, ("channels", name))


def _smtp(channel: SmtpChannel, loc: Loc) -> Findings:
    if channel.password is not None and channel.username is None:
        yield Finding((*loc, "password"), _("a password needs a username"))
    if channel.security == "none" and channel.username is not None:
        yield Finding(
            (*loc, "security"),
            _("the password goes over the network unprotected; use starttls or tls"),
            warning=True,
        )


def is_address(text: str) -> bool:
    """Tell whether a text is one e-mail address, with or without a display name."""
    address = parseaddr(text)[1]
    before, _at, domain = address.rpartition("@")
    whole = text.count("@") == 1 and text.count("<") == text.count(">")
    return bool(before and domain and whole and text.isprintable() and " " not in address)


_CHECKS: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"site"}), _site),
    (frozenset(), _timezone),
    (frozenset({"launch"}), _launch),
    (frozenset({"roles"}), _roles),
    (frozenset({"records"}), _records),
    (frozenset(), _levels),
    (frozenset(), _columns),
    (frozenset({"channels"}), _channels),
    (frozenset({"channels"}), check_reach),
    (frozenset({"channels", "delivery", "roles", "site"}), check_group_channels),
    (frozenset({"channels", "delivery", "roles", "rules"}), check_sms),
    (frozenset(), check_names),
    (frozenset({"launch"}), check_calendars),
    (frozenset(), check_fields),
    (frozenset(), check_places),
    (frozenset({"records"}), check_stays),
    (frozenset({"consent", "records", "retention", "roles"}), check_retention),
    (frozenset(), check_groups),
    (frozenset({"rules", "records", "roles"}), check_rules),
    (frozenset({"rules", "delivery", "roles", "channels"}), check_delivery),
)
