"""Whole ways from a door to the database, each with what may be handed in at it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.county import County
from tests.fuzz.edits import does_no_harm_at_the_desk, edits, is_taken_up_whole_or_not_at_all
from tests.fuzz.files import files, is_taken_or_leaves_no_trace
from tests.fuzz.imports import comes_to_the_same_when_broken_off, is_whole_or_nothing
from tests.fuzz.letting_in import is_let_in_by_nothing_but_the_right_words, knocks
from tests.fuzz.pushes import is_written_whole_or_not_at_all, pushes
from tests.fuzz.sheets import sheets


@dataclass(frozen=True, slots=True)
class WholePath:
    """What may be handed in, what must hold of each, and how many are tried in every run."""

    given: st.SearchStrategy[Any]
    holds: Callable[[County, Any], None]
    examples: int


PATHS: Mapping[str, WholePath] = {
    "cells": WholePath(sheets(), is_whole_or_nothing, 12),
    "interruption": WholePath(
        st.tuples(sheets(), st.integers(0, 7)), comes_to_the_same_when_broken_off, 8
    ),
    "push": WholePath(pushes, is_written_whole_or_not_at_all, 20),
    "link": WholePath(knocks, is_let_in_by_nothing_but_the_right_words, 15),
    "reload": WholePath(edits, is_taken_up_whole_or_not_at_all, 8),
    "desk": WholePath(edits, does_no_harm_at_the_desk, 2),
    "file": WholePath(files(), is_taken_or_leaves_no_trace, 6),
}
