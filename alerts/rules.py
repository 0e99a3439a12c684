"""The rules in force: their versions kept in step with the YAML, and the plan a pass goes by."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, insert, select, update

from alerts.almanacs import almanac_of
from alerts.building import Almanac, variant_of
from alerts.effective import EvaluationPlan, WatchedRule, where_codes_are_now
from alerts.filters import codes_of
from alerts.lookups import NOTHING_SAID, Lookups
from alerts.rest_days import hangs_on_rest_days
from alerts.specs import Spec, calendars_of, digest_of, spec_of, timing_hash
from alerts.stay_rules import StayRules
from alerts.tables import (
    alerts,
    first_dues,
    progress,
    rule_versions,
    signals,
    silences,
    watches,
)
from alerts.versions import Version, load_versions
from config.model import Configuration
from config.rules import Rule
from ledgers.successions import successors
from schedules.calendar_books import Dated, Yearly, book_of
from schedules.calendars import WorkCalendar, shifted_days
from schedules.periods import Period

_OPERATOR = "operator"


Changed = Callable[[str, Version | None], None]
"""Told of each rule that changed, with its new version; None: it is gone."""


def prepare(
    connection: Connection,
    configuration: Configuration,
    calendar: WorkCalendar,
    *,
    today: date,
    changed: Changed = lambda _rule, _version: None,
) -> EvaluationPlan:
    """Note what became of each rule since the last time, and answer the plan of today.

    A changed timing becomes a new version in effect from `today`; `was` renames what a rule has;
    a rule that is gone is marked removed, and the next pass closes its alerts.
    """
    _rename(connection, configuration)
    specs = {name: spec_of(configuration, name) for name in configuration.rules}
    versions = _note_versions(connection, specs, today, changed)
    for name in _note_removals(connection, versions, specs, today):
        changed(name, None)
    almanac = almanac_of(connection, configuration, calendar, today=today)
    lookups = Lookups.of(configuration, successors(connection))
    return build(configuration, almanac, {name: versions[name] for name in specs}, lookups)


def build(
    configuration: Configuration,
    almanac: Almanac,
    versions: Mapping[str, Sequence[Version]],
    lookups: Lookups = NOTHING_SAID,
) -> EvaluationPlan:
    """Compose the plan from the configuration and the versions of each rule, oldest first."""
    rules = tuple(
        _watched(configuration, (almanac, lookups), name, _since_last_removal(versions[name]))
        for name in configuration.rules
    )
    village = (role for role in configuration.roles.values() if role.level == "village")
    return EvaluationPlan(
        rules=rules,
        calendar=almanac.calendar,
        launch_on=configuration.launch.on,
        level_ranks={level: rank for rank, level in enumerate(configuration.level_order())},
        reached_day_after=configuration.age_reached == "day-after",
        supervisor=next((role.up for role in village if role.up), _OPERATOR),
        lookups=lookups,
        stays=StayRules.of(configuration),
    )


def _rename(connection: Connection, configuration: Configuration) -> None:
    known = set(connection.execute(select(rule_versions.c.rule).distinct()).scalars())
    for name, rule in configuration.rules.items():
        old = rule.was
        if old is None or name in known or old not in known or old in configuration.rules:
            continue
        for table in (rule_versions, progress, first_dues, watches, alerts, signals):
            connection.execute(update(table).where(table.c.rule == old).values(rule=name))
        connection.execute(
            update(silences)
            .where(silences.c.scope == "rule", silences.c.target == old)
            .values(target=name)
        )


def _note_versions(
    connection: Connection, specs: Mapping[str, Spec], today: date, changed: Changed
) -> dict[str, list[Version]]:
    known = load_versions(connection)
    for name, spec in specs.items():
        versions = known.setdefault(name, [])
        hash_ = timing_hash(spec)
        if versions and versions[-1].hash == hash_ and versions[-1].removed_on is None:
            continue
        number = versions[-1].number + 1 if versions else 1
        versions.append(Version(number, today, spec, hash_, None))
        connection.execute(
            insert(rule_versions).values(
                rule=name,
                version=number,
                timing_hash=hash_,
                effective_on=today,
                spec=json.dumps(spec, ensure_ascii=False, sort_keys=True),
            )
        )
        changed(name, versions[-1])
    return known


def _note_removals(
    connection: Connection,
    versions: Mapping[str, Sequence[Version]],
    specs: Mapping[str, Spec],
    today: date,
) -> list[str]:
    gone = [
        name for name, of in versions.items() if name not in specs and of[-1].removed_on is None
    ]
    if gone:
        connection.execute(
            update(rule_versions)
            .where(rule_versions.c.rule.in_(gone), rule_versions.c.removed_on.is_(None))
            .values(removed_on=today)
        )
    return gone


def _since_last_removal(versions: Sequence[Version]) -> list[Version]:
    """A rule that came back starts anew: what it was before it went softens nothing."""
    return [version for version in versions if version.removed_on is None]


def _watched(
    configuration: Configuration,
    known: tuple[Almanac, Lookups],
    name: str,
    versions: Sequence[Version],
) -> WatchedRule:
    almanac, lookups = known
    rule = configuration.rules[name]
    # A rule that was read before launch begins with it.
    started_on = max(versions[0].effective_on, configuration.launch.on)
    prefixes = {prefix for version in versions for prefix in version.spec["timing"]["regions"]}
    prefixes |= _regions_of_windows(rule, almanac)
    # The longest first, so that the first that covers a place is its own.
    ordered = sorted({"", *prefixes}, key=lambda prefix: (-len(prefix), prefix))
    return WatchedRule(
        name=name,
        version=versions[-1].number,
        effective_on=versions[-1].effective_on,
        started_on=started_on,
        group=configuration.group_of(rule),
        counts=tuple(sorted(configuration.counting_kinds(rule))),
        place=rule.place,
        urgent=rule.urgent,
        variants=where_codes_are_now(
            [variant_of(rule, prefix, (ordered, versions, almanac)) for prefix in ordered], lookups
        ),
        spread=Period.of(configuration.launch.first_due_within, almanac.calendar),
        escalate_from=_escalate_from(configuration, started_on),
        stamp=_stamp(configuration, known, rule, versions[-1].hash),
        level_ranks={level.id: rank for rank, level in enumerate(configuration.levels)},
    )


def _escalate_from(configuration: Configuration, started_on: date) -> date:
    """A rule that came after launch gets the same time before anything of it is escalated."""
    launch = configuration.launch
    late_by = max((started_on - launch.on).days, 0)
    return shifted_days(launch.escalate_from, late_by)


def _stamp(
    configuration: Configuration, known: tuple[Almanac, Lookups], rule: Rule, hash_: str
) -> str:
    """Answer a hash of all that a rule's rows depend on, beside the rule's own timing."""
    almanac, lookups = known
    all_steps = [rule.steps, *(over.steps for over in rule.regions.values() if over.steps)]
    launch = configuration.launch
    return digest_of(
        [
            hash_,
            [[s.key, s.tell, s.escalation] for steps in all_steps for s in steps],
            rule.urgent,
            [launch.on.isoformat(), launch.escalate_from.isoformat()],
            configuration.age_reached,
            _days_of(almanac.calendar) if hangs_on_rest_days(rule) else None,
            sorted(map(str, _entered(rule, almanac))),
            [level.id for level in configuration.levels],
            codes_of(configuration.group_of(rule), lookups),
            [lookups.current_code(prefix) for prefix in sorted(rule.regions)],
        ]
    )


def fingerprint(configuration: Configuration) -> str:
    """Answer a hash of all that evaluation takes from a configuration, whatever a database says."""
    book = book_of(configuration.window_calendars())
    almanac = Almanac(WorkCalendar.official(), book, configuration.site.region, date.min)
    known = (almanac, NOTHING_SAID)
    stamps = {
        name: _stamp(configuration, known, rule, timing_hash(spec_of(configuration, name)))
        for name, rule in configuration.rules.items()
    }
    levels = [level.id for level in configuration.levels]
    return digest_of([stamps, StayRules.of(configuration).stamp, levels])


@lru_cache(maxsize=8)
def _days_of(calendar: WorkCalendar) -> list[str]:
    return sorted(day.isoformat() for day in calendar.rest | calendar.work)


def _entered(rule: Rule, almanac: Almanac) -> list[Dated | Yearly]:
    names = calendars_of(rule)
    rows: list[Dated | Yearly] = [*almanac.book.dated, *almanac.book.yearly]
    return [row for row in rows if row.calendar in names]


def _regions_of_windows(rule: Rule, almanac: Almanac) -> set[str]:
    """Answer the divisions inside the site whose windows are their own."""
    rows = _entered(rule, almanac)
    return {row.region for row in rows if len(row.region) > len(almanac.region)}
