"""Which channels reach a group: whoever reads along, and nobody's own address."""

from config.channels.groups import GroupModel
from config.channels.types import ChannelSettings
from config.model import Configuration


def group_channels(configuration: Configuration) -> dict[str, GroupModel]:
    """Answer the channels whose readers are a group, by name."""
    return {
        name: settings
        for name, settings in configuration.channels.items()
        if isinstance(settings, GroupModel) and _has_no_address(settings)
    }


def _has_no_address(settings: ChannelSettings) -> bool:
    return getattr(settings, "address", "none") == "none"
