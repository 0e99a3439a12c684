"""Marker values in every sealed field, planted by real files, and a search through all that is made."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from email.message import Message as Mail
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest
import structlog
from sqlalchemy import select

from ledgers.tables import metadata
from service.cli import World, run
from service.liveness import Signs
from service.metrics import Figures
from service.reporting import look, page_for
from tests.acceptance.office import LAUNCH, Cell, Office, open_office, write_sheets

CHILD = {
    "姓名": "龘靐",
    "身份证号": "990101201605011238",
    "监护人": "齉爩",
    "联系电话": "15477712345",
    "现住址": "麤鱻街七号",
    "就读学校": "灪龗小学",
    "病情": "厵滟症",
    "备注": "爨癵说明",
    "户籍所在地": "籱饢省外",
    "其他情况": "驦鑸情况",
}
"""One marker for each sealed field of a child; the last is a column of the site's own."""

DIRECTOR = {"姓名": "驫鸝", "手机号": "15466612345", "邮箱": "zz-marker@example.invalid"}
SECOND = {"姓名": "鸞麷", "手机号": "15466654321"}
INSTITUTION = {
    "机构名称": "鱻麤院舍",
    "统一社会信用代码": "52990101MJ0000077X",
    "地址": "驫羴路九号",
    "负责人": "纞虋",
    "电话": "0999-8477123",
    "备注": "讟钃事项",
}
"""One marker for each sealed field of an institution."""

ELSEWHERE = {"姓名": "韊顪", "现住址": "飝厵街二号"}
"""Of a child whom only another system's list has."""

SUPERVISOR = "dudao@example.invalid"
FILE_CHANNEL = (
    """\
    type: smtp
    host: smtp.example.invalid
    port: 587
    security: starttls
    from: 演示县民政局 <noreply@example.invalid>
""",
    "    type: file\n    folder: 已发\n",
)
MARKERS = [
    marker for of in (CHILD, DIRECTOR, SECOND, INSTITUTION, ELSEWHERE) for marker in of.values()
]
_QUARANTINED = 3
_TO = re.compile(rb"^To: .*$", re.MULTILINE)


