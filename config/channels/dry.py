"""What an admin writes about channels that send nothing: dry runs and tests."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from config.channels.base import MAIL_WORDS, ChannelModel


class MemoryChannel(ChannelModel):
    """Keeps messages in memory: dry runs and tests."""

    type: Literal["memory"] = Field(
        description="渠道类型：memory 仅存内存，试运行用 / type of channel: memory only, for dry runs"
    )


class FileChannel(ChannelModel):
    """Writes each message as an .eml file into a folder."""

    WORDS: ClassVar[tuple[str, ...]] = MAIL_WORDS

    type: Literal["file"] = Field(
        description="渠道类型：file 存成 .eml 文件 / type of channel: one .eml file each"
    )
    folder: str = Field(description="存放文件夹 / folder the files go to")
    from_: Annotated[str | None, Field(alias="from")] = Field(
        default=None, description="发件人 / the sender"
    )
    language: str | None = Field(
        default=None, description="邮件标明的语言，如 zh-CN / what Content-Language says"
    )
