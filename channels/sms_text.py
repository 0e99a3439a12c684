"""How much an SMS holds, and how many parts a text makes: with 【signature】, as gateways bill. Pure."""

from config.lean import dataclass

_EXTENDED = frozenset("\f^{}\\[~]|€")
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


@dataclass(frozen=True, slots=True)
class Coding:
    """How many characters one SMS holds: `alone`, or each of `several` that are shown as one."""

    alone: int
    several: int

    def parts(self, length: int) -> int:
        """Answer how many SMS a text of so many characters makes; an empty one still makes one."""
        return 1 if length <= self.alone else -(-length // self.several)

    def room(self, parts: int) -> int:
        """Answer how many characters fit into so many SMS."""
        return self.alone if parts == 1 else self.several * parts


UCS2 = Coding(70, 67)
"""Chinese, and whatever GSM 03.38 cannot say: 140 bytes, less 6 of header where there are several."""

GSM7 = Coding(160, 153)
"""The basic alphabet of GSM 03.38, where a gateway says that it uses it."""


@dataclass(frozen=True, slots=True)
class SmsShape:
    """How a gateway sends texts: what it puts before them, and whether it saves on plain Latin ones."""

    signature: str = ""
    gsm7: bool = False

    def whole(self, text: str) -> str:
        """Answer a text as it arrives."""
        return f"【{self.signature}】{text}" if self.signature else text

    def parts(self, text: str) -> int:
        """Answer how many SMS a text makes with the signature."""
        whole = self.whole(text)
        coding = self._coding(whole)
        return coding.parts(_length(whole, coding))

    def fits(self, text: str, parts: int) -> bool:
        """Say whether a text makes no more than so many SMS."""
        return self.parts(text) <= parts

    def cut(self, text: str, parts: int) -> str:
        """Answer as much of a text as so many SMS hold, ended by … where it was cut."""
        if self.fits(text, parts):
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.fits(text[:middle] + "…", parts):
                low = middle
            else:
                high = middle - 1
        return text[:low] + "…"

    def _coding(self, whole: str) -> Coding:
        is_plain = self.gsm7 and all(letter in _BASIC or letter in _EXTENDED for letter in whole)
        return GSM7 if is_plain else UCS2


def _length(whole: str, coding: Coding) -> int:
    """Count as the coding does: a character beyond the BMP, or an escaped one, counts two."""
    if coding is GSM7:
        return len(whole) + sum(letter in _EXTENDED for letter in whole)
    return len(whole) + sum(ord(letter) > 0xFFFF for letter in whole)
