"""Checks on where channels connect to: what is plainly inside must be allowed by name."""

from config.channels.http import HttpModel
from config.channels.mail import SmtpChannel
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration

_ = catalogue("config")


def check_reach(configuration: Configuration, names: Names) -> Findings:
    """Answer the channels whose far side is written as an address that they may not reach.

    What a name leads to is looked at when it is connected to.
    """
    for name, channel in configuration.channels.items():
        if not isinstance(channel, HttpModel | SmtpChannel):
            continue
        reach = channel.reach()
        if reach.refuses_host():
            sentence = _(
                "%(host)s lies on this machine or in an inner network; if that is meant, write "
                "allow_private: [%(host)s] beside it"
            )
            yield Finding(("channels", name), sentence % {"host": reach.host}, at_key=True)
