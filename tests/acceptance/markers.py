"""Markers that no output may show, in all the ways in which bytes could show them."""

import base64
import json
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message as Mail
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile, is_zipfile

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
    "求助内容": "飍馫求助",
    "帮扶编号": "龖齾第七",
}
"""One marker for each sealed field of a child; the last three are the site's own: not declared,
declared with nothing said of who may see it, and declared to be found by its exact value."""

DECLARED = """\
fields:
  children:
    help: {title: 求助内容, type: word}
    aid: {title: 帮扶编号, type: word, storage: keyed}
"""

DIRECTOR = {
    "姓名": "驫鸝",
    "手机号": "15466612345",
    "邮箱": "zz-marker@example.invalid",
    "企业微信": "wxmarker-okapi",
}
SECOND = {"姓名": "鸞麷", "手机号": "15466654321"}
INSTITUTION = {
    "机构名称": "鱻麤院舍",
    "统一社会信用代码": "52990101MJ0000077X",
    "地址": "驫羴路九号",
    "负责人": "纞虋",
    "电话": "09998477123",
    "备注": "讟钃事项",
}
"""One marker for each sealed field of an institution."""

ELSEWHERE = {"姓名": "韊顪", "现住址": "飝厵街二号"}
"""Of a child whom only another system's list has."""

SECRET_URL = "http://127.0.0.1:9/hook/urlmarker-okapi"
SECRET_KEY = "keymarker-of-the-okapi"
CHANNEL_SECRETS = ("urlmarker-okapi", SECRET_KEY)
TOKEN = "tokenmarker-okapi"
"""Secrets of a channel: its address and key, which the configuration holds, and a token it got."""

MARKERS = [
    *(marker for of in (CHILD, DIRECTOR, SECOND, INSTITUTION, ELSEWHERE) for marker in of.values()),
    TOKEN,
    *CHANNEL_SECRETS,
]

NOT_KEPT = (*ELSEWHERE.values(), CHILD["其他情况"], *CHANNEL_SECRETS)
"""What is read or used, and kept nowhere."""

LABELS = ("流动儿童", "家庭生活困难", "2016-05-01")
"""What rules filter on lies in the database in plain, and is shown to nobody who gets a message or
a public list all the same."""


@cache
def spellings(marker: str) -> frozenset[bytes]:
    """Answer the bytes that a marker may stand as: encoded, escaped, in base64 at any offset."""
    plain = marker.encode()
    found = {marker.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    found |= {json.dumps(marker)[1:-1].encode(), quote(marker).encode(), plain.hex().encode()}
    for offset in range(3):
        # What stands beside it shares the letters at both ends.
        coded = base64.b64encode(b"\0" * offset + plain)
        found.add(coded[-(-offset * 4 // 3) : (offset + len(plain)) * 4 // 3])
    return frozenset(found)


def markers_in(content: bytes, markers: Iterable[str] = MARKERS) -> set[str]:
    """Answer the markers that stand somewhere in these bytes, in any spelling."""
    return {marker for marker in markers if any(one in content for one in spellings(marker))}


def unpacked(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file's bytes, and those of what is packed in it; of a mail the head without its `To`."""
    yield str(path), content
    if path.suffix == ".eml":
        mail = message_from_bytes(content)
        head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
        yield f"{path} head", b"\n".join(line for line in head if not line.startswith(b"To: "))
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
