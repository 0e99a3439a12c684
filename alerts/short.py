"""An SMS: as many village numbers as there is room for, the most pressing first, then “等N户”. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from alerts.gist import Gist, Things
from alerts.render import Templates
from alerts.views import DueView, ListView, ShortView
from channels.sms_text import SmsShape
from config.channels.sms import VARIABLE, ApprovedText
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """How much a channel's SMS may hold: so many parts, each variable so many characters."""

    shape: SmsShape
    parts: int = 1
    longest_variable: int = 35


@dataclass(frozen=True, slots=True)
class Short:
    """A finished SMS without its signature; `variables` fill the approved text, in its order."""

    text: str
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShortWriter:
    """Puts the gist of a notice into an SMS of a language."""

    templates: Templates
    language: str
    room: Room

    def write(self, kind: str, gist: Gist) -> Short:
        """Write with the site's templates, cut to fit; raises as `Templates.render` does."""
        for things, brief in ((gist.things, False), (gist.things, True)):
            text = self.templates.sms(kind, self.language, self._view(gist, things, brief=brief))
            if self.room.shape.fits(text, self.room.parts):
                return Short(text)

        def written(things: Things) -> str:
            view = self._view(gist, things, brief=True)
            return self.templates.sms(kind, self.language, view)

        text = written(_most(gist.things.undated(), lambda it: self._fits(written(it))))
        return Short(self.room.shape.cut(text, self.room.parts))

    def fill(self, approved: ApprovedText, gist: Gist) -> Short:
        """Fill an approved text; its list is cut so that both it and the whole fit."""

        def filled(things: Things) -> Short:
            return self._filled(approved, self._view(gist, things, brief=True))

        def fits(things: Things) -> bool:
            short = filled(things)
            longest = max((len(value) for _name, value in short.variables), default=0)
            return longest <= self.room.longest_variable and self._fits(short.text)

        if fits(gist.things):
            return filled(gist.things)
        return self._shortened(approved, filled(_most(gist.things.undated(), fits)))

    def _fits(self, text: str) -> bool:
        return self.room.shape.fits(text, self.room.parts)

    def _view(self, gist: Gist, things: Things, *, brief: bool) -> ShortView:
        listed = ListView(
            villages=things.villages,
            areas=things.areas,
            concerns=things.concerns,
            dated=things.dated,
            named=gist.is_named,
            total=len(gist.things),
            cut=len(things) < len(gist.things),
        )
        line = gist.things.most_pressing()
        piece = self.templates.piece
        return replace(
            gist.view,
            brief=brief,
            dated=things.dated or line is None,
            list=piece("_list.txt", self.language, listed) if gist.things else "",
            due=piece("_due.txt", self.language, DueView(line)) if line else "",
        )

    def _filled(self, approved: ApprovedText, view: ShortView) -> Short:
        values = {name: shown(view, name) for name in approved.variables()}
        return _fill(approved, values)

    def _shortened(self, approved: ApprovedText, short: Short) -> Short:
        """Cut each variable to the longest a vendor takes: a name that no list's cut can shorten."""
        most = self.room.longest_variable
        return _fill(approved, {name: value[:most] for name, value in short.variables})


def shown(view: ShortView, name: str) -> str:
    """Answer a field of a view as a variable; empty ones are `无`, for vendors refuse them."""
    value = getattr(view, name)
    text = view.today.iso if name == "today" else str(value)
    return text or "无"


def _fill(approved: ApprovedText, values: Mapping[str, str]) -> Short:
    text = VARIABLE.sub(lambda match: values[match[1]], approved.text)
    return Short(text, tuple((name, values[name]) for name in approved.variables()))


def _most(things: Things, fits: Callable[[Things], bool]) -> Things:
    """Answer as much of a list as fits: its longest beginning; at worst nothing of it."""
    if fits(things):
        return things
    sizes: Sequence[int] = range(len(things))
    low, high = 0, len(sizes) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if fits(things.first(middle)):
            low = middle
        else:
            high = middle - 1
    return things.first(low)
