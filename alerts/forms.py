"""走访登记表: the workbook a supervisor's mail carries, to be filled in and imported back.

It holds village numbers and no names. A hidden sheet names the form and the person who returns it.
The same rows under the same form id make the same bytes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import BytesIO

from sqlalchemy import Connection

from alerts.inserting import insert_new
from alerts.items import Item
from alerts.lines import Strength
from alerts.tables import form_lines
from channels.protocol import Attachment
from config.labels import labels_in
from config.lean import dataclass
from config.model import Configuration
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.kinds import kind_of_word
from ledgers.rows import FORM_SHEET
from ledgers.tables import forms

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Not translated: these words are how the form is recognised when it comes back.
TITLE = "走访登记表"
NOTE = "办完一项填一行，没办的留空。日期写成 2027-06-03。只填编号，不要写姓名。"
HEADINGS = (
    "村",
    "编号",
    "事项",
    "期限",
    "办理日期",
    "方式",
    "结果",
    "见到儿童本人",
    "情况是否正常",
)
CHOICES = {
    5: ("入户", "电话", "视频", "到校"),
    6: ("已完成", "未联系上", "已搬离", "拒绝"),
    7: ("是", "否"),
    8: ("是", "否"),
}

_WIDTHS = {0: 14, 1: 13, 2: 14, 3: 13, 4: 14, 5: 9, 6: 12, 7: 14, 8: 14}
_FILL_IN = frozenset({4, 5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its id, whose it is, when it was made, and the lines it asks for."""

    id: str
    person_id: str
    made_at: datetime
    items: tuple[Item, ...]


def form_id(notice_id: str, revision: int) -> str:
    """Answer the id of a notice's form: one for each revision, 32 hex digits."""
    return hashlib.sha256(f"form {notice_id}.{revision}".encode()).hexdigest()[:32]


def form_items(items: Iterable[Item], configuration: Configuration) -> tuple[Item, ...]:
    """Choose a form's lines: for each entry the strongest acts, in the order items come.

    An act whose word would not be understood when the form comes back stands there with the word or
    the title of its record kind, unless that labels children. What no record closes stands in no form.
    """
    strength = Strength.of(configuration)
    by_entry: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.kind in configuration.records:
            by_entry[item.entry_id].append(item)
    return tuple(
        _understood(kept, configuration)
        for of_entry in by_entry.values()
        for kept in strength.strongest(of_entry)
    )


def _understood(item: Item, configuration: Configuration) -> Item:
    about = configuration.records.get(item.kind)
    if about is None or kind_of_word(configuration.records, item.act) == item.kind:
        return item
    word = about.says or about.title
    if labels_in(word, configuration.labelling_words):
        return item
    return item._replace(act=word)


def keep_form(connection: Connection, form: Form) -> None:
    """Write down which lines a form asks for, so that it is known when it comes back; idempotent."""
    insert_new(
        connection,
        forms,
        [{"id": form.id, "person_id": form.person_id, "made_at": form.made_at}],
    )
    lines = [
        {"form_id": form.id, "entry_id": item.entry_id, "kind": item.kind} for item in form.items
    ]
    insert_new(connection, form_lines, lines)


def make_form(form: Form, names: Mapping[str, str], *, day: date) -> Attachment:
    """Write the workbook. `names` are the villages', by division code; `day` stands in its name."""
    stream = BytesIO()
    sheets = (_page(form, names), _hidden(form))
    write_workbook(stream, sheets, created=form.made_at, is_small=True)
    return Attachment(f"{TITLE}-{day.isoformat()}.xlsx", XLSX, stream.getvalue())


def _page(form: Form, names: Mapping[str, str]) -> SheetPlan:
    return SheetPlan(
        title=TITLE,
        heading=TITLE,
        note=NOTE,
        headings=HEADINGS,
        rows=[
            (
                names.get(item.lives_in, item.lives_in),
                item.number,
                item.act,
                item.due_on,
                *([None] * len(_FILL_IN)),
            )
            for item in form.items
        ],
        widths=_WIDTHS,
        fill_in=_FILL_IN,
        choices=CHOICES,
        landscape=True,
    )


def _hidden(form: Form) -> SheetPlan:
    return SheetPlan(
        title=FORM_SHEET,
        headings=("form", form.id),
        rows=[("person", form.person_id)],
        hidden_sheet=True,
    )
