"""A strict stand-in for a gateway of one's own that sends approved texts only, and takes JSON or a form."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from tests.emulators.http import Asked, HttpEmulator, Said
from tests.emulators.texts import Template

KEY = "key-of-the-gateway"
TEMPLATES = {
    "T1": Template("您好，${village}有${total}户待办：${list}，请按时办理。"),
    "T2": Template("您有待办提醒，请查看工作台账。"),
    "T3": Template("尚未通过的模板。", approved=False),
}
UNPROVEN, NO_TEMPLATE, OTHER_VARIABLES, TOO_LONG = 101, 301, 302, 303
_LONGEST = 35


class TemplateGateway(HttpEmulator):
    """Puts variables into its own texts; `sent` holds number and text."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []

    def answer(self, asked: Asked) -> Said:
        """Take a message whose variables are just those of its text."""
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return _says(UNPROVEN)
        said = _object(asked)
        template = TEMPLATES.get(str(said.get("tpl")))
        if template is None or not template.approved:
            return _says(NO_TEMPLATE)
        values = _values(said.get("params"), template)
        if values is None or set(values) != set(template.variables):
            return _says(OTHER_VARIABLES)
        if any(not 0 < len(value) <= _LONGEST for value in values.values()):
            return _says(TOO_LONG)
        self.sent.append((str(said["mobile"]), template.filled(values)))
        return _says(0)


def _object(asked: Asked) -> Mapping[str, object]:
    if asked.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(asked.body))
    return dict(parse_qsl(asked.body.decode(), keep_blank_values=True))


def _values(params: object, template: Template) -> Mapping[str, str] | None:
    """Read an object, a list, or a text with | between; None: there are too many or too few."""
    if isinstance(params, str):
        params = params.split("|") if params else []
    if isinstance(params, list):
        names = template.variables
        return dict(zip(names, params, strict=True)) if len(names) == len(params) else None
    return dict(params) if isinstance(params, dict) else None


def _says(code: int) -> Said:
    return Said(json.dumps({"code": code, "data": {"id": "g-1"}}).encode())
