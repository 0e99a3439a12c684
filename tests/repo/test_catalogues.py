"""Every sentence a user reads exists in Chinese, and no translation outlives its sentence."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.repo.tracked import PACKAGES, ROOT

MARKS = {"_": None, "N_": None}
"""`_` translates now; `N_` only marks a sentence that is translated later."""

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_translated(package: str) -> None:
    """A sentence in the code has its Chinese one."""
    assert _sentences(package) - set(_translated(package)) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_translation_is_stale(package: str) -> None:
    """A translation whose sentence left the code leaves too."""
    assert set(_translated(package)) - _sentences(package) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_translations_keep_their_placeholders(package: str) -> None:
    """What is filled in is filled in in both languages."""
    for message in _translated(package).values():
        assert _placeholders(message.id) == _placeholders(message.string), message.id


@pytest.mark.parametrize("package", PACKAGES)
def test_translations_are_chinese_and_settled(package: str) -> None:
    """No translation is left in English or marked as uncertain."""
    for message in _translated(package).values():
        assert _CHINESE.search(str(message.string)) or not re.search(r"[a-z]{4}", _words(message))
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_speaks_from_its_own_catalogue(package: str) -> None:
    """`catalogue("alerts")` in another package would look in the wrong file."""
    named = {
        name
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r'= catalogue\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert named <= {package}


@cache
def _sentences(package: str) -> frozenset[str]:
    found = extract_from_dir(
        ROOT / package, method_map=[("**.py", "python")], keywords=dict(MARKS), comment_tags=()
    )
    return frozenset(sentence for _, _, sentence, _, _ in found if isinstance(sentence, str))


@cache
def _translated(package: str) -> dict[str, Message]:
    path = ROOT / package / "locale" / "zh_CN" / "LC_MESSAGES" / f"{package}.po"
    if not path.exists():
        return {}
    with path.open("rb") as stream:
        catalogue: Catalog = read_po(stream, locale="zh_CN", abort_invalid=True)
    return {str(message.id): message for message in catalogue if message.id and message.string}


def _placeholders(text: object) -> list[str]:
    return sorted(set(_PLACEHOLDER.findall(str(text))))


def _words(message: Message) -> str:
    return _PLACEHOLDER.sub("", str(message.string))
