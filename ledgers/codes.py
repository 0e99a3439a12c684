"""Division codes as such: their lengths, what lies above one, what took its place."""

from collections.abc import Mapping

LENGTHS = (2, 4, 6, 9, 12)
"""Digits of a province, city, county, township and village code."""


def ancestors(code: str) -> tuple[str, ...]:
    """Answer the codes above one, nearest first."""
    return tuple(code[:length] for length in reversed(LENGTHS) if length < len(code))


def current_code(code: str, successors: Mapping[str, str]) -> str:
    """Answer the code in force for one that may be abolished, along the whole chain.

    A township or village whose own successor is not known follows its county or township, with its
    own digits kept.
    """
    passed = {code}
    while (after := _succeeded(code, successors)) not in passed:
        passed.add(after)
        code = after
    return code


def _succeeded(code: str, successors: Mapping[str, str]) -> str:
    for part in (code, *ancestors(code)):
        if part in successors:
            return successors[part] + code[len(part) :]
    return code
