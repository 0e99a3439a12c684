"""Names of divisions anywhere in the country: the site's own list first, then the official one."""

from collections.abc import Collection

from sqlalchemy import Connection

from ledgers.codes import normal_code
from ledgers.reading.counties import COUNTY, counties_called, national_names
from ledgers.regions import region_names


def division_names(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Answer the names of codes inside or outside the site; one that nobody knows stays a code."""
    known = region_names(connection, codes)
    country = national_names()
    return {code: known.get(code) or country.get(code) or code for code in codes}


def division_of(text: str) -> str | None:
    """Answer the code of a county, township or village elsewhere: by code, or a county by name.

    None if it is neither, or if several counties are called so.
    """
    bare = "".join(text.split())
    code = normal_code(bare)
    if code is not None:
        return code if len(code) >= COUNTY else None
    found = counties_called(bare)
    return found[0] if len(found) == 1 else None
