"""Checks on channels that reach a group: only totals of one division, for the role that it shares."""

from config.channels.groups import GroupModel
from config.codes import is_code
from config.findings import Finding, Findings, Names
from config.group_channels import group_channels
from config.language import catalogue
from config.model import Configuration
from config.suggest import hint

_ = catalogue("config")

_DIGITS = {"township": 9, "county": 6, "city": 4, "province": 2}
_LONGEST_NAME = 50


def check_group_channels(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with them, and with routes that lead to them."""
    groups = group_channels(configuration)
    for name, group in groups.items():
        yield from _group(configuration, name, group=group, names=names)
    delivery = configuration.delivery
    for section, routes in (("routes", delivery.routes), ("urgent_routes", delivery.urgent_routes)):
        for role, channels in routes.items():
            for number, channel in enumerate(channels):
                if channel in groups and groups[channel].role != role:
                    sentence = _(
                        "“%(name)s” reaches a group, which may only get the totals of the role that it"
                        " names; write role: %(role)s there, or take it out here"
                    )
                    loc = ("delivery", section, role, number)
                    yield Finding(loc, sentence % {"name": channel, "role": role})


def _group(configuration: Configuration, name: str, *, group: GroupModel, names: Names) -> Findings:
    loc = ("channels", name)
    if len(name) > _LONGEST_NAME:
        yield Finding(loc, _("a channel for a group needs a shorter name"), at_key=True)
    if group.role is None or group.region is None:
        sentence = _("this channel reaches a group; write its region and its role")
        yield Finding(loc, sentence, at_key=True)
        return
    if group.role not in names.roles:
        sentence = _("there is no role “%(name)s”.") % {"name": group.role}
        yield Finding((*loc, "role"), sentence + hint(group.role, names.roles))
        return
    digits = _DIGITS.get(configuration.roles[group.role].level)
    if digits is None:
        sentence = _("a group gets totals of a township or more; a village's role cannot be shared")
        yield Finding((*loc, "role"), sentence)
    elif not is_code(group.region) or len(group.region) != digits:
        sentence = _("the region of a group of “%(role)s” has %(digits)s digits")
        yield Finding((*loc, "region"), sentence % {"role": group.role, "digits": digits})
    elif not _overlap(group.region, configuration.site.region):
        sentence = _("the region %(region)s lies outside %(site)s, so this never applies here")
        words = {"region": group.region, "site": configuration.site.region}
        yield Finding((*loc, "region"), sentence % words)


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
