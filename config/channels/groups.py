"""What an admin writes about a channel that reaches a group, whoever is in it: a robot in a chat."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from config.channels.base import ChannelModel


class GroupModel(ChannelModel):
    """The keys of a channel whose readers are a group of one division and role.

    The group is told what the role is told there, in totals, beside the persons who hold the post.
    """

    region: Annotated[
        str | None, WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d{2,12}$"})
    ] = Field(default=None, description="这个群是哪个区划的 / division the group is for")
    role: str | None = Field(
        default=None, description="这个群按哪个角色接收 / role whose messages the group shares"
    )
    mention: Literal["none", "due", "all"] = Field(
        default="none",
        description="点名提醒谁：none 不点名、due 有到期事项的人、all 全体 / who is called by name",
    )
