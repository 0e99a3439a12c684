"""What an admin writes about any channel that asks its far side over HTTP."""

from pydantic import Field

from config.channels.base import ChannelModel
from config.channels.endpoints import CaFile, Connections
from config.channels.waits import Wait


class HttpModel(ChannelModel):
    """The keys of the connection itself."""

    ca_file: CaFile = None
    timeout: Wait | None = Field(
        default=None,
        description="一次请求最多等多久，默认 30 秒 / longest wait for one request; 30 seconds",
    )
    connections: Connections = 8
