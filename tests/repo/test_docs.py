"""The documentation: every link leads somewhere, every page can be found, every command exists."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from channels.registry import kinds, settings_of
from tests.repo.tracked import ROOT, tracked_files

PAGES = sorted(str(path) for path in tracked_files() if path.suffix == ".md")
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_CODE = {"fence", "code_block", "code_inline"}
_MAKE = re.compile(r"^make (?:-C \S+ )?([a-z]+)", re.MULTILINE)
_CHANNEL_PAGES = ("channels", "channels-sms")
_ELSEWHERE = re.compile(r"[a-z]+:")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """A link names a file that is there, and a heading in it."""
    assert [link for link in _links(page) if not _leads_somewhere(page, link)] == []


def test_every_page_can_be_found() -> None:
    """From README.md a reader comes to each page of docs/; a link to a folder shows all in it."""
    seen: set[str] = set()
    ahead = ["README.md"]
    while ahead:
        page = ahead.pop()
        if page not in seen:
            seen.add(page)
            ahead += _pages_behind(page)
    assert {page for page in PAGES if page.startswith("docs/")} - seen == set()


def test_named_commands_can_be_made() -> None:
    """Each `make x` in the documentation is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    codes = [code for page in PAGES for code in _codes(page)]
    named = {target for code in codes for target in _MAKE.findall(code)}
    assert named - targets == set()


def test_both_languages_say_the_same_commands() -> None:
    """The Chinese README shows the same commands in the same order."""
    english, chinese = _commands("README.md"), _commands("README.zh-CN.md")
    assert english == chinese
    assert english, "the README shows commands"


@pytest.mark.parametrize("kind", kinds())
def test_channels_are_described(kind: str) -> None:
    """Each kind of channel has a section, and each of its settings a row."""
    text = "".join((ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in _CHANNEL_PAGES)
    _, _, section = text.partition(f"\n## {kind}\n")
    rows = "".join(re.findall(r"^\|(.*?)\|", section.split("\n## ")[0], re.MULTILINE))
    assert {name for name in settings_of(kind) if f"`{name}`" not in rows} == set()


def test_decisions_are_numbered_once() -> None:
    """Two decisions never share a number."""
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert sorted(numbers) == sorted(set(numbers))


@cache
def _tokens(page: str) -> list[Token]:
    return _MARKDOWN.parse((ROOT / page).read_text(encoding="utf-8"))


def _codes(page: str) -> list[str]:
    inside = [child for token in _tokens(page) for child in token.children or ()]
    return [token.content for token in (*_tokens(page), *inside) if token.type in _CODE]


def _links(page: str) -> list[str]:
    inside = [child for token in _tokens(page) for child in token.children or ()]
    found = [str(child.attrs.get("href") or child.attrs.get("src") or "") for child in inside]
    return [link for link in found if link and not _ELSEWHERE.match(link)]


def _target(page: str, link: str) -> tuple[Path, str]:
    path, _, anchor = unquote(link).partition("#")
    return (ROOT / page).parent / path if path else ROOT / page, anchor


def _leads_somewhere(page: str, link: str) -> bool:
    target, anchor = _target(page, link)
    if not target.exists() or not target.resolve().is_relative_to(ROOT):
        return False
    return not anchor or anchor in _anchors(str(target.resolve().relative_to(ROOT)))


@cache
def _anchors(page: str) -> frozenset[str]:
    tokens = _tokens(page)
    headings = [
        tokens[index + 1].content
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    return frozenset(_slug(heading) for heading in headings)


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _pages_behind(page: str) -> list[str]:
    targets = {str(_target(page, link)[0].resolve().relative_to(ROOT)) for link in _links(page)}
    return [each for each in PAGES if each in targets or str(Path(each).parent) in targets - {"."}]


def _commands(page: str) -> list[str]:
    blocks = [token.content for token in _tokens(page) if token.info in {"sh", "console"}]
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
