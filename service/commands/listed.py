"""Every command by name with its one-line help: known without importing any of them."""

from collections.abc import Mapping

from service.commandline import Listed, in_module


def N_(message: str) -> str:  # noqa: N802 the name by which extractors know a msgid
    """Mark a sentence for the catalogue; it is translated when it is shown."""
    return message


COMMANDS: Mapping[str, Listed] = {
    "init": Listed(
        N_("write a commented configuration, keys, database, samples"), in_module("init")
    ),
    "demo": Listed(N_("show the whole job on a made-up county"), in_module("demo")),
    "check": Listed(N_("check the configuration; every mistake at once"), in_module("check")),
    "import": Listed(N_("bring workbooks into the ledger"), in_module("importing")),
    "record": Listed(N_("record what was done"), in_module("record")),
    "void": Listed(N_("declare a record a mistake"), in_module("void")),
    "ack": Listed(N_("put a matter off for some days"), in_module("ack")),
    "signal": Listed(N_("raise a signal: something happened"), in_module("signal")),
    "answer": Listed(N_("note that somebody has answered"), in_module("answer")),
    "tick": Listed(N_("do one pass and deliver what is due"), in_module("tick")),
    "run": Listed(N_("keep watch: the daemon"), in_module("run")),
    "plan": Listed(N_("show what would be sent, to whom, when"), in_module("plan")),
    "simulate": Listed(
        N_("live through a year on a copy, with people and faults"), in_module("simulate")
    ),
    "explain": Listed(N_("say why, or why not"), in_module("explain")),
    "status": Listed(N_("show how things stand"), in_module("status")),
    "outbox": Listed(N_("look at messages; retry, hold, release them"), in_module("outbox")),
    "silence": Listed(N_("say nothing about something for a while"), in_module("silence")),
    "template": Listed(N_("show messages as they would arrive"), in_module("template")),
    "send-test": Listed(N_("send one test message"), in_module("send_test")),
    "person": Listed(N_("hand over posts; leave; list people"), in_module("person")),
    "user": Listed(N_("who may sign in, and see what"), in_module("user")),
    "link": Listed(N_("links in messages: make, withdraw, list"), in_module("link")),
    "export": Listed(N_("write lists as workbooks"), in_module("export")),
    "calendar": Listed(N_("import days off, terms, exam days and seasons"), in_module("calendars")),
    "backup": Listed(N_("copy the whole database into one file"), in_module("saving", "backup")),
    "restore": Listed(N_("bring a copy back; delivery is held"), in_module("saving", "restore")),
    "subject": Listed(N_("answer requests of those whose data are held"), in_module("subject")),
    "retention": Listed(N_("reduce what has been kept long enough"), in_module("retention")),
    "db": Listed(N_("bring the database to this version"), in_module("db")),
    "keys": Listed(N_("change the keys that seal personal data"), in_module("keys")),
    "audit": Listed(N_("look for anything the engine has missed"), in_module("audit")),
    "doctor": Listed(N_("check this installation"), in_module("doctor")),
}
