"""On which channels a person is told, and why not on the one they prefer: in sentences."""

from collections.abc import Iterator, Sequence

from alerts.explain_routes import RouteFacts, Wish
from alerts.explained_alerts import AlertTeller, people_text
from alerts.explanation import Called, Expected
from alerts.wording import joined
from config.language import catalogue

_ = catalogue("alerts")


def route_lines(route: RouteFacts, title: str) -> Iterator[str]:
    """Yield the channels under a role in their order, and what became of the preferred one."""
    said = {
        "role": title,
        "channels": joined(route.channels),
        "rules": joined(route.at_once),
        "prefers": route.prefers or "",
    }
    if not route.channels:
        if route.urgent:
            yield _("As %(role)s, urgent: no channel reaches them.") % said
        else:
            yield _("As %(role)s: no channel reaches them.") % said
    elif route.urgent:
        yield _("As %(role)s, urgent: by %(channels)s, each when the one before failed.") % said
    else:
        yield _("As %(role)s: by %(channels)s, each when the one before failed.") % said
    if route.at_once and len(route.channels) > 1:
        yield _("By all of these at once: %(rules)s.") % said
    if route.wish is not None:
        yield _wish(route.wish) % said


def called_lines(called: Sequence[Called], teller: AlertTeller) -> Iterator[str]:
    """Yield the rungs of a ladder, each with who is called now and on which channels."""
    for number, rung in enumerate(called, start=1):
        said = {
            "rung": number,
            "role": teller.title(rung.role),
            "people": joined(_reached(one) for one in rung.expected) or _("nobody"),
        }
        yield _("Rung %(rung)s: %(role)s, today %(people)s.") % said


def _reached(one: Expected) -> str:
    if one.channel is None or one.via is not None or one.also:
        return people_text((one,))
    return _("%(person)s (%(channel)s)") % {"person": one.person, "channel": one.channel}


def _wish(wish: Wish) -> str:
    return {
        Wish.KEPT: _("They prefer %(prefers)s: it is tried first."),
        Wish.NOT_THERE: _("They prefer %(prefers)s, which is no channel any more: not used."),
        Wish.NO_ROUTE: _(
            "They prefer %(prefers)s, which is not among these routes of %(role)s: not used."
        ),
        Wish.NO_ADDRESS: _("They prefer %(prefers)s, but have no address for it: not used."),
    }[wish]
