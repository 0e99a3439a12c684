"""Division codes: their lengths, those above one, and the one that took its place. Pure."""

from collections.abc import Mapping

LENGTHS = (2, 4, 6, 9, 12)
"""Digits of a province, city, county, township and village code."""

TOWN, VILLAGE = 9, 12


def normal_code(text: str) -> str | None:
    """Answer a code without the zeros that fill it up to 12 digits, or None if it is none."""
    code = text.strip()
    if not code.isascii() or not code.isdigit() or len(code) not in LENGTHS:
        return None
    for shorter in reversed([length for length in LENGTHS if length < len(code)]):
        if code[shorter:].strip("0"):
            break
        code = code[:shorter]
    return code


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
