"""What is odd but not wrong is a warning; addresses and labels are looked at closely."""

from pathlib import Path

import pytest

from config.checks import is_address
from config.labels import LABELLING_WORDS, labels_in
from config.language import speaking
from config.loader import read

SMALLEST = (Path(__file__).parent / "good" / "smallest.yaml").read_text("utf-8")


def warnings(folder: Path, old: str, new: str) -> list[str]:
    """Answer the warnings about a configuration with one thing changed, in English."""
    path = folder / "f.yaml"
    assert old in SMALLEST
    path.write_text(SMALLEST.replace(old, new), "utf-8")
    with speaking("en"):
        return [str(one) for one in read(path, {}).warnings]


def test_an_unused_group_is_a_warning(tmp_path: Path) -> None:
    """A group that no rule uses watches nobody."""
    assert warnings(tmp_path, "groups:\n", "groups:\n  spare: {ledger: children}\n") == [
        "f.yaml:26:3: groups.spare: no rule uses the group “spare”"
    ]


def test_an_unused_channel_and_route_are_warnings(tmp_path: Path) -> None:
    """They may be there for later, but somebody may also have forgotten a rule."""
    new = "channels:\n  spare: {type: memory}\n"
    assert warnings(tmp_path, "channels:\n", new) == [
        "f.yaml:60:3: channels.spare: no route uses the channel “spare”"
    ]
    new = "  other: {title: 甲, level: city}\nrecords:\n"
    both = warnings(tmp_path, "records:\n", new)
    assert both == []
    new = "  routes:\n    unused: [email]\n"
    path = tmp_path / "f.yaml"
    text = path.read_text("utf-8").replace("  other:", "  unused:").replace("  routes:\n", new)
    path.write_text(text, "utf-8")
    with speaking("en"):
        assert [one.sentence for one in read(path, {}).warnings] == [
            "no rule tells “unused”, so this route is never used"
        ]


def test_a_role_without_a_slot_uses_the_usual_one(tmp_path: Path) -> None:
    """The configuration loads, and says which slot is used."""
    old = '    supervisor:\n      days: [monday, thursday]\n      at: "08:40"\n'
    assert warnings(tmp_path, old, "") == [
        (
            "f.yaml:49:3: delivery.digest: “supervisor” has no slot under delivery.digest; "
            "Monday at 09:00 is used"
        )
    ]


def test_an_override_elsewhere_is_a_warning(tmp_path: Path) -> None:
    """A province's rule set speaks of all its cities; one above this site applies to all of it."""
    rule = '    regions: {"1301": {every: 2 months}, "99": {every: 2 months}}\n    say: 联系\n'
    assert warnings(tmp_path, "    say: 联系\n", rule) == [
        (
            "f.yaml:37:15: rules.quarterly-contact.regions.1301: the region 1301 lies outside "
            "990101, so this never applies here"
        )
    ]


def test_an_unprotected_password_is_a_warning(tmp_path: Path) -> None:
    """On a closed network it may be so; nobody should do it unknowingly."""
    new = "    security: none\n    username: u\n    password: p\n    host: smtp"
    assert "unprotected" in warnings(tmp_path, "    host: smtp", new)[0]


@pytest.mark.parametrize(
    "text", ["a@b.invalid", "演示 <a@b.invalid>", '"演示, 县" <a.b+c@d.invalid>', "a@局域网"]
)
def test_addresses(text: str) -> None:
    """With a display name or without."""
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "@b", "a@", "a b@c", "a@b, c@d", "a@b\nBcc: c@d", "<a@b", "甲 <a>"]
)
def test_what_is_no_address(text: str) -> None:
    """Least of all a second header."""
    assert not is_address(text)


@pytest.mark.parametrize("word", LABELLING_WORDS)
def test_labelling_words_are_found_wherever_they_stand(word: str) -> None:
    """Inside other words, and with spaces between their letters."""
    assert labels_in(f"请看{word}者") == labels_in(" ".join(word))
    assert word in labels_in(f"请看{word}者")


@pytest.mark.parametrize("word", ["联系", "走访", "信息更新", "安全提醒", "材料核对", "叫应"])
def test_what_is_to_be_done_is_no_label(word: str) -> None:
    """The words of the shipped rules pass; a site's own words count too."""
    assert labels_in(word) == []
    assert labels_in(word, [word]) == [word]
