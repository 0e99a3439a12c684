"""How each channel wants a notice: in which form, for whom, and how much room there is."""

from collections.abc import Mapping
from dataclasses import field

from alerts.short import Room
from channels.protocol import Form, ReaderClass
from channels.registry import traits_of
from channels.sms_text import SmsShape
from config.channels.groups import GroupModel
from config.channels.sms import SmsWriting
from config.channels.types import ChannelSettings
from config.lean import dataclass
from config.model import Configuration


@dataclass(frozen=True, slots=True)
class Voice:
    """One channel's. `address` is the kind of address it needs, "" for a group's own channel.

    `group`: the division whose totals its readers get; None: one person reads it.
    """

    form: Form = Form.MAIL
    address: str = "email"
    group: str | None = None
    mention: str = "none"
    room: Room = field(default_factory=lambda: Room(SmsShape()))
    writing: SmsWriting = field(default_factory=SmsWriting)


MAIL = Voice()
"""A channel that is not configured any more: what was for it may still find another route."""


def voices_of(configuration: Configuration) -> Mapping[str, Voice]:
    """Answer the voice of each configured channel, by name."""
    return {
        name: voice_of(settings, configuration.site.region)
        for name, settings in configuration.channels.items()
    }


def voice_of(settings: ChannelSettings, site: str) -> Voice:
    """Answer the voice of one channel; a group that names no division is for all of `site`."""
    traits = traits_of(settings.type, settings.model_dump(include={"address", "reader_class"}))
    writing = settings if isinstance(settings, SmsWriting) else SmsWriting()
    shape = SmsShape(writing.signature or "", gsm7=bool(getattr(settings, "gsm7", False)))
    group = mention = None
    if traits.reader_class is ReaderClass.GROUP:
        group = site
        if isinstance(settings, GroupModel):
            group, mention = settings.region or site, settings.mention
    return Voice(
        form=traits.form,
        address=traits.address.value if traits.address else "",
        group=group,
        mention=mention or "none",
        room=Room(shape, writing.parts, writing.longest_variable),
        writing=writing,
    )


def parts_of(configuration: Configuration) -> Mapping[str, int]:
    """Answer as how many parts of SMS one message of a channel is billed at most; others have none."""
    return {
        name: voice.room.parts
        for name, voice in voices_of(configuration).items()
        if voice.form is Form.SMS
    }
