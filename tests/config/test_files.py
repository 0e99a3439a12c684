"""Several files make one configuration: includes, encodings, and what goes wrong with them."""

from pathlib import Path

import pytest

from config.duties import DutyRule
from config.errors import ConfigurationErrors
from config.language import speaking
from config.loader import load, read
from config.tree import MAX_BYTES

SMALLEST = (Path(__file__).parent / "good" / "smallest.yaml").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Answer a folder with a rule set `base.yaml`."""
    (tmp_path / "base.yaml").write_text(SMALLEST, "utf-8")
    return tmp_path


def write(path: Path, text: str) -> Path:
    """Write a file and answer its path."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def refusal(path: Path) -> str:
    """Answer what is wrong, in English."""
    with speaking("en"), pytest.raises(ConfigurationErrors) as caught:
        load(path, {})
    return "\n".join(map(str, caught.value.problems))


def test_the_including_file_overrides_key_by_key(folder: Path) -> None:
    """What it does not name stays as included; both files are watched."""
    text = "include: base.yaml\nsite: {name: 某县}\nrules: {quarterly-contact: {every: 2个月}}\n"
    main = write(folder / "main.yaml", text)
    loaded = read(main, {})
    assert loaded.configuration.site.name == "某县"
    assert loaded.configuration.site.region == "990101"
    rule = loaded.configuration.rules["quarterly-contact"]
    assert isinstance(rule, DutyRule)
    assert str(rule.every) == "2 months"
    assert [path.name for path in loaded.files] == ["main.yaml", "base.yaml"]


def test_lists_replace(folder: Path) -> None:
    """Steps written anew are the only steps."""
    steps = "rules:\n  quarterly-contact:\n    steps: [{at: 5 days, tell: director}]\n"
    main = write(folder / "main.yaml", "include: base.yaml\n" + steps)
    assert [step.key for step in load(main, {}).rules["quarterly-contact"].steps] == ["+5 days"]


def test_null_takes_a_rule_away(folder: Path) -> None:
    """A shipped rule that a county does not want is set to null."""
    main = write(folder / "main.yaml", "include: base.yaml\nrules: {quarterly-contact: null}\n")
    loaded = read(main, {})
    assert not loaded.configuration.rules
    assert any("key-care" in one.sentence for one in loaded.warnings)


def test_a_mistake_is_told_in_the_file_it_stands_in(folder: Path) -> None:
    """Each value remembers its own file and line."""
    write(folder / "base.yaml", SMALLEST.replace("done_by: contact", "done_by: contakt"))
    main = write(folder / "main.yaml", "include: base.yaml\nsite: {nam: 某县}\n")
    assert refusal(main).splitlines() == [
        (
            "base.yaml:40:14: rules.quarterly-contact.done_by: there is no record kind “contakt”. "
            "Did you mean “contact”?"
        ),
        "main.yaml:2:8: site.nam: unknown key “nam”. Did you mean “name”?",
    ]


def test_includes_may_be_several_and_nested(folder: Path) -> None:
    """Later files of the list override earlier ones."""
    write(folder / "more" / "one.yaml", "site: {name: 一}\ntimezone: Asia/Urumqi\n")
    write(folder / "more" / "two.yaml", "include: one.yaml\nsite: {name: 二}\n")
    main = write(folder / "main.yaml", "include: [base.yaml, more/two.yaml]\n")
    configuration = load(main, {})
    assert configuration.site.name == "二"
    assert configuration.timezone == "Asia/Urumqi"


def test_a_circle_of_includes_is_refused(folder: Path) -> None:
    """The sentence draws the circle."""
    write(folder / "one.yaml", "include: two.yaml\n")
    write(folder / "two.yaml", "include: one.yaml\n")
    expected = "these files include each other: one.yaml → two.yaml → one.yaml"
    assert refusal(folder / "one.yaml") == f"two.yaml:1:10: {expected}"


def test_files_that_include_many_others_are_stopped(folder: Path) -> None:
    """Doubling at each file ends at thirty reads."""
    for number in range(10):
        write(folder / f"f{number}.yaml", f"include: [f{number + 1}.yaml, f{number + 1}.yaml]\n")
    write(folder / "f10.yaml", "site: {}\n")
    assert "more than 30 files" in refusal(folder / "f0.yaml")


def test_an_include_stays_inside_the_folder(folder: Path) -> None:
    """Neither an absolute path nor a link leads out."""
    write(folder / "inside" / "main.yaml", "include: link.yaml\n")
    (folder / "inside" / "link.yaml").symlink_to(folder / "base.yaml")
    assert "outside this configuration's folder" in refusal(folder / "inside" / "main.yaml")


def test_a_missing_file_is_named(folder: Path) -> None:
    """The file asked for, with what it may have been."""
    assert refusal(folder / "bsae.yaml").startswith("bsae.yaml:1:1: there is no file bsae.yaml.")
    assert "Did you mean “base”?" in refusal(folder / "bsae.yaml")


def test_a_folder_is_no_file(folder: Path) -> None:
    """What the system says is passed on."""
    assert "cannot be read" in refusal(folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_editors_write_is_read(folder: Path, encoding: str) -> None:
    """With a mark at the start or without."""
    main = folder / "main.yaml"
    main.write_text(SMALLEST, encoding)
    assert load(main, {}).site.name == "演示县民政局"


def test_another_encoding_is_named_with_its_first_place(folder: Path) -> None:
    """GBK is not guessed at: a wrong guess would change a name."""
    main = folder / "main.yaml"
    main.write_bytes(SMALLEST.encode("gb18030"))
    expected = "the file is not in UTF-8; save it again with the encoding UTF-8"
    assert refusal(main) == f"main.yaml:3:9: {expected}"


def test_a_huge_file_is_not_read(folder: Path) -> None:
    """A megabyte and no more is taken into memory."""
    main = write(folder / "main.yaml", "a" * (MAX_BYTES + 1))
    assert "larger than" in refusal(main)


def test_an_included_file_without_keys_is_not_passed_over(folder: Path) -> None:
    """One long text is nearly always a file of full-width colons."""
    write(folder / "rules.yaml", "rules：\n  某规则：\n    every：2个月\n")
    main = write(folder / "main.yaml", "include: [base.yaml, rules.yaml]\n")
    assert [line.split(" full")[0] for line in refusal(main).splitlines()] == [
        "rules.yaml:1:6:",
        "rules.yaml:2:6:",
        "rules.yaml:3:10:",
    ]
    write(folder / "rules.yaml", "- every: 2 months\n")
    assert refusal(main).startswith("rules.yaml:1:1: expected keys with values")


def test_an_include_left_empty_is_as_if_not_written(folder: Path) -> None:
    """Like any other key."""
    assert load(write(folder / "main.yaml", "include:\n" + SMALLEST), {}).version == 1


@pytest.mark.parametrize("include", ["{a: b}", "[[a]]", "''", "null"])
def test_an_include_that_names_no_file_is_refused(folder: Path, include: str) -> None:
    """A file name or a list of them."""
    main = write(folder / "main.yaml", f"include: {include}\n" + SMALLEST)
    assert "include names a file" in refusal(main)


def test_a_syntax_error_in_an_included_file_is_told_there(folder: Path) -> None:
    """And what the missing rules would have been is not told."""
    write(folder / "rules.yaml", "rules: [\n")
    main = write(folder / "main.yaml", "include: rules.yaml\n")
    assert refusal(main).startswith("rules.yaml:1:")
