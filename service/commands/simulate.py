"""`simulate`: what a time would be like, by the real engine on a copy, with people and faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import click

from alerts.states import Outcome
from alerts.wording import outcome_text
from config.language import catalogue
from config.lean import dataclass
from config.suggest import hint
from service import logs
from service.commandline import make, option
from service.commands.sites import opened, settings_for
from service.errors import CommandWrong
from service.inputs import Day, Number, Word
from service.naming import person_called
from service.simulation.clocks import TrialClock
from service.simulation.faults import Fault
from service.simulation.made_up import Size
from service.simulation.outcome import Outcomes, Span, read_outcomes
from service.simulation.people import HABITS
from service.simulation.sites import made_up, trial_copy
from service.simulation.trial import Tried, Wish, run
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_FAILED, _DONE = 1, 0
_USUAL = timedelta(days=364)
_LONGEST = timedelta(days=800)
_MOST_SHOWN = 20
_MOST_CHILDREN = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked. `children`: in a made-up village, not on a copy of the ledger."""

    from_: date | None
    to: date | None
    seed: int | None
    people: str | None
    faults: str | None
    of: str | None
    children: int | None
    villages: int | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Asked,
        _do,
        name="simulate",
        about=_(
            "Lives through a time on a copy of the site, or in a made-up village: the real engine "
            "on a virtual clock, with people who answer or don't, and with faults. Nothing is "
            "sent, the ledger stays as it is, and the same seed gives the same answer. Ends with 1 "
            "if the engine broke a promise."
        ),
        params=[
            click.Option(
                ["--from", "from_"],
                type=Day(),
                metavar=Day.name,
                help=_("first day that is counted; today if left out"),
            ),
            option("--to", about=_("last day; a year in all if left out"), kind=Day()),
            option("--seed", about=_("what chance begins with; 1"), kind=Number(0, 10**9)),
            option(
                "--people",
                about=_("how people answer: diligent, usual, slow or silent; usual"),
                kind=Word("WORD", {name: _CHINESE[name] for name in HABITS}),
            ),
            option(
                "--faults",
                about=_("what goes wrong: none, all, or some of %(words)s; none")
                % {"words": ",".join(Fault)},
            ),
            option("--of", about=_("count only what this person gets")),
            option(
                "--children",
                about=_("in a made-up village with so many children each"),
                kind=Number(1, _MOST_CHILDREN),
            ),
            option("--villages", about=_("so many made-up villages; 1"), kind=Number(1, 50)),
        ],
    )


_CHINESE = {"diligent": ("勤快",), "usual": ("一般",), "slow": ("拖拉",), "silent": ("不答",)}


def _do(asked: Asked, terminal: Terminal) -> int:
    today = terminal.clock().date()
    first = asked.from_ or today
    last = asked.to or first + _USUAL
    _refuse(asked, first, last)
    with _place(asked, terminal, first) as (site, clock):
        begin = first if asked.children else site.today(site.clock())
        if first < begin:
            raise CommandWrong(_("%(day)s is past; simulate what is to come") % {"day": first})
        if last - begin > _LONGEST:
            raise CommandWrong(_("a simulation reaches 800 days ahead at most"))
        person = _person(asked, site)
        logs.configure("critical", stream=terminal.err)
        wish = Wish(
            begin,
            last,
            seed=1 if asked.seed is None else asked.seed,
            habits=HABITS[asked.people or "usual"],
            faults=_faults(asked.faults),
        )
        with terminal.progress(_("days")) as progress:
            tried = run(site, clock, replace(wish, progress=progress))
        span = Span(first, last, site.zone, person)
        with site.database.reading() as connection:
            found = read_outcomes(connection, span, site.configuration.roles)
        _tell(site, found, tried, terminal)
    terminal.answer(_as_json(asked, wish, found, tried))
    return _FAILED if tried.breaches else _DONE


def _refuse(asked: Asked, first: date, last: date) -> None:
    if last < first:
        raise CommandWrong(_("the first day is after the last"))
    if asked.villages is not None and asked.children is None:
        raise CommandWrong(_("--villages goes with --children: how many live in each"))


