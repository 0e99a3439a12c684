"""Fields that a site adds to a ledger, with what they hold, who may see them, how they are kept."""

from typing import Annotated, Literal

from pydantic import Field

from config.values import Model, Words


class ExtraField(Model):
    """A declared field. What is not said is protected: secret and sealed."""

    title: str = Field(description="字段名称，也是表格的列名 / title people read, and header word")
    type: Literal["word", "set", "date", "number", "yes-no"] = Field(
        description="内容：word 一个词、set 几个词、date 日期、number 整数、yes-no 是或否"
        " / what it holds: a word, several words, a date, a whole number, yes or no"
    )
    words: Words = Field(
        default=(), description="只能取这些词，不写则不限 / the only words it may hold; none: any"
    )
    class_: Annotated[Literal["public", "personal", "secret"], Field(alias="class")] = Field(
        default="secret",
        description="谁可以看：public 公开、personal 个人、secret 保密 / who may see it",
    )
    storage: Literal["plain", "sealed", "keyed"] = Field(
        default="sealed",
        description="怎样保存：plain 明文（规则可用）、sealed 加密、keyed 加密且可精确查找"
        " / how it is kept: plain (rules may look at it), sealed, or keyed for exact look-up",
    )