@dataclass
class Court:
    """Everything that was made, to be searched: by what it is, its bytes."""

    office: Office
    log: StringIO
    said: dict[str, bytes] = field(default_factory=dict)

    def ask(self, *words: str) -> int:
        """Run a command; keep what it said."""
        out, err = StringIO(), StringIO()
        config = ["--config", str(self.office.folder / "本县设置.yaml")]
        code = run([*config, *words], World(out, err, {}, self.office.clock))
        log_to(self.log)
        self.said[f"shouwang {' '.join(words[:2])} {len(self.said)}"] = (
            out.getvalue() + err.getvalue()
        ).encode()
        return code

    def found(self, *, besides: tuple[str, ...] = ()) -> set[tuple[str, str]]:
        """Answer where a marker stands: (where, which)."""
        return {
            (where, marker)
            for where, content in self.everything()
            if not where.startswith(besides)
            for marker in MARKERS
            for encoding in ("utf-8", "utf-16-le", "gb18030")
            if marker.encode(encoding) in content
        }

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """Yield what was said, logged, stored and written to files."""
        yield "log", self.log.getvalue().encode()
        yield from self.said.items()
        with self.office.site.database.reading() as connection:
            for table in metadata.sorted_tables:
                for row in connection.execute(select(table)):
                    yield f"table {table.name}", b"\0".join(_bytes(value) for value in row)
        for path in sorted(self.office.folder.rglob("*")):
            if path.is_file():
                yield from unpacked(path.relative_to(self.office.folder), path.read_bytes())


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def unpacked(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file's bytes, and those of what is packed in it."""
    yield str(path), content
    if path.suffix == ".eml":
        mail = message_from_bytes(content)
        yield f"{path} head", _TO.sub(b"", content.partition(b"\r\n\r\n")[0])
        for part in mail.walk():
            yield from _of_part(path, part)
    elif is_zipfile(BytesIO(content)):
        yield from _of_zip(path, content)


def _of_part(path: Path, part: Mail) -> Iterator[tuple[str, bytes]]:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        yield f"{path} {part.get_content_type()}", payload
        if is_zipfile(BytesIO(payload)):
            yield from _of_zip(path, payload)


def _of_zip(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    with ZipFile(BytesIO(content)) as packed:
        for name in packed.namelist():
            yield f"{path} {name}", packed.read(name)


def log_to(stream: StringIO) -> None:
    """Log everything, libraries included."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.DEBUG, stream=stream, force=True)


@pytest.fixture
def court(
    tmp_path: Path, bare_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Court]:
    """Answer an office whose files held the markers, after a month of its life."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", bare_database_url)
    log = StringIO()
    log_to(log)
    with open_office(tmp_path, bare_database_url, FILE_CHANNEL) as office:
        found = Court(office, log)
        plant(found)
        live(found)
        yield found
    structlog.reset_defaults()
    logging.basicConfig(level=logging.WARNING, force=True)


def plant(court: Court) -> None:
    """Import people and children; some rows cannot be taken, one file cannot be read."""
    folder = court.office.folder
    people: list[list[Cell]] = [
        ["姓名", "类型", "手机号", "邮箱", "乡镇", "职责范围"],
        ["赵示例", "儿童督导员", "15400000001", SUPERVISOR, "柳河镇", None],
        [DIRECTOR["姓名"], "儿童主任", DIRECTOR["手机号"], DIRECTOR["邮箱"], "柳河镇", "青山村"],
        [SECOND["姓名"], "儿童主任", SECOND["手机号"], None, "柳河镇", "柳沟村"],
        [SECOND["姓名"], "不知道", SECOND["手机号"], None, "柳河镇", "柳沟村"],
        [DIRECTOR["姓名"], "儿童主任", SECOND["手机号"], None, "柳河镇", "石门村"],
    ]
    good: list[Cell] = [
        "柳河镇",
        "青山村",
        *CHILD.values(),
        date(2016, 5, 1),
        "流动儿童",
        "家庭生活困难",
    ]
    last: list[Cell] = [LAUNCH - timedelta(days=87), LAUNCH - timedelta(days=300)]
    heads: list[Cell] = [
        "乡镇",
        "村",
        *CHILD,
        "出生日期",
        "人群类别",
        "重点关爱情形",
        "最近联系日期",
        "最近走访日期",
    ]
    bad: list[list[Cell]] = [
        [*good[:2], *good[2:12], "去年", *good[13:], *last],
        [*good[:3], "99010120160501", *good[4:], *last],
        ["柳河镇", None, *good[2:3], None, *good[4:], *last],
        [*good[:2], "鸜龘", *good[3:12], date(2015, 1, 1), *good[13:], *last],
    ]
    other: list[Cell] = [*good[:2], "王示例", None, *good[4:], *last]
    write_sheets(folder / "人员.xlsx", {"人员": people})
    write_sheets(folder / "台账.xlsx", {"台账": [heads, [*good, *last], other, *bad]})
    (folder / "坏的.xlsx").write_bytes(b"PK\3\4" + "龘靐".encode() * 50)
    (folder / "乱的.csv").write_text("龘靐,15477712345\n麤鱻街七号\n", encoding="gb18030")
    for name in ("人员.xlsx", "台账.xlsx", "坏的.xlsx", "乱的.csv", "台账.xlsx"):
        court.ask("import", str(folder / name))
    court.ask("--json", "import", str(folder / "台账.xlsx"))
    changed: list[Cell] = [*good[:6], "麤鱻街八号", *good[7:], *last]
    write_sheets(folder / "台账.xlsx", {"台账": [heads, changed, other]})
    court.ask("import", str(folder / "台账.xlsx"))
    plant_beside(court, heads, changed)


def plant_beside(court: Court, heads: list[Cell], known: list[Cell]) -> None:
    """Import institutions, one of them in doubt, and compare another system's list."""
    folder = court.office.folder
    home: list[Cell] = [*INSTITUTION.values(), "福利院", "柳河镇"]
    nowhere: list[Cell] = [*INSTITUTION.values(), "福利院", "不知处"]
    grid: list[list[Cell]] = [[*INSTITUTION, "机构类型", "所属区划"], home, nowhere]
    write_sheets(folder / "机构.xlsx", {"机构": grid})
    other: list[Cell] = [*known[:7], "灪龗中学", *known[8:]]
    stranger: list[Cell] = [*known[:2], ELSEWHERE["姓名"], None, *known[4:6], ELSEWHERE["现住址"]]
    write_sheets(folder / "对方.xlsx", {"导出": [heads, other, stranger]})
    assert court.ask("import", str(folder / "机构.xlsx")) == _QUARANTINED
    for words in (("import",), ("--json", "import")):
        assert court.ask(*words, str(folder / "对方.xlsx"), "--compare") == 0


def live(court: Court) -> None:
    """Let a month pass, with everything a daemon and its people do."""
    office = court.office
    for day in (LAUNCH + timedelta(days=n) for n in (0, 3, 7, 10, 14, 30, 35)):
        office.move(day)
        court.ask("tick")
    for words in (
        ("record", "青山-01", "visit", "--result", "未联系上"),
        ("explain", "青山-01"),
        ("--json", "explain", "青山-02"),
        ("explain", "柳河机构-01"),
        ("record", "柳河机构-01", "visit"),
        ("status",),
        ("--json", "status"),
        ("outbox", "list"),
        ("plan",),
        ("doctor",),
        ("check",),
        ("audit",),
        ("person", "leave", "龘靐"),
        ("explain", "龘靐"),
        ("record", "龘靐", "visit"),
        ("export", "overdue", str(office.folder / "逾期.xlsx")),
        ("export", "visits", str(office.folder / "走访.xlsx")),
        ("export", "outcomes", str(office.folder / "结果.xlsx")),
        ("export", "differences", str(office.folder / "差异.xlsx")),
        ("export", "statistics", str(office.folder / "统计.xlsx"), "--period", "2027Q1"),
    ):
        court.ask(*words)
    watch(court)


def watch(court: Court) -> None:
    """Do what the daemon does each half minute, and ask its port."""
    site, now = court.office.site, court.office.clock()
    signs, figures = Signs("office", now, now), Figures()
    look(site, signs, figures, now=now)
    (court.office.folder / "liveness.json").write_text(signs.as_json(now), encoding="utf-8")
    for path in ("/healthz", "/metrics"):
        court.said[path] = page_for(path, site, signs, figures).body


SOURCES = ("人员.xlsx", "台账.xlsx", "机构.xlsx", "对方.xlsx", "坏的.xlsx", "乱的.csv")


@pytest.mark.slow
def test_no_marker_is_anywhere(court: Court) -> None:
    """Not in the database, its files, mails, exports, answers, logs or signs; paper is the exception."""
    assert list((court.office.folder / "已发").glob("*.eml"))
    asked = ("shouwang person leave", "shouwang explain 龘靐", "shouwang record 龘靐")
    assert mailed_beside_to(court) == set()
    mails = tuple(f"已发/{path.name}" for path in (court.office.folder / "已发").iterdir())
    found = court.found(besides=(*SOURCES, *asked, *mails))
    assert found == set()
    assert_only_paper_names_a_child(court)


def mailed_beside_to(court: Court) -> set[tuple[str, str]]:
    """Answer the markers in mails, but for the address in the head's `To`."""
    return {
        (where, marker)
        for path in (court.office.folder / "已发").iterdir()
        for where, content in list(unpacked(path, path.read_bytes()))[1:]
        for marker in MARKERS
        if marker.encode() in content
    }


def assert_only_paper_names_a_child(court: Court) -> None:
    """The roster names whom it must, and the rows to mend are as they were; no other export does."""
    folder = court.office.folder
    assert (
        court.ask("export", "roster", str(folder / "对照.xlsx"), "--person", DIRECTOR["手机号"])
        == 0
    )
    assert court.ask("export", "quarantine", str(folder / "改.xlsx")) == 0
    named = {
        where.partition(" ")[0]
        for where, marker in court.found(besides=SOURCES)
        if where.partition(" ")[0].endswith(".xlsx")
    }
    assert named == {"对照.xlsx", "改.xlsx"}
