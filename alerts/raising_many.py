"""Raises very many signals about one entry each with a few statements: an import may bring thousands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from alerts.changes import Horizon
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.expiring import longest
from alerts.filters import Ages, in_scope, matches
from alerts.inserting import insert_new
from alerts.owing import is_past_validity, signal_matter
from alerts.signal_alerts import open_for
from alerts.signals import BATCH, Signal, row_of
from alerts.tables import signals
from config.lean import dataclass
from ledgers.among import among
from ledgers.ids import new_ids
from ledgers.tables import entries


def raise_of_entries(
    connection: Connection,
    plan: EvaluationPlan,
    wishes: Iterable[Signal],
    *,
    now: datetime,
    today: date,
) -> int:
    """Keep signals, each about one entry, and open their alerts; answer how many are new.

    The same source raises a rule's signal once; where the rule is not in force it is not raised.
    """
    of_rules: dict[str, dict[str, Signal]] = defaultdict(dict)
    for wish in wishes:
        of_rules[wish.rule][wish.source] = wish
    count = 0
    for name, by_source in of_rules.items():
        rule, of = plan.rule(name), list(by_source.values())
        if rule is not None:
            one = _Raising(connection, rule, Ages.on(plan, today), Horizon(today, 0, plan.calendar))
            count += sum(one.raise_(of[at : at + BATCH], now) for at in range(0, len(of), BATCH))
    return count


@dataclass(frozen=True, slots=True)
class _Raising:
    """Raises the signals of one rule on one day, in parts of bounded size."""

    connection: Connection
    rule: WatchedRule
    ages: Ages
    horizon: Horizon

    def raise_(self, wishes: Sequence[Signal], now: datetime) -> int:
        """Keep those that are new and open their alerts; answer how many are new."""
        known, today = self._kept(wishes), self.horizon.today
        meant = [
            (wish, variant)
            for wish, variant in self._by_place(wishes)
            if wish.source not in known
            and variant.in_force(today)
            and not is_past_validity(variant, signal_matter("", today))
        ]
        ids = new_ids(now, len(meant))
        rows = [
            # All that it will ever open is opened below.
            {**row_of(wish, id_, longest(self.rule, variant, None), now), "opened_at": now}
            for id_, (wish, variant) in zip(ids, meant, strict=True)
        ]
        insert_new(self.connection, signals, rows)
        kept = self._kept([wish for wish, _ in meant])
        about: dict[str, tuple[Variant, dict[str, str]]] = {}
        for id_, (wish, variant) in zip(ids, meant, strict=True):
            if kept.get(wish.source) == id_:
                about.setdefault(variant.prefix, (variant, {}))[1][id_] = wish.entry_id or ""
        for variant, of in about.values():
            self._open(variant, of, now)
        return sum(len(of) for _, of in about.values())

    def _kept(self, wishes: Sequence[Signal]) -> dict[str, str]:
        """Answer the ids of signals that are there, by what raised them."""
        sources = [wish.source for wish in wishes]
        if not sources:
            return {}
        query = select(signals.c.source, signals.c.id).where(
            signals.c.rule == self.rule.name, among(self.connection, signals.c.source, sources)
        )
        return dict(iter(self.connection.execute(query)))

    def _by_place(self, wishes: Sequence[Signal]) -> Iterator[tuple[Signal, Variant]]:
        ids = {wish.entry_id for wish in wishes if wish.entry_id}
        query = select(entries.c.id, entries.c[self.rule.place]).where(
            among(self.connection, entries.c.id, ids)
        )
        places: dict[str, str | None] = dict(iter(self.connection.execute(query)))
        for wish in wishes:
            yield wish, self.rule.variant_of(places.get(wish.entry_id or ""))

    def _open(self, variant: Variant, about: dict[str, str], now: datetime) -> None:
        """Open the alerts of those signals whose entry the rule is for."""
        query = select(entries.c.id).where(
            among(self.connection, entries.c.id, set(about.values())),
            matches(self.rule.group, self.ages),
            in_scope(self.rule, variant),
        )
        inside = set(self.connection.scalars(query))
        concerned = {id_: {of: 1} for id_, of in about.items() if of in inside}
        if concerned:
            open_for(self.connection, (self.rule, variant), concerned, self.horizon, now=now)
