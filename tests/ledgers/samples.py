"""A small fictional county for tests of the ledger."""

from datetime import UTC, date, datetime

from config.model import RecordKind, Role
from ledgers.sealing import Keyring, Vault

SITE = "990101"
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
VAULT = Vault(Keyring.create())

ROLES = {
    "director": Role(title="儿童主任", level="village", up="supervisor", aliases=("村儿童主任",)),
    "supervisor": Role(title="儿童督导员", level="township", up="county"),
    "county": Role(title="县民政局儿童福利工作人员", level="county"),
}
RECORDS = {
    "contact": RecordKind(title="联系"),
    "visit": RecordKind(title="入户走访", counts_as=("contact",)),
    "update": RecordKind(title="信息更新"),
}
