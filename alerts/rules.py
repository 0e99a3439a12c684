"""The rules in force: their versions kept in step with the YAML, and the plan a pass goes by."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import Connection, insert, select, update

from alerts.effective import EvaluationPlan, StepTiming, Variant, WatchedRule, where_codes_are_now
from alerts.filters import codes_of
from alerts.lookups import NOTHING_SAID, Lookups
from alerts.specs import Spec, digest_of, effective, read_day, spec_of, timing_hash
from alerts.stay_rules import StayRules
from alerts.tables import alerts, first_dues, progress, rule_versions, silences
from config.common_rule import CommonOverride, CommonRule
from config.durations import Duration, Unit
from config.duties import DutyOverride, DutyRule
from config.model import Configuration
from config.rules import Rule
from config.steps import Step
from ledgers.successions import successors
from schedules.calendars import WorkCalendar, shifted_days
from schedules.deadlines import Deadline, Roll
from schedules.periods import Period

_OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Version:
    """One timing a rule has had, and from when."""

    number: int
    effective_on: date
    spec: Spec
    hash: str
    removed_on: date | None


def prepare(
    connection: Connection, configuration: Configuration, calendar: WorkCalendar, *, today: date
) -> EvaluationPlan:
    """Note what became of each rule since the last time, and answer the plan of today.

    A changed timing becomes a new version in effect from `today`; `was` renames what a rule has;
    a rule that is gone is marked removed, and the next pass closes its alerts.
    """
    _rename(connection, configuration)
    specs = {name: spec_of(configuration, name) for name in configuration.rules}
    versions = _note_versions(connection, specs, today)
    _note_removals(connection, versions, specs, today)
    lookups = Lookups.of(configuration, successors(connection))
    return build(configuration, calendar, {name: versions[name] for name in specs}, lookups)


def build(
    configuration: Configuration,
    calendar: WorkCalendar,
    versions: Mapping[str, Sequence[Version]],
    lookups: Lookups = NOTHING_SAID,
) -> EvaluationPlan:
    """Compose the plan from the configuration and the versions of each rule, oldest first."""
    rules = tuple(
        _watched(configuration, (calendar, lookups), name, _since_last_removal(versions[name]))
        for name in configuration.rules
    )
    village = (role for role in configuration.roles.values() if role.level == "village")
    return EvaluationPlan(
        rules=rules,
        calendar=calendar,
        launch_on=configuration.launch.on,
        level_ranks={level: rank for rank, level in enumerate(configuration.level_order())},
        reached_day_after=configuration.age_reached == "day-after",
        supervisor=next((role.up for role in village if role.up), _OPERATOR),
        lookups=lookups,
        stays=StayRules.of(configuration),
    )


def load_versions(connection: Connection) -> dict[str, list[Version]]:
    """Read all versions of all rules, oldest first."""
    found: dict[str, list[Version]] = defaultdict(list)
    rows = connection.execute(
        select(rule_versions).order_by(rule_versions.c.rule, rule_versions.c.version)
    )
    for row in rows:
        found[row.rule].append(
            Version(
                row.version,
                row.effective_on,
                json.loads(row.spec),
                row.timing_hash,
                row.removed_on,
            )
        )
    return dict(found)


def _rename(connection: Connection, configuration: Configuration) -> None:
    known = set(connection.execute(select(rule_versions.c.rule).distinct()).scalars())
    for name, rule in configuration.rules.items():
        old = rule.was
        if old is None or name in known or old not in known or old in configuration.rules:
            continue
        for table in (rule_versions, progress, first_dues, alerts):
            connection.execute(update(table).where(table.c.rule == old).values(rule=name))
        connection.execute(
            update(silences)
            .where(silences.c.scope == "rule", silences.c.target == old)
            .values(target=name)
        )


def _note_versions(
    connection: Connection, specs: Mapping[str, Spec], today: date
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
    return known


def _note_removals(
    connection: Connection,
    versions: Mapping[str, Sequence[Version]],
    specs: Mapping[str, Spec],
    today: date,
) -> None:
    gone = [
        name for name, of in versions.items() if name not in specs and of[-1].removed_on is None
    ]
    if gone:
        connection.execute(
            update(rule_versions)
            .where(rule_versions.c.rule.in_(gone), rule_versions.c.removed_on.is_(None))
            .values(removed_on=today)
        )


def _since_last_removal(versions: Sequence[Version]) -> list[Version]:
    """A rule that came back starts anew: what it was before it went softens nothing."""
    return [version for version in versions if version.removed_on is None]


def _watched(
    configuration: Configuration,
    known: tuple[WorkCalendar, Lookups],
    name: str,
    versions: Sequence[Version],
) -> WatchedRule:
    calendar, lookups = known
    rule = configuration.rules[name]
    started_on = versions[0].effective_on
    prefixes = {prefix for version in versions for prefix in version.spec["timing"]["regions"]}
    # The longest first, so that the first that covers a place is its own.
    ordered = sorted({"", *prefixes}, key=lambda prefix: (-len(prefix), prefix))
    variants = tuple(_variant(rule, prefix, ordered, (versions, calendar)) for prefix in ordered)
    return WatchedRule(
        name=name,
        version=versions[-1].number,
        effective_on=versions[-1].effective_on,
        started_on=started_on,
        group=configuration.group_of(rule),
        counts=tuple(sorted(configuration.counting_kinds(rule))),
        place=rule.place,
        urgent=rule.urgent,
        variants=where_codes_are_now(variants, lookups),
        spread=Period.of(configuration.launch.first_due_within, calendar),
        escalate_from=_escalate_from(configuration, started_on),
        stamp=_stamp(configuration, known, rule, versions[-1].hash),
    )


def _escalate_from(configuration: Configuration, started_on: date) -> date:
    """A rule that came after launch gets the same time before anything of it is escalated."""
    launch = configuration.launch
    late_by = max((started_on - launch.on).days, 0)
    return shifted_days(launch.escalate_from, late_by)


def _stamp(
    configuration: Configuration, known: tuple[WorkCalendar, Lookups], rule: Rule, hash_: str
) -> str:
    """Answer a hash of all that a rule's rows depend on, beside the rule's own timing."""
    calendar, lookups = known
    all_steps = [rule.steps, *(over.steps for over in rule.regions.values() if over.steps)]
    launch = configuration.launch
    return digest_of(
        [
            hash_,
            [[s.key, s.tell, s.escalation] for steps in all_steps for s in steps],
            rule.urgent,
            [launch.on.isoformat(), launch.escalate_from.isoformat()],
            configuration.age_reached,
            _days_of(calendar) if _counts_workdays(rule) else None,
            codes_of(configuration.group_of(rule), lookups),
            [lookups.current_code(prefix) for prefix in sorted(rule.regions)],
        ]
    )


def fingerprint(configuration: Configuration) -> str:
    """Answer a hash of all that evaluation takes from a configuration, whatever a database says."""
    known = (WorkCalendar.official(), NOTHING_SAID)
    stamps = {
        name: _stamp(configuration, known, rule, timing_hash(spec_of(configuration, name)))
        for name, rule in configuration.rules.items()
    }
    levels = [level.id for level in configuration.levels]
    return digest_of([stamps, StayRules.of(configuration).stamp, levels])


def _days_of(calendar: WorkCalendar) -> list[str]:
    return sorted(day.isoformat() for day in calendar.rest | calendar.work)


def _counts_workdays(rule: Rule) -> bool:
    return any(_part_counts_workdays(part) for part in (rule, *rule.regions.values()))


def _part_counts_workdays(part: CommonRule | CommonOverride) -> bool:
    spans = [span for step in part.steps or () for span in (step.at, step.repeat)]
    counted = any(isinstance(span, Duration) and span.unit is Unit.WORKDAYS for span in spans)
    if not isinstance(part, DutyRule | DutyOverride):
        return counted
    every = isinstance(part.every, Duration) and part.every.unit is Unit.WORKDAYS
    return counted or every or part.roll not in (None, "none")


def _variant(
    rule: Rule,
    prefix: str,
    prefixes: Sequence[str],
    known: tuple[Sequence[Version], WorkCalendar],
) -> Variant:
    versions, calendar = known
    now = effective(versions[-1].spec, prefix)
    valid_from, valid_to = now.get("valid", (None, None))
    return Variant(
        prefix=prefix,
        without=tuple(p for p in prefixes if p != prefix and p.startswith(prefix)),
        deadline=Deadline(_history(versions, prefix, calendar), Roll(now["roll"]), calendar),
        steps=tuple(_steps(_written_steps(rule, prefix), prefix, versions, calendar)),
        valid_from=read_day(valid_from),
        valid_to=read_day(valid_to),
    )


def _history(
    versions: Sequence[Version], prefix: str, calendar: WorkCalendar
) -> tuple[tuple[Period, date | None], ...]:
    spans = [(effective(v.spec, prefix)["every"], v.effective_on) for v in versions]
    first = (Period.of(Duration.parse(spans[0][0]), calendar), None)
    changes = tuple(
        (Period.of(Duration.parse(span), calendar), since)
        for (before, _), (span, since) in pairwise(spans)
        if span != before
    )
    return (first, *changes)


def _written_steps(rule: Rule, prefix: str) -> tuple[Step, ...]:
    """Answer the steps that hold in a division, with the roles they tell."""
    holding = [code for code in rule.regions if prefix.startswith(code)]
    override = rule.regions[max(holding, key=len)].steps if holding else None
    return rule.steps if override is None else override


def _steps(
    written: Sequence[Step], prefix: str, versions: Sequence[Version], calendar: WorkCalendar
) -> list[StepTiming]:
    return [
        StepTiming(
            key=step.key,
            at=step.at,
            tell=step.tell,
            escalation=step.escalation,
            repeat=None if step.repeat is None else Period.of(step.repeat, calendar),
            version=since.number,
            since=since.effective_on,
        )
        for step in written
        if isinstance(step.at, Duration)
        for since in (_introduced(step.key, prefix, versions),)
    ]


def _introduced(key: str, prefix: str, versions: Sequence[Version]) -> Version:
    """Answer the version from which on the rule has had this step without a gap."""
    since = versions[-1]
    for version in reversed(versions):
        if all(step["key"] != key for step in effective(version.spec, prefix)["steps"]):
            break
        since = version
    return since
