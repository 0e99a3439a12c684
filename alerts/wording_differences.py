"""What differs between two lists, in the reader's language: fields, words, kinds."""

from collections.abc import Mapping

from alerts.wording_filters import field_text, word_text
from config.language import catalogue
from config.lean import dataclass
from config.model import Configuration
from ledgers.differing import Kind

_ = catalogue("alerts")

_PLACES = frozenset({"lives_in", "registered_in"})


@dataclass(frozen=True, slots=True)
class Differing:
    """One difference as far as it is put into words; both values None: they are sealed."""

    kind: Kind
    ledger: str
    field: str
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """Says what differs; `places` are names of divisions by code."""

    configuration: Configuration
    places: Mapping[str, str]

    def field(self, one: Differing) -> str:
        """Answer what differs: a field by its title, or the whole entry."""
        if one.kind is not Kind.FIELD:
            return kind_text(one.kind)
        declared = self.configuration.fields.get(one.ledger, {})
        if one.field in declared:
            return declared[one.field].title
        return _sealed().get(one.field) or field_text(one.field)

    def values(self, one: Differing) -> tuple[str, str]:
        """Answer both values; of sealed fields only that they differ."""
        if one.kind is not Kind.FIELD:
            return "", ""
        if one.ours is None and one.theirs is None:
            return _("(sealed)"), _("differs")
        return self._value(one, one.ours), self._value(one, one.theirs)

    def _value(self, one: Differing, text: str | None) -> str:
        if text is None:
            return _("(nothing)")
        if one.field in _PLACES:
            return self.places.get(text, text)
        if one.field == "level":
            levels = {level.id: level.title for level in self.configuration.levels}
            return levels.get(text, text)
        return word_text(one.field, text)


def kind_text(kind: Kind) -> str:
    """Answer what kind of difference it is."""
    return {
        Kind.FIELD: _("a field differs"),
        Kind.ONLY_HERE: _("only in our ledger"),
        Kind.ONLY_THERE: _("only in the other list"),
    }[kind]


def _sealed() -> dict[str, str]:
    return {
        "name": _("name of the entry"),
        "id_no": _("ID number"),
        "phone": _("phone"),
        "address": _("address"),
        "school": _("school"),
        "illness": _("health"),
        "guardian": _("guardian"),
        "notes": _("notes"),
        "principal": _("principal"),
        "registered_place": _("place of registration"),
    }
