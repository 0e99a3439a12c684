"""How one person stands to an entry, in sentences."""

from collections.abc import Iterator

from alerts.explained_alerts import AlertTeller, people_text
from alerts.explained_routes import route_lines
from alerts.explanation import PersonStory
from alerts.wording import day_text, joined
from config.language import catalogue

_ = catalogue("alerts")


def person_lines(story: PersonStory, teller: AlertTeller) -> Iterator[str]:
    """Yield as what a person is told of an entry and what they were told, or why nothing."""
    who = {"person": story.handle}
    if story.roles:
        roles = joined(teller.title(role) for role in story.roles)
        yield _("%(person)s is told of this entry as %(roles)s.") % {**who, "roles": roles}
    else:
        yield _("%(person)s is not told of this entry.") % who
    yield from (f"  {line}" for line in _whys(story, teller))
    for route in story.routes:
        yield from (f"  {line}" for line in route_lines(route, teller.title(route.role)))
    for _rule, step, telling in story.told:
        said = {"day": day_text(step.on_date), "telling": teller.telling(telling)}
        yield "  " + _("%(day)s: %(telling)s") % said
    if not story.told:
        yield "  " + _("So far nothing of it was said to %(person)s.") % who


def _whys(story: PersonStory, teller: AlertTeller) -> Iterator[str]:
    if story.left_on is not None:
        yield _("Left on %(day)s.") % {"day": day_text(story.left_on)}
    if story.away:
        yield _("On leave.")
    if story.silenced_until is not None:
        until = {"day": day_text(story.silenced_until)}
        yield _("Messages to this person are paused up to %(day)s.") % until
    if not story.reach and story.left_on is None:
        yield _("There is no address for this person; somebody else passes messages on.")
    for role, people in () if story.roles else story.instead.items():
        if people:
            said = {"role": teller.title(role), "people": people_text(people)}
            yield _("As %(role)s there is told: %(people)s.") % said
