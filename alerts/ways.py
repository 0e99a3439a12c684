"""Which ways of being told the routes offer to each role, in the words of a county's lists."""

from alerts.directory import GROUP, RouteTable
from config.model import Configuration
from ledgers.preferences import Way, Ways


def ways_of(configuration: Configuration) -> Ways:
    """Answer the channels of each role that reach one person, the usual ones before urgent ones."""
    tables = [RouteTable.of(configuration, urgent=urgent) for urgent in (False, True)]
    return {
        role: [
            Way(name, configuration.channels[name].WORDS, kind)
            for name, kind in dict(
                pair for table in tables for pair in table.routes.get(role, ())
            ).items()
            if not kind.startswith(GROUP)
        ]
        for role in configuration.roles
    }
