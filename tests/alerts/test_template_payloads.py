"""What somebody who writes templates may try: each is refused before it costs anything, and told.

Reading another field, another entry or the environment, hanging the daemon, filling its memory.
"""

import resource
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.errors import OutputTooLong, TemplatesRefused
from alerts.render import MOST_STEPS, SHIPPED_TEMPLATES, Templates
from alerts.reviewing import FILTERS
from alerts.template_limits import LONGEST_SOURCE
from alerts.views import Line, Village
from tests.alerts.test_render import DIRECTOR, TODAY, site
from tests.refusing import expect_refusal

_LONG = "x" * 1000
READING = (
    "{{ office.__class__.__mro__ }}",
    "{{ ''.__class__ }}",
    "{{ '{0.__class__}'.format(office) }}",
    "{{ office|attr('__class__') }}",
    "{{ villages|map(attribute='name')|join }}",
    "{{ villages|selectattr('name')|list }}",
    "{{ office['__class__'] }}",
    "{{ office.format }}",
    "{{ today.year.real.__class__ }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ loop }}",
    "{% for v in villages %}{{ loop.__class__ }}{% endfor %}",
    "{{ config }}",
    "{{ environment }}",
    "{{ child.name }}",
    "{{ villages.0.name }}",
    "{{ lipsum }}",
    "{{ lipsum.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{{ namespace() }}",
    "{{ dict(a=1) }}",
    "{{ villages|tojson }}",
    "{{ villages|pprint }}",
    "{{ villages|string }}",
    "{{ office|format(1) }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../zh_CN/director/text.txt' %}",
    "{% include office %}",
    "{% include ['a', 'b'] %}",
    "{% import 'zh_CN/director/text.txt' as t %}",
    "{% from 'zh_CN/director/text.txt' import t %}",
    "{% extends 'zh_CN/director/text.txt' %}",
    "{% block a %}{% endblock %}",
)
"""What would show more than the view has."""

HANGING = (
    "{{ 'a' * 10**9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9**9**9 }}",
    "{{ range(10**9)|list }}",
    "{% for i in range(1000000000) %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{{ 'x'|wordwrap(1) }}",
    "{{ villages|join(office * 9) }}",
    f"{{{{ '{_LONG}'|join('{_LONG}'|join('{_LONG}'|join('{_LONG}'))) }}}}",
    f"{{{{ office|join('{_LONG}') }}}}",
    "{{ places|join(d='x', attribute='y') }}",
    "{{ places|join(*places) }}",
    "{{ villages|batch(1)|list }}",
    "{{ villages|slice(1000000000)|list }}",
    "{{ villages|sort|reverse|list }}",
    "{% set x = 'a' %}",
    "{% set x %}a{% endset %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for v in villages recursive %}{{ loop(villages) }}{% endfor %}",
    "{% for v in villages %}{% for w in villages %}{% endfor %}{% endfor %}",
    "{% for v in villages %}{% for a in v.lines %}{% for b in v.lines %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a, b in villages %}{% endfor %}",
    "{% for c in office %}{% endfor %}",
    "{% call m() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% with a = 1 %}{% endwith %}",
    "{% autoescape false %}{% endautoescape %}",
    "{{ " + "9" * 5000 + " }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "not " * 3000 + "urgent }}",
    "{{ 1" + "+1" * 7000 + " }}",
    "{{ office" + "|e" * 7000 + " }}",
    "{{ office" + ".a" * 7000 + " }}",
    "{% if urgent %}" * 500 + "{% endif %}" * 500,
    "{% for v in villages %}" * 500 + "{% endfor %}" * 500,
    "{{ office }}" * 1400,
    "a" * (LONGEST_SOURCE + 1),
    "{% raw %}" + "{% " * 5000,
    "{#" * 7000,
    "{{" + " " * 15000,
)
"""What would cost time or memory."""

FILES = [
    path.relative_to(SHIPPED_TEMPLATES).as_posix()
    for path in sorted(SHIPPED_TEMPLATES.glob("*/*/*.*"))
]
"""The pages that a site may replace: many payloads are tried in one go."""


def refused_among(folder: Path, payloads: tuple[str, ...]) -> set[str]:
    """Load as many pages as payloads, one in each; answer the names of those that are refused."""
    for name, payload in zip(FILES, payloads, strict=False):
        site(folder, name, payload)
    with pytest.raises(TemplatesRefused) as caught:
        Templates.load(folder)
    assert all(one.sentence and one.line >= 1 for one in caught.value.refusals)
    return {one.template for one in caught.value.refusals}


