"""The ledger's tables. Columns named `sealed_*` are encrypted, `*_key` are keyed hashes, the rest
is plain: what rules filter on (DESIGN.md 6)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledgers.columns import Code, Id, Instant, Region
from ledgers.dialects import NEVER_REUSES_IDS, partial

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KeyedHash = String(43)
"""HMAC-SHA256 with the site's key, base64url without padding."""

regions = Table(
    "regions",
    metadata,
    Column("code", Region, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("local", Boolean, nullable=False),  # a code of our own until the real one is imported
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("successor", Region),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),  # None: not whole, nothing opens from it
    Column("recorded_by", String(100), nullable=False),
    Column("counts", Text, nullable=False, server_default="{}"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ledger", Code, nullable=False),
    Column("number", String(64), nullable=False),  # 青山-03
    Column("lives_in", Region, nullable=False),
    Column("registered_in", Region),
    Column("status", Code, nullable=False),  # active, moved, closed, died
    Column("population", Code),
    Column("category", Code),
    Column("level", Code),
    Column("level_since", Date),  # the day the level took effect
    Column("tier", Code),  # of a jurisdiction: village, township, county
    Column("stay_since", Date),  # start of the present stay, short absences tolerated
    Column("stay_until", Date),  # the last day it counts while away; None: not away
    Column("grade", Integer),  # school grade in the school year `grade_year`
    Column("grade_year", Integer),
    Column("sex", Code),
    Column("born_on", Date),
    Column("born_month_only", Boolean, nullable=False, server_default=text("false")),
    Column("entered_on", Date, nullable=False),  # the day it came into this ledger
    Column("left_on", Date),
    Column("consent", Code),  # guardian, self, none: who agreed that the data are kept
    Column("consent_on", Date),
    Column("reduced_on", Date),  # since then it says nothing of who it was
    Column("sealed_name", LargeBinary),
    Column("sealed_id_no", LargeBinary),
    Column("sealed_phone", LargeBinary),
    Column("sealed_address", LargeBinary),
    Column("sealed_school", LargeBinary),
    Column("sealed_illness", LargeBinary),
    Column("sealed_guardian", LargeBinary),
    Column("sealed_notes", LargeBinary),
    Column("sealed_extras", LargeBinary),  # JSON: columns of the site's own, registered place
    Column("name_key", KeyedHash),
    Column("id_no_key", KeyedHash),
    Column("phone_key", KeyedHash),
    Column("row_key", KeyedHash),  # the whole source row: unchanged rows are seen at once
    Column("import_id", Id, ForeignKey("imports.id")),  # the import that last wrote it
    UniqueConstraint("ledger", "number"),
    Index(None, "ledger", "lives_in"),
    Index(None, "ledger", "born_on"),  # whose birthday it is
    Index(None, "ledger", "entered_on"),
    partial("ix_entries_ledger_stay_since", "ledger", "stay_since", where="stay_since IS NOT NULL"),
    partial("ix_entries_stay_until", "stay_until", where="stay_until IS NOT NULL"),
    Index(None, "id_no_key"),
    Index(None, "name_key"),
    Index(None, "import_id"),
)

entry_triggers = Table(
    "entry_triggers",
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("trigger", Code, primary_key=True),
    Index(None, "trigger"),
)

entry_fields = Table(
    "entry_fields",  # plain values of fields that the site declared; of a set one row per word
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("field", Code, primary_key=True),
    Column("word", Code, primary_key=True, server_default=""),  # also `yes` and `no`
    Column("on_date", Date),
    Column("month_only", Boolean, nullable=False, server_default=text("false")),
    Column("number", Float),
    # names of their own: the longest that PostgreSQL takes are shorter than those made up
    Index("ix_entry_fields_on_date", "field", "on_date", "entry_id"),
    Index("ix_entry_fields_word", "field", "word", "entry_id"),
)

stays = Table(
    "stays",  # where an entry lives by the columns of a ledger; records say the rest
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("to_on", Date),  # the last day; None: still there
)

level_changes = Table(
    "level_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    Column("on_date", Date, nullable=False),
    Column("was", Code),
    Column("level", Code),
    Index(None, "entry_id", "on_date"),
    Index(None, "on_date"),
)

entry_changes = Table(
    "entry_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("import_id", Id),
    Column("field", Code, nullable=False),
    Column("old_plain", String(255)),
    Column("new_plain", String(255)),
    Column("sealed_old", LargeBinary),  # what a sealed field said before
)

village_numbers = Table(
    "village_numbers",
    metadata,
    Column("ledger", Code, primary_key=True),
    Column("prefix", String(48), primary_key=True),  # 青山
    Column("region", Region, nullable=False, index=True),  # the village it was given to
    Column("last_given", Integer, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    Column("kind", Code, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("month_only", Boolean, nullable=False, server_default=text("false")),
    Column("recorded_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Id),  # a person; None: the office, or a column of a ledger
    Column("method", Code),
    Column("result", Code, nullable=False),
    Column("seen_in_person", Boolean),
    Column("all_well", Boolean),
    Column("counterpart", Region),  # the other division of a request across regions
    Column("late_entry", Boolean, nullable=False, server_default=text("false")),  # 补录
    Column("source", Code, nullable=False),  # cli, form, ledger, web
    Column("import_id", Id),
    Column("fingerprint", KeyedHash, nullable=False),
    Column("voided_at", Instant),
    Column("voided_by", Id),
    Column("void_reason", String(100)),
    Index(None, "entry_id", "kind", "happened_on"),
    partial("uq_records_fingerprint", "fingerprint", unique=True, where="voided_at IS NULL"),
)

last_acts = Table(
    "last_acts",  # per entry and kind the newest date that counts: what cut-offs look up
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("kind", Code, primary_key=True),
    Column("happened_on", Date, nullable=False),
    Column("recorded_on", Date),  # the newest day on which one that stands was recorded
    Index(None, "kind", "happened_on", "entry_id"),
)

touched = Table(
    "touched",  # what changed and must be looked at again; written with the change itself
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("entry_id", Id, nullable=False, index=True),
    Column("known_on", Date, nullable=False),
    info=dict(NEVER_REUSES_IDS),
)

persons = Table(
    "persons",
    metadata,
    Column("id", Id, primary_key=True),
    Column("handle", String(64), nullable=False, unique=True),  # P-0007: named on the command line
    Column("sealed_name", LargeBinary, nullable=False),
    Column("name_key", KeyedHash, nullable=False, index=True),
    Column("sealed_phone", LargeBinary),
    Column("phone_key", KeyedHash, index=True),
    Column("sealed_email", LargeBinary),
    Column("email_key", KeyedHash),
    Column("sealed_wecom", LargeBinary),
    Column("language", Code),
    Column("prefers", Code),  # a channel, where the site leaves the choice
    Column("left_on", Date),
    Column("reduced_on", Date),  # since then it says nothing of who it was
    Column("import_id", Id),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("role", Code, nullable=False),
    Column("region", Region, nullable=False),
    UniqueConstraint("role", "region"),
)

post_holdings = Table(
    "post_holdings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("post_id", Id, ForeignKey("posts.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("persons.id"), nullable=False, index=True),
    Column("held_from", Date, nullable=False),
    Column("held_to", Date),  # the last day; None: still held
    UniqueConstraint("post_id", "person_id", "held_from"),
)

assignments = Table(
    "assignments",  # children given to a person by name
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("role", Code, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id"), primary_key=True),
    Column("held_from", Date, primary_key=True),
    Column("held_to", Date),
    Index(None, "person_id"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id"), nullable=False, index=True),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date),  # the last day away; None: open
)

deputies = Table(
    "deputies",
    metadata,
    Column("person_id", Id, ForeignKey("persons.id"), primary_key=True),
    Column("deputy_id", Id, ForeignKey("persons.id"), primary_key=True),
    Column("held_from", Date, primary_key=True),
    Column("held_to", Date),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("import_id", Id, ForeignKey("imports.id"), nullable=False, index=True),
    Column("file", String(255), nullable=False),
    Column("sheet", String(100), nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", String(100)),
    Column("field", Code, nullable=False),
    Column("code", Code, nullable=False),
    Column("severity", Code, nullable=False),
    Column("value_class", String(100), nullable=False),
    Column("value", String(255)),  # only of public and plain fields
    Column("sealed_row", LargeBinary),  # JSON of the row as read, to be mended and imported again
    Column("kind", Code, nullable=False, server_default="children"),  # of sheet
    Column("subject_key", KeyedHash, index=True),  # who it is about: seen when the row comes back
    Column("row_key", KeyedHash),  # the row's content: the same row is not kept twice
    Column("mended_at", Instant),
    Column("mended_import_id", Id),
    Index(None, "file", "sheet", "row"),
)

differences = Table(
    "differences",  # what another system's list says otherwise; to be checked, never taken over
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id")),  # None: only the other system has it
    Column("kind", Code, nullable=False, server_default="field"),  # field, only-here, only-there
    Column("ledger", Code, nullable=False, server_default="children"),
    Column("field", Code, nullable=False),
    Column("ours", String(255)),  # of plain fields only, as is the next
    Column("theirs", String(255)),
    Column("region", Region),  # of what only the other system has: where it says that it is
    Column("sheet", String(100)),  # where it stands in the other system's file, as is the next
    Column("row", Integer),
    Column("found_on", Date, nullable=False),
    Column("source", String(100), nullable=False),
    Column("import_id", Id, ForeignKey("imports.id"), nullable=False),
    Column("said_key", KeyedHash, nullable=False),  # the same word again is the same difference
    Column("settled_on", Date),  # the day a later list agreed
    partial(
        "uq_differences_open",
        "entry_id",
        "field",
        "source",
        "said_key",
        unique=True,
        where="settled_on IS NULL",
    ),
    partial(
        "uq_differences_open_there",
        "source",
        "said_key",
        unique=True,
        where="settled_on IS NULL AND entry_id IS NULL",
    ),
    Index(None, "found_on"),
)

forms = Table(
    "forms",  # each 走访登记表 that was made: which numbers stood in it
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id),
    Column("made_at", Instant, nullable=False),
)

site_state = Table(
    "site_state",  # single facts about the whole site: held delivery, last clean stop, canary
    metadata,
    Column("name", Code, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

work_calendars = Table(
    "work_calendars",  # imported notices of days off and make-up days (holiday-cn form)
    metadata,
    Column("year", Integer, primary_key=True),
    Column("notice", Text, nullable=False),
    Column("imported_at", Instant, nullable=False),
)

calendar_windows = Table(
    "calendar_windows",  # imported windows of dates; a later day's row replaces, but does not erase
    metadata,
    Column("calendar", Code, primary_key=True),
    Column("year_key", Code, primary_key=True),  # 2027, 2027-spring
    Column("region", Region, primary_key=True),  # "": everywhere
    Column("known_on", Date, primary_key=True),
    Column("start_on", Date, nullable=False),
    Column("end_on", Date, nullable=False),
    Column("source", Text),
    Column("imported_at", Instant, nullable=False),
)