@contextmanager
def _place(asked: Asked, terminal: Terminal, first: date) -> Iterator[tuple[Site, TrialClock]]:
    """Answer a copy of the site, or a made-up county under its configuration or the shipped one."""
    if asked.children is None:
        with opened(terminal) as site, trial_copy(site) as copy:
            yield copy
        return
    path = settings_for(terminal).config_path(Path.cwd())
    if terminal.config is None and not path.is_file():
        terminal.warn(_("There is no configuration here; the shipped example is used."))
        config = None
    else:
        config = path
    size = Size(asked.villages or 1, asked.children)
    seed = 1 if asked.seed is None else asked.seed
    with made_up(config, terminal.environment, replace(size, seed=seed), first=first) as place:
        yield place


def _person(asked: Asked, site: Site) -> str | None:
    if asked.of is None:
        return None
    with site.database.reading() as connection:
        return person_called(connection, site.vault, asked.of)


def _faults(words: str | None) -> frozenset[Fault]:
    if words is None or words == "none":
        return frozenset()
    if words == "all":
        return frozenset(Fault)
    found = set()
    for word in words.replace("，", ",").split(","):
        if word.strip() not in set(Fault):
            allowed = ["none", "all", *Fault]
            sentence = _("“%(text)s” is no fault.") % {"text": word.strip()}
            raise CommandWrong(sentence + hint(word.strip(), allowed))
        found.add(Fault(word.strip()))
    return frozenset(found)


def _tell(site: Site, found: Outcomes, tried: Tried, terminal: Terminal) -> None:
    titles = {name: role.title for name, role in site.configuration.roles.items()}
    terminal.table(
        [
            _("role"),
            _("messages"),
            _("tellings by outcome"),
            _("due"),
            _("done in time"),
            _("escalations"),
        ],
        [
            (
                titles.get(one.role, one.role),
                one.messages,
                "、".join(f"{outcome_text(Outcome(s))} {n}" for s, n in one.outcomes.items()),
                one.due,
                f"{one.on_time} ({one.rate:.0%})" if one.rate is not None else one.on_time,
                one.escalations,
            )
            for one in found.roles
        ],
    )
    terminal.say()
    terminal.table(
        [_("month"), _("role"), _("messages"), _("items")],
        [
            (one.month, titles.get(one.role, one.role), one.messages, one.items)
            for one in found.months
        ],
    )
    terminal.say()
    terminal.table(
        [_("person"), _("role"), _("fullest week"), _("messages")],
        [
            (one.person, titles.get(one.role, one.role), one.week, one.messages)
            for one in found.weeks[:_MOST_SHOWN]
        ],
    )
    terminal.say()
    _tell_verdict(tried, terminal)


def _tell_verdict(tried: Tried, terminal: Terminal) -> None:
    about = {"tries": tried.tries, "crashes": tried.crashes, "audits": tried.audits}
    terminal.say(
        _("Messages handed over: %(tries)s; crashes: %(crashes)s; audits: %(audits)s.") % about
    )
    if not tried.breaches:
        terminal.say(_("Every promise was kept."))
        return
    terminal.say(_("Promises broken: %(count)s") % {"count": len(tried.breaches)})
    terminal.table(
        [_("promise"), _("id"), _("what")],
        [(one.promise, one.subject, one.what) for one in tried.breaches[:_MOST_SHOWN]],
    )


def _as_json(asked: Asked, wish: Wish, found: Outcomes, tried: Tried) -> dict[str, object]:
    return {
        "from": asked.from_ or wish.first,
        "to": wish.last,
        "seed": wish.seed,
        "faults": sorted(wish.faults),
        "roles": [{**asdict(one), "on_time_rate": one.rate} for one in found.roles],
        "months": [asdict(one) for one in found.months],
        "weeks": [asdict(one) for one in found.weeks],
        "handed_over": tried.tries,
        "crashes": tried.crashes,
        "audits": tried.audits,
        "breaches": [asdict(one) for one in tried.breaches],
    }
