"""Kinds of values on the command line, each refusing in our own words."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from config.labels import labels_in
from config.language import catalogue
from config.suggest import hint

_ = catalogue("service")

_LONGEST_REASON = 64
_LONG_NUMBER = re.compile(r"\d{7,}")


class Day(click.ParamType[date, Any]):
    """A day, written 2027-06-03."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(_("“%(text)s” is no day; write it like 2027-06-03") % {"text": value})


class Moment(click.ParamType[datetime, Any]):
    """An instant; without a zone it is in the site's, which the command knows."""

    name = "YYYY-MM-DDTHH:MM"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                _("“%(text)s” is no moment; write it like 2027-06-03T09:10") % {"text": value}
            )


class Number(click.ParamType[int, Any]):
    """A whole number of a range."""

    name = "N"

    def __init__(self, least: int, most: int) -> None:
        self._least = least
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and self._least <= int(text) <= self._most):
            sentence = _("“%(text)s” is no number from %(least)s to %(most)s")
            self.fail(sentence % {"text": text, "least": self._least, "most": self._most})
        return int(text)


class Word(click.ParamType[str, Any]):
    """One of a few words, or what people call it; answers the word."""

    def __init__(self, name: str, words: Mapping[str, tuple[str, ...]]) -> None:
        self.name = name
        self._words = {
            said.casefold(): word for word, others in words.items() for said in (word, *others)
        }
        self._allowed = [said for word, others in words.items() for said in (word, *others)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = self._words.get(str(value).strip().casefold())
        if found is None:
            sentence = _("“%(text)s” is not known here.") % {"text": value}
            self.fail(sentence + hint(str(value), self._allowed))
        return found


class FilePath(click.ParamType[Path, Any]):
    """A file or folder, whether it is there or not."""

    name = "FILE"

    def __init__(self, name: str = "FILE") -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return Path(value)


class Reason(click.ParamType[str, Any]):
    """A few words that are kept in plain text: nothing that labels or could tell who a child is."""

    name = "TEXT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = " ".join(str(value).split())
        if not 0 < len(text) <= _LONGEST_REASON:
            sentence = _("a reason has 1 to %(most)s letters") % {"most": _LONGEST_REASON}
            self.fail(sentence)
        if labels_in(text) or _LONG_NUMBER.search(text):
            self.fail(_("a reason is kept in plain text: leave out labels, numbers and names"))
        return text
