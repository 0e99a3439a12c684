"""Which words in a header mean which field. Built in from county ledgers, extendable in YAML."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from types import MappingProxyType

from config.lean import dataclass
from ledgers.errors import UnknownField
from ledgers.reading.synonyms import (
    CHILD_WORDS,
    EXTRA_WORDS,
    GROUPS,
    IGNORED_WORDS,
    INSTITUTION_WORDS,
    PERSON_WORDS,
    RECORD_WORDS,
    REGION_WORDS,
)
from ledgers.reading.text import word_key
from ledgers.rows import ChildRow, InstitutionRow, PersonRow, RecordRow, RegionRow


class Kind(StrEnum):
    """What the rows of a sheet are."""

    CHILDREN = "children"
    INSTITUTIONS = "institutions"
    PERSONS = "persons"
    RECORDS = "records"
    REGIONS = "regions"


Words = Mapping[str, str]  # word key → field

_FIELDS = {
    kind: frozenset(field.name for field in fields(row)) - {"place", "extras"}
    for kind, row in (
        (Kind.CHILDREN, ChildRow),
        (Kind.INSTITUTIONS, InstitutionRow),
        (Kind.PERSONS, PersonRow),
        (Kind.RECORDS, RecordRow),
        (Kind.REGIONS, RegionRow),
    )
}

# what a father, a mother or a teacher has too
_OF_ANYBODY = frozenset(
    {"name", "id_no", "sex", "born", "phone", "address", "registered_place", "illness", "notes"}
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Header words by kind of sheet; `extras` are columns kept under a name of the site's.

    `ignored` words are known and left out without remark.
    """

    words: Mapping[Kind, Words]
    extras: Mapping[Kind, Words]
    ignored: frozenset[str]
    groups: Mapping[str, Words]

    @staticmethod
    def built_in() -> "Vocabulary":
        """Answer the words that Shouwang ships."""
        return BUILT_IN

    def extended(
        self,
        synonyms: Mapping[str, Sequence[str]],
        *,
        extras: Mapping[str, Sequence[str]] = MappingProxyType({}),
        kind: Kind = Kind.CHILDREN,
    ) -> "Vocabulary":
        """Answer a vocabulary that also knows `synonyms`, a list of words for each field.

        The words win over built-in ones. `extras` keeps further columns of sheets of `kind`.
        """
        unknown = tuple(
            name for name in synonyms if not any(name in known for known in _FIELDS.values())
        )
        if unknown:
            raise UnknownField(unknown)
        words = {
            each: {
                **known,
                **{
                    word_key(word): name
                    for name, given in synonyms.items()
                    if name in _FIELDS[each]
                    for word in given
                },
            }
            for each, known in self.words.items()
        }
        more = {word_key(word): name for name, given in extras.items() for word in given}
        kept = {**self.extras, kind: {**self.extras.get(kind, {}), **more}}
        return replace(self, words=words, extras=kept)

    def field_for(self, kind: Kind, path: Sequence[str]) -> str | None:
        """Answer the field that a column's header means; `path` leads from its group to its leaf.

        `extra:NAME` is an extra field. A leaf under another person's heading (父亲 > 姓名) is not the
        child's: only the longer words (父亲姓名), if somebody named them, count there.
        """
        words, extras = self.words[kind], self.extras.get(kind, {})
        for start in range(len(path) - 1, -1, -1):
            joined = "".join(path[start:])
            group = self._group(path[:start])
            if group is not None and joined in group:
                return group[joined] if group[joined] in _FIELDS[kind] else None
            found = words.get(joined)
            if found is None and joined in extras:
                return f"extra:{extras[joined]}"
            if found is not None and (group is None or _speaks_for_itself(found, joined)):
                return found
        return None

    def is_ignored(self, path: Sequence[str]) -> bool:
        """Tell whether a column without a field is well known all the same, like 序号."""
        return path[-1] in self.ignored or self._group(path[:-1]) is not None

    def _group(self, path: Sequence[str]) -> Words | None:
        """Answer the nearest heading of another person above a leaf, if there is one."""
        for word in reversed(path):
            bare = word.removesuffix("情况").removesuffix("信息").removesuffix("基本")
            if bare in self.groups:
                return self.groups[bare]
        return None


def _speaks_for_itself(field: str, words: str) -> bool:
    """Tell whether words mean the child's field even under another person's heading."""
    return field not in _OF_ANYBODY or words.startswith("监护人")


def _keyed(lines: Mapping[str, str]) -> Words:
    return {word_key(word): field for field, line in lines.items() for word in line.split()}


BUILT_IN = Vocabulary(
    words={
        Kind.CHILDREN: _keyed(CHILD_WORDS),
        Kind.INSTITUTIONS: _keyed(INSTITUTION_WORDS),
        Kind.PERSONS: _keyed(PERSON_WORDS),
        Kind.RECORDS: _keyed(RECORD_WORDS),
        Kind.REGIONS: _keyed(REGION_WORDS),
    },
    extras={Kind.CHILDREN: _keyed(EXTRA_WORDS)},
    ignored=frozenset(map(word_key, IGNORED_WORDS.split())),
    groups={word_key(word): _keyed(leaves) for heads, leaves in GROUPS for word in heads.split()},
)