@pytest.mark.parametrize("payloads", [READING, HANGING], ids=["reading", "hanging"])
def test_every_payload_is_refused_and_told(payloads: tuple[str, ...], tmp_path: Path) -> None:
    """Each in the template where it stands, at once and with hardly any memory."""
    size = len(FILES)
    for number, begin in enumerate(range(0, len(payloads), size)):
        some = payloads[begin : begin + size]
        before = resource.getrusage(resource.RUSAGE_SELF)
        refused = refused_among(tmp_path / str(number), some)
        after = resource.getrusage(resource.RUSAGE_SELF)
        expected = dict(zip(FILES, some, strict=False))
        assert {name: text[:60] for name, text in expected.items() if name not in refused} == {}
        assert after.ru_utime - before.ru_utime < 10
        assert (
            after.ru_maxrss - before.ru_maxrss < 200 << 10
        )  # in KB; on a Mac in bytes: no less strict


def test_parts_that_double_each_other_are_refused(tmp_path: Path) -> None:
    """Each includes the next forty times over: nobody waits for forty to the power of five."""
    parts = sorted(path.name for path in (SHIPPED_TEMPLATES / "zh_CN").glob("_*.txt"))
    for name, following in zip(parts, [*parts[1:], None], strict=True):
        site(
            tmp_path,
            f"zh_CN/{name}",
            f"{{% include 'zh_CN/{following}' %}}" * 40 if following else "x",
        )
    before = time.process_time()
    folder = site(tmp_path, "zh_CN/director/text.txt", f"{{% include 'zh_CN/{parts[0]}' %}}")
    with pytest.raises(TemplatesRefused, match=r"太大|too large"):
        Templates.load(folder)
    assert time.process_time() - before < 10


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (LONGEST_SOURCE + 1)])
def test_a_file_that_is_no_text_is_refused(content: bytes, tmp_path: Path) -> None:
    """Or a very long one: it is not even read."""
    folder = site(tmp_path, "zh_CN/director/text.txt", "x")
    (folder / "zh_CN/director/text.txt").write_bytes(content)
    with pytest.raises(TemplatesRefused) as caught:
        Templates.load(folder)
    assert [one.what for one in caught.value.refusals] == ["size"]


def test_loops_that_write_nothing_end_too(tmp_path: Path) -> None:
    """Turns are counted where a site has templates of its own: a message has few."""
    empty = "{% for v in villages %}{% for l in v.lines %}{% endfor %}{% endfor %}"
    folder = site(tmp_path, "zh_CN/director/text.txt", empty * 50)
    site(tmp_path, "zh_CN/director/message.html", "")
    lines = tuple(islice(cycle([Line((), (), "today", 0, TODAY, not_reached=False)]), 1000))
    view = replace(DIRECTOR, villages=(Village("", lines, 0),) * (MOST_STEPS // 50_000))
    with pytest.raises(OutputTooLong):
        Templates.load(folder).render(
            "director", "zh_CN", replace(view, villages=view.villages * 2)
        )


_PIECE = st.sampled_from(
    [
        *("{{ ", " }}", "{% ", " %}", "for v in villages", "endfor", "if urgent", "endif", "else"),
        *(
            "office",
            "villages",
            "v.lines",
            "v",
            "|",
            ".",
            "'",
            "(",
            ")",
            "[",
            "]",
            "*",
            "**",
            "%",
            "~",
        ),
        *("join", "attr", "range", "set x =", "include", "macro m()", "__class__", "9", "{#", "#}"),
        *sorted(FILTERS),
    ]
)


_TEXT = st.lists(_PIECE | st.text(max_size=3), max_size=30).map(" ".join)


@given(st.lists(_TEXT, min_size=len(FILES), max_size=len(FILES)))
@settings(deadline=None, max_examples=5)
def test_anything_is_a_template_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Never a traceback: a site's own of every name at once, for loading all takes its time."""
    folder = tmp_path_factory.mktemp("fuzz")
    for name, text in zip(FILES, texts, strict=True):
        site(folder, name, text)
    expect_refusal(lambda: Templates.load(folder), TemplatesRefused)
