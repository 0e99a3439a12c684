"""What an admin writes about any channel that asks its far side over HTTP."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from config.channels.base import ChannelModel
from config.channels.endpoints import AllowedPrivate, CaFile, Connections
from config.channels.waits import Wait
from config.reach import Reach

_FAR_SIDE = ("url", "endpoint", "api")
"""Keys that hold the address asked: the first that is written counts."""


class HttpModel(ChannelModel):
    """The keys of the connection itself."""

    ca_file: CaFile = None
    allow_private: AllowedPrivate = ()
    timeout: Wait | None = Field(
        default=None,
        description="一次请求最多等多久，默认 30 秒 / longest wait for one request; 30 seconds",
    )
    connections: Connections = 8

    @property
    def far_side(self) -> str:
        """Answer the address that is asked; it may hold a key."""
        written = (getattr(self, name, None) for name in _FAR_SIDE)
        address = next((one for one in written if one), "")
        return address.get_secret_value() if isinstance(address, SecretStr) else address

    def reach(self) -> Reach:
        """Answer the one host it asks, and where that may lie."""
        return Reach.of(urlsplit(self.far_side).hostname or "", self.allow_private)
