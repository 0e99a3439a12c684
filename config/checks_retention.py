"""Whether terms of retention name what there is, and are long enough to do no harm."""

from config.durations import Duration, Unit
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration

_ = catalogue("config")

_SHORTEST = 30
_DAYS = {
    Unit.MINUTES: 0,
    Unit.HOURS: 0,
    Unit.DAYS: 1,
    Unit.WORKDAYS: 1,
    Unit.WEEKS: 7,
    Unit.MONTHS: 30,
    Unit.YEARS: 365,
}


def check_retention(configuration: Configuration, names: Names) -> Findings:
    """Find kinds of records and roles that are not there, and terms that are too short."""
    retention, tell = configuration.retention, configuration.consent.tell
    if tell is not None and tell not in names.roles:
        yield Finding(
            ("consent", "tell"),
            _("there is no role “%(role)s”; write one of `roles`") % {"role": tell[:60]},
        )
    for kind in retention.legal_hold:
        if kind not in names.records:
            yield Finding(("retention", "legal_hold"), _no_kind(kind))
    for kind, term in retention.records.items():
        if kind not in names.records:
            yield Finding(("retention", "records", kind), _no_kind(kind))
        elif _is_short(term):
            yield Finding(("retention", "records", kind), _too_short())
    for name in type(retention).model_fields:
        term = getattr(retention, name)
        if isinstance(term, Duration) and _is_short(term):
            yield Finding(("retention", name), _too_short())


def _is_short(term: Duration) -> bool:
    return term.amount * _DAYS[term.unit] < _SHORTEST


def _no_kind(kind: str) -> str:
    return _("there is no kind of record “%(kind)s”; write one of `records`") % {"kind": kind[:60]}


def _too_short() -> str:
    return _("write at least %(days)s days: figures and receipts of the last month need it") % {
        "days": _SHORTEST
    }
