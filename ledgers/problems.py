"""What can be wrong with a row, and one plain sentence for each; never with a personal value."""

from enum import StrEnum

from config.language import catalogue
from ledgers.import_problems import import_sentence
from ledgers.rows import Problem

_ = catalogue("ledgers")


class ProblemCode(StrEnum):
    """Everything that the reading of a sheet can object to."""

    COLUMN_UNKNOWN = "column-unknown"
    CREDIT_CODE_MALFORMED = "credit-code-malformed"
    DATE_AMBIGUOUS = "date-ambiguous"
    DATE_IMPOSSIBLE = "date-impossible"
    DATE_MISSING = "date-missing"
    DATE_TWO_DIGIT_YEAR = "date-two-digit-year"
    DATE_UNREADABLE = "date-unreadable"
    DATE_WITHOUT_MONTH = "date-without-month"
    DATE_WITHOUT_YEAR = "date-without-year"
    EMAIL_MALFORMED = "email-malformed"
    FILLED_DOWN = "filled-down"
    ID_BIRTH_DIFFERS = "id-birth-differs"
    ID_BIRTH_IMPOSSIBLE = "id-birth-impossible"
    ID_CHECKSUM = "id-checksum"
    ID_DAMAGED = "id-damaged"
    ID_DIVISION_UNKNOWN = "id-division-unknown"
    ID_MALFORMED = "id-malformed"
    ID_SEX_DIFFERS = "id-sex-differs"
    NAME_MISSING = "name-missing"
    NOT_A_NUMBER = "not-a-number"
    NUMBER_MALFORMED = "number-malformed"
    NUMBER_MISSING = "number-missing"
    PHONE_DAMAGED = "phone-damaged"
    PHONE_LANDLINE = "phone-landline"
    PHONE_MALFORMED = "phone-malformed"
    PHONE_TWO_NUMBERS = "phone-two-numbers"
    REGION_CODE_MALFORMED = "region-code-malformed"
    REGION_CODE_MISSING = "region-code-missing"
    WORD_UNKNOWN = "word-unknown"


def N_(message: str) -> str:  # noqa: N802 the name by which extractors know a msgid
    """Mark a sentence for the catalogue; it is translated when it is shown."""
    return message


_SENTENCES = {
    ProblemCode.COLUMN_UNKNOWN: N_(
        "this column is not known and was left out; name it as a synonym or an extra field to keep it"
    ),
    ProblemCode.CREDIT_CODE_MALFORMED: N_(
        "this is no unified social credit code: it has 18 characters; it was left out"
    ),
    ProblemCode.DATE_AMBIGUOUS: N_(
        "January or October? The workbook holds a number; type the date as 2024-01-01 or as text"
    ),
    ProblemCode.DATE_IMPOSSIBLE: N_("there is no such day; please correct the date"),
    ProblemCode.DATE_MISSING: N_(
        "the date is missing, but other columns of the line are filled in"
    ),
    ProblemCode.DATE_TWO_DIGIT_YEAR: N_(
        "which year is meant? Please write it with four digits, such as 2024"
    ),
    ProblemCode.DATE_UNREADABLE: N_("this is not a date; please write it like 2024-03-05"),
    ProblemCode.DATE_WITHOUT_MONTH: N_("which month is meant? Please write it like 2024-03"),
    ProblemCode.DATE_WITHOUT_YEAR: N_("which year is meant? Please write it like 2024-03-05"),
    ProblemCode.EMAIL_MALFORMED: N_("this is no e-mail address and was left out"),
    ProblemCode.FILLED_DOWN: N_(
        "blank cells in this column were taken to repeat the cell above; please check"
    ),
    ProblemCode.ID_BIRTH_DIFFERS: N_(
        "the birth date in the ID number is not the one in the column; please check which is right"
    ),
    ProblemCode.ID_BIRTH_IMPOSSIBLE: N_("the ID number contains a birth date that does not exist"),
    ProblemCode.ID_CHECKSUM: N_(
        "the last character of the ID number does not fit; please check it"
    ),
    ProblemCode.ID_DAMAGED: N_(
        "the workbook kept this ID number as a number and lost its last digits;"
        " format the cell as text and type it again"
    ),
    ProblemCode.ID_DIVISION_UNKNOWN: N_(
        "the first six digits of the ID number are no division known today;"
        " an abolished one is fine, a typing error is not"
    ),
    ProblemCode.ID_MALFORMED: N_(
        "this is no ID number: it has 18 characters, old ones 15; it was left out"
    ),
    ProblemCode.ID_SEX_DIFFERS: N_(
        "the sex in the ID number is not the one in the column; please check which is right"
    ),
    ProblemCode.NAME_MISSING: N_("the line has no name, and nothing else to know its person by"),
    ProblemCode.NOT_A_NUMBER: N_("this is no number, such as 3; it was left out"),
    ProblemCode.NUMBER_MALFORMED: N_("this is no village number such as 青山-03; it was left out"),
    ProblemCode.NUMBER_MISSING: N_("the line was filled in, but has no number such as 青山-03"),
    ProblemCode.PHONE_DAMAGED: N_(
        "the workbook shortened this phone number; format the cell as text and type it again"
    ),
    ProblemCode.PHONE_LANDLINE: N_("this is a landline: it cannot receive text messages"),
    ProblemCode.PHONE_MALFORMED: N_("this is no phone number and was left out"),
    ProblemCode.PHONE_TWO_NUMBERS: N_("the cell holds several phone numbers; the first was taken"),
    ProblemCode.REGION_CODE_MALFORMED: N_("a division code has 2, 4, 6, 9 or 12 digits"),
    ProblemCode.REGION_CODE_MISSING: N_("the line has a name, but no division code"),
    ProblemCode.WORD_UNKNOWN: N_(
        "this word is not one of those known for the column and was kept as it stands"
    ),
}


def problem_sentence(problem: Problem) -> str:
    """Answer what is wrong and what to do, in the current language; the place is not in it.

    A code from elsewhere is shown as it is.
    """
    sentence = code_sentence(problem.code)
    if not problem.allowed:
        return sentence
    allowed = "、".join(problem.allowed)
    return _("%(sentence)s; allowed here: %(allowed)s") % {"sentence": sentence, "allowed": allowed}


def code_sentence(code: str) -> str:
    """Answer the sentence of a problem's code, in the current language."""
    known = {str(code): sentence for code, sentence in _SENTENCES.items()}
    if code in known:
        return _(known[code])
    return import_sentence(code) or code
