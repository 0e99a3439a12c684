"""Which passwords are taken: long ones that nobody guesses soon (NIST SP 800-63B, 3.1.1).

No rules of composition and no expiry: both make people write down `Password2027!`.
"""

import re
import unicodedata
from collections.abc import Collection

from config.language import catalogue
from ledgers.access.errors import PasswordRefused
from ledgers.access.passwords import normal

_ = catalogue("ledgers")

LEAST, MOST = 12, 128
"""Letters of a password."""

_ESTIMATED = 64
"""Letters that are looked at: the effort grows with their square."""

_STRONG = 3
"""Of 0 to 4: more than 10⁸ guesses (zxcvbn)."""

_OWN_WORDS = 3
"""Letters of a name from which on it must not stand in the password."""

_NUMBERS = re.compile(
    r"\d{17}[\dxX]|1[3-9]\d{9}|(19|20)\d\d((0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))?"
)
"""ID numbers, mobile phones, birthdays: colleagues know them, and an estimate takes them for chance."""

_HABITS = (
    *("woaini", "woaiwojia", "woaizuguo", "aini1314", "5201314", "1314520", "520520", "7758521"),
    *("woaiwode", "wodemima", "mima", "mimamima", "nihao", "woshishui", "zaijian", "laopo"),
    *("laogong", "baobei", "tiantian", "xiaoxiao", "meimei", "gege", "mama", "baba", "jiayou"),
    *("caonima", "wocao", "taobao", "weixin", "qq123456", "a123456", "a123456789", "aa123456"),
    *("abc123456", "admin123", "guanliyuan", "xitong", "zhongguo", "beijing", "shanghai"),
    *("hebei", "guizhou", "henan", "minzheng", "minzhengju", "ertong", "ertongzhuren", "xiangcun"),
    *("cunweihui", "zhengfu", "shouwang", "jiating", "pingan", "facai", "wanshiruyi", "xingfu"),
    *("守望", "民政局", "儿童主任", "我爱你", "密码", "管理员", "平安", "村委会", "一二三四五六"),
)
"""Words that people here build passwords of, beside those of the estimate itself."""


def check(password: str, own_words: Collection[str]) -> None:
    """Refuse a new password that is not good enough.

    `own_words` are what others know of its user: the name, the name to sign in, the site.

    Raises:
        PasswordRefused: with what is wrong; the password itself is never in the sentence.
    """
    text = normal(password)
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise PasswordRefused(_("a password has no control characters; type it anew"))
    if len(text) < LEAST:
        raise PasswordRefused(
            _("a password has at least %(least)s letters; a few words in a row are good")
            % {"least": LEAST}
        )
    if len(text) > MOST:
        raise PasswordRefused(_("a password has at most %(most)s letters") % {"most": MOST})
    own = [normal(word).casefold() for word in own_words if len(normal(word)) >= _OWN_WORDS]
    if any(word in text.casefold() for word in own):
        raise PasswordRefused(_("a password holds no name of its user or site; choose another"))
    if _is_soon_guessed(_NUMBERS.sub("", text), own):
        raise PasswordRefused(
            _(
                "this password would be guessed soon; a few words that do not belong together are good"
            )
        )


def _is_soon_guessed(text: str, own: list[str]) -> bool:
    if not text:
        return True
    # Frequency lists of 10 MB, which only whoever sets a password needs.
    from zxcvbn import zxcvbn

    found = zxcvbn(text[:_ESTIMATED], user_inputs=[*own, *_HABITS])
    return int(found["score"]) < _STRONG
