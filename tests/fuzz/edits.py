"""However a configuration or a template is edited: it is taken up as a whole, or nothing of it is."""

from dataclasses import dataclass
from functools import cache
from itertools import chain

from hypothesis import strategies as st

from alerts.render import SHIPPED_TEMPLATES
from config.settings import DEFAULT_NAMES
from service.outgoing import build_channels, compose_of
from service.reloading import REFUSALS, note_refusal, renew
from service.wiring import Site
from tests.fuzz.county import County
from tests.fuzz.sheets import NASTY
from tests.fuzz.standing import Picture, changed, faults_of, picture_of

OWN = "own-templates"
_TEMPLATE = "zh_CN/director/text.txt"
_NOISE = (
    "{{ '0' * 9 ** 9 }}",
    "{% for a in office %}",
    "{{ nobody.name }}",
    "{% include 'x' %}",
    "{{",
    "#}",
)
_CHUNKS = (
    *(
        "rules: 3\n",
        "  x: &a [*a]\n",
        "\t- :\n",
        "? !!python/object:os.system ls\n",
        "<<: {}\n",
        "{",
        "]",
    ),
    *(
        "templates: ../..\n",
        "version: 2\n",
        "site:\n",
        "channels: {email: {type: file}}\n",
        "\ufeff",
        "\x00",
    ),
    *(
        "roles: {director: null}\n",
        "delivery: {routes: {director: [nowhere]}}\n",
        "timezone: Mars/Base\n",
    ),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is done at one line: it is left out, doubled, shifted, or its value is another."""

    line: int
    how: str
    word: str

    def applied(self, lines: list[str]) -> list[str]:
        """Answer the lines with this change."""
        at = self.line % len(lines)
        key, colon, _value = lines[at].partition(": ")
        new = {
            "drop": [],
            "double": [lines[at], lines[at]],
            "shift": [f"  {lines[at]}"],
            "value": [f"{key}{colon}{self.word}\n"],
            "insert": [lines[at], self.word],
        }
        return [*lines[:at], *new[self.how], *lines[at + 1 :]]


_WORDS = st.sampled_from(NASTY) | st.sampled_from(_CHUNKS) | st.text(max_size=10)
_CHANGES = st.lists(
    st.builds(
        Change,
        line=st.integers(0, 400),
        how=st.sampled_from(["drop", "double", "shift", "value", "value", "insert"]),
        word=_WORDS,
    ),
    max_size=2,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """The files of a site after somebody has worked on them. `template` None: the shipped ones."""

    settings: tuple[Change, ...]
    moves_operator: bool
    template: str | None

    def write(self, county: County) -> None:
        """Put the edited files in their place."""
        name = DEFAULT_NAMES[0]
        lines = (county.prepared / name).read_text("utf-8").splitlines(keepends=True)
        for change in self.settings:
            lines = change.applied(lines)
        text = "".join(lines)
        if self.moves_operator:
            text = text.replace("email: ", "email: new.", 1)
        if self.template is not None:
            text += f"\ntemplates: {OWN}\n"
        path = county.folder / OWN / _TEMPLATE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((self.template or "").encode("utf-8", "replace"))
        (county.folder / name).write_bytes(text.encode("utf-8", "replace"))


@cache
def _shipped() -> str:
    return (SHIPPED_TEMPLATES / _TEMPLATE).read_text("utf-8")


@st.composite
def _templates(draw: st.DrawFn) -> str:
    pieces = _shipped().split("{")
    at = draw(st.integers(0, len(pieces)))
    odd = draw(st.sampled_from([*_NOISE, ""]) | st.text(max_size=12))
    return "{".join(chain(pieces[:at], [odd] if odd else [], pieces[at:]))


edits: st.SearchStrategy[Edit] = st.builds(
    Edit,
    settings=_CHANGES.map(tuple),
    moves_operator=st.booleans(),
    template=st.none() | _templates(),
)


def is_taken_up_whole_or_not_at_all(county: County, edit: Edit) -> None:
    """Reload as a running daemon does: a refusal leaves a matter for the operator and nothing else."""
    county.put_back()
    edit.write(county)
    with county.open() as site:
        before = picture_of(site.database)
        if not _is_renewed(site, before):
            return
        after = picture_of(site.database)
        assert faults_of(site.database) == []
        renew(site, compose_of, build_channels)
        assert changed(after, picture_of(site.database)) == []


def _is_renewed(site: Site, before: Picture) -> bool:
    try:
        fresh = renew(site, compose_of, build_channels).site
    except REFUSALS as refusal:
        _see_refused(site, refusal, before)
        return False
    today = fresh.today(fresh.clock())
    with fresh.database.writing() as connection:
        fresh.plan(connection, today=today)
    return True


def _see_refused(site: Site, refusal: Exception, before: Picture) -> None:
    """See that nothing is taken up, and that the operator is told of it once."""
    assert changed(before, picture_of(site.database)) == []
    note_refusal(site, refusal, now=site.clock())
    noted = picture_of(site.database)
    assert changed(before, noted) == ["matters", "notices"]
    note_refusal(site, refusal, now=site.clock())
    assert changed(noted, picture_of(site.database)) == []


def does_no_harm_at_the_desk(county: County, edit: Edit) -> None:
    """`check` never writes, and whatever stops at the configuration has touched nothing."""
    county.put_back()
    edit.write(county)
    with county.open() as site:
        before = picture_of(site.database)
    files = _contents(county)
    looked = county.run("check")
    assert (looked.code in {0, 1, 2}, "incident" in looked.err) == (True, False)
    _see(county, before)
    done = county.run("signal", "暴雨", "--region", "柳沟村")
    if done.code == 2:
        _see(county, before)
        assert _contents(county) == files
    done = county.run("tick")
    assert "incident" not in done.err
    with county.open() as site:
        assert faults_of(site.database) == []


def _see(county: County, before: Picture) -> None:
    with county.open() as site:
        assert changed(before, picture_of(site.database)) == []


def _contents(county: County) -> dict[str, bytes]:
    files = (one for one in county.folder.rglob("*") if one.suffix in {".yaml", ".txt"})
    return {str(one): one.read_bytes() for one in files}
