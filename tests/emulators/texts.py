"""SMS that a vendor's stand-in took, and the templates it approved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

VARIABLE = re.compile(r"\$\{(\w+)\}|\{(\d+)\}")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass
class Sms:
    """One that was taken. `arrived` None: the carrier has not said."""

    number: str
    out_id: str
    reference: str
    code: str
    text: str
    at: datetime
    arrived: bool | None = None
    said_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Template:
    """An approved text, with variables as the vendor writes them: `${list}` or `{1}`."""

    text: str
    approved: bool = True

    @property
    def variables(self) -> list[str]:
        """Answer their names in order."""
        return [match[1] or match[2] for match in VARIABLE.finditer(self.text)]

    def filled(self, values: Mapping[str, str]) -> str:
        """Answer the text with its variables."""
        return VARIABLE.sub(lambda match: values[match[1] or match[2]], self.text)


def has_link(value: str) -> bool:
    """Tell whether a variable holds what vendors refuse in one."""
    return _LINK.search(value) is not None
