"""Our own templates read fields plainly; all others stay in the sandbox."""

from datetime import date
from pathlib import Path

import pytest
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError, UndefinedError

from alerts.compiling import environment_of
from alerts.render import Templates
from alerts.views import Day
from tests.alerts.test_render import site

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


def test_all_pages_of_a_site_with_its_own_are_compiled_so(tmp_path: Path) -> None:
    """Ours too: they include the site's parts."""
    name = "zh_CN/director/text.txt"
    theirs = Templates.load(site(tmp_path, name, "{{ total }}"))
    for page in (theirs.page(name), theirs.page("zh_CN/summary/text.txt")):
        assert page.environment.code_generator_class is CodeGenerator
    assert Templates.load().page(name).environment.code_generator_class is not CodeGenerator


@pytest.mark.parametrize("is_ours", [True, False])
def test_lists_are_joined_and_escaped_as_jinja_does(*, is_ours: bool) -> None:
    """Words between tags stay words."""
    environment = environment_of(is_ours=is_ours)
    environment.autoescape = True
    page = environment.from_string("{{ places | join('、') }}")
    assert page.render(places=["<b>", "柳沟"]) == "&lt;b&gt;、柳沟"
