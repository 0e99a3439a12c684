"""The grounds of all kinds of channels: a family of kinds adds its module here."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.channels import (
    grounds,
    grounds_apprise,
    grounds_gateways,
    grounds_robots,
    grounds_vendors,
    grounds_wecom,
)
from tests.channels.grounds import Ground, Situation

_FAMILIES = (
    grounds,
    grounds_robots,
    grounds_wecom,
    grounds_vendors,
    grounds_gateways,
    grounds_apprise,
)

GROUNDS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Ground]]] = {
    kind: ground for family in _FAMILIES for kind, ground in family.GROUNDS.items()
}
SITUATIONS: Mapping[str, frozenset[Situation]] = {
    kind: met for family in _FAMILIES for kind, met in family.SITUATIONS.items()
}
