"""How long what is kept, and who hears where nobody agreed to it; without a term it is kept."""

from pydantic import Field

from config.values import Model, Span, Words


class Retention(Model):
    """Terms after which entries, persons and what the engine itself made are reduced or deleted.

    PIPL art. 19 asks for the shortest time that the purpose needs and gives no number, nor does any
    law of the list in `docs/retention.md`: a number here is the office's own.
    """

    children: Span | None = Field(
        default=None,
        description="儿童离册多久后去标识化 / how long after leaving a child's entry is reduced",
    )
    institutions: Span | None = Field(
        default=None,
        description="机构离册多久后去标识化 / how long after leaving an institution's entry is reduced",
    )
    persons: Span | None = Field(
        default=None,
        description="人员离任多久后去标识化 / how long after leaving a person who was told is reduced",
    )
    records: dict[str, Span] = Field(
        default_factory=dict,
        description="各类记录登记多久后只留日期和结果"
        " / by kind: how long after it was recorded only date and result of a record stay",
    )
    changes: Span | None = Field(
        default=None,
        description="档案变更前的旧内容保留多久 / how long what fields of an entry said before is kept",
    )
    quarantine: Span | None = Field(
        default=None,
        description="导入时隔离的行保留多久 / how long rows that imports set apart are kept",
    )
    imports: Span | None = Field(
        default=None,
        description="导入的文件名和经办账号保留多久 / how long file names and accounts of imports are kept",
    )
    differences: Span | None = Field(
        default=None,
        description="已消除的比对差异保留多久 / how long settled differences to other lists are kept",
    )
    matters: Span | None = Field(
        default=None,
        description="已办结的待处理事项保留多久 / how long closed matters of the office are kept",
    )
    forms: Span | None = Field(
        default=None,
        description="走访登记表的底单保留多久 / how long it is kept what stood in each form",
    )
    legal_hold: Words = Field(
        default=(),
        description="有这些记录的档案一律不去标识化，如 强制报告"
        " / entries with a record of these kinds are never reduced by a term",
    )


class Consent(Model):
    """Who is told of entries without the consent that their age asks for (under 14: a guardian's)."""

    tell: str | None = Field(
        default=None,
        description="缺少同意记录时告知哪个角色；不写则只在 status 和导入结果中列出"
        " / role that is told where consent is missing; none: only status and imports say so",
    )
