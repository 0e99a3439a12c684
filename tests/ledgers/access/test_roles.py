"""Roles: what each may do, and which divisions fit it."""

import pytest

from ledgers.access.errors import UserRefused
from ledgers.access.roles import Right, Role, may, scope_for

SEES_FILES = {Right.READ_FILE, Right.EXPORT_NAMES}


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_who_keeps_it_running_or_looks_after_it_sees_no_file(role: Role) -> None:
    """Neither names nor files, and nothing that could be done with them."""
    assert not any(may(role, right) for right in SEES_FILES | {Right.RECORD, Right.ERASE})


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.ERASE, {Role.COUNTY}),
        (Right.RELEASE, {Role.COUNTY, Role.OPERATOR}),
        (Right.MANAGE_USERS, {Role.OPERATOR}),
        (Right.MANAGE_KEYS, {Role.OPERATOR}),
        (Right.READ_AUDIT, {Role.COUNTY, Role.AUDITOR}),
        (Right.EXPORT_NAMES, {Role.COUNTY, Role.TOWNSHIP}),
        (Right.READ_FILE, {Role.COUNTY, Role.TOWNSHIP, Role.DIRECTOR}),
    ],
)
def test_what_is_grave_is_for_few(right: Right, roles: set[Role]) -> None:
    """Whoever is not named here may not."""
    assert {role for role in Role if may(role, right)} == roles


def test_without_divisions_the_county_sees_its_site_and_a_township_is_refused() -> None:
    """A township without a division would see nothing, or by mistake everything."""
    assert scope_for(Role.COUNTY, [], site="990101").regions == {"990101"}
    with pytest.raises(UserRefused, match="--region"):
        scope_for(Role.TOWNSHIP, [], site="990101")


@pytest.mark.parametrize(
    ("role", "region"),
    [
        (Role.TOWNSHIP, "990101"),
        (Role.DIRECTOR, "990101001"),
        (Role.COUNTY, "9901"),
        (Role.COUNTY, "990102"),
        (Role.TOWNSHIP, "990102001"),
    ],
)
def test_a_division_too_wide_or_elsewhere_is_refused(role: Role, region: str) -> None:
    """A director has villages, a township its own, and nobody another county."""
    with pytest.raises(UserRefused, match=region):
        scope_for(role, [region], site="990101")
    assert scope_for(role, ["990101001002"], site="990101").covers("990101001002")
