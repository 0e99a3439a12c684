"""Our own templates read fields plainly; all others stay in the sandbox."""

from datetime import date

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from alerts.compiling import environment_of
from alerts.views import Day

TODAY = Day.of(date(2027, 3, 1), date(2027, 3, 1))


@pytest.mark.parametrize("is_ours", [True, False])
def test_fields_are_read_either_way(*, is_ours: bool) -> None:
    """Of views, and of the loop around them."""
    text = "{% for day in days %}{{ day.month }}/{{ (day).day }}{{ loop.first }}{% endfor %}"
    page = environment_of(is_ours=is_ours).from_string(text)
    assert page.render(days=[TODAY]) == "3/1True"


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_is_not_there_is_never_left_empty(*, is_ours: bool) -> None:
    """A name that a view does not have ends the message instead."""
    page = environment_of(is_ours=is_ours).from_string("{{ office.name }}")
    with pytest.raises(UndefinedError):
        page.render()


def test_a_template_of_a_site_stays_in_the_sandbox() -> None:
    """Whatever the review may have missed."""
    page = environment_of(is_ours=False).from_string("{{ day.__class__.__name__ }}")
    with pytest.raises(SecurityError):
        page.render(day=TODAY)


@pytest.mark.parametrize("is_ours", [True, False])
def test_lists_are_joined_and_escaped_as_jinja_does(*, is_ours: bool) -> None:
    """Words between tags stay words."""
    environment = environment_of(is_ours=is_ours)
    environment.autoescape = True
    page = environment.from_string("{{ places | join('、') }}")
    assert page.render(places=["<b>", "柳沟"]) == "&lt;b&gt;、柳沟"
