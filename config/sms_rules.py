"""What vendors of SMS in China refuse in a template, by vendor (DOMAIN.md D5, D6, D8)."""

import re
import unicodedata
from collections.abc import Iterator

from config.language import catalogue
from config.lean import dataclass

_ = catalogue("config")

LONGEST = 500

_SIGNS = frozenset("#→←↑↓※★☆◆◇■□●○△▲▼①②③④⑤⑥⑦⑧⑨⑩√×♥♀♂℃№￥@^*|~`<>\\")
_LINK = re.compile(
    r"https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|gov|top|xyz|cc|me)\b", re.IGNORECASE
)
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|[48]00-?\d{3}-?\d{4})(?!\d)")
_UNSUBSCRIBE = ("拒收请回复R", "退订回T", "回T退订", "拒收回R")
_FORBIDDEN = ("党政", "中央", "贷款", "发票", "中奖", "免费领", "代开", "博彩")


@dataclass(frozen=True, slots=True)
class SmsRules:
    """What one vendor refuses. `needs_template`: it sends nothing else."""

    needs_template: bool = False
    takes_signs: bool = True
    takes_traditional: bool = True
    takes_phones: bool = True
    refused_words: tuple[str, ...] = ()


ALIYUN = SmsRules(True, False, False, False, (*_UNSUBSCRIBE, *_FORBIDDEN))
TENCENT = SmsRules(True, False, True, False, _FORBIDDEN)


def refusals(text: str, rules: SmsRules, *, links: bool) -> Iterator[str]:
    """Yield a sentence for everything in a template's fixed text that would be refused."""
    if "【" in text or "】" in text:
        yield _("leave 【】 out: the signature is put before the text by itself")
    if not links and (link := _LINK.search(text)):
        yield _("a link (%(text)s) may not stand here; write links: on to allow it") % {
            "text": link[0]
        }
    if not rules.takes_phones and _PHONE.search(text):
        yield _("the vendor refuses texts with a phone number")
    if not rules.takes_signs and (signs := _signs(text)):
        yield _("the vendor refuses these signs: %(signs)s") % {"signs": " ".join(signs)}
    if not rules.takes_traditional and (found := sorted(filter(_is_traditional, set(text)))):
        yield _("write simplified characters instead of: %(signs)s") % {"signs": " ".join(found)}
    for word in rules.refused_words:
        if word in text:
            yield _("the vendor refuses “%(word)s”") % {"word": word}


def _signs(text: str) -> list[str]:
    """Answer the signs no vendor takes; 【】 have a sentence of their own."""
    return sorted(
        {sign for sign in text if sign in _SIGNS or unicodedata.category(sign) in {"So", "Co"}}
    )


def _is_traditional(letter: str) -> bool:
    """Tell what Taiwan's old table of characters has and the mainland's has not."""
    return _is_in(letter, "big5") and not _is_in(letter, "gb2312")


def _is_in(letter: str, table: str) -> bool:
    try:
        return bool(letter.encode(table))
    except UnicodeEncodeError:
        return False
