"""What stands for a message in the request to an SMS gateway: `${phone}`, `${variables.list}`."""

import re

from config.channels.sms import SMS_FIELDS

TEMPLATE, VARIABLES = "template", "variables"
"""An approved text's code; all its variables in one, or with a dot and a name a single one."""

MESSAGE_FIELDS = (
    "phone",
    "text",
    "signed_text",
    "signature",
    "out_id",
    TEMPLATE,
    "username",
    "password",
    "receipt_url",
)

OF_A_VARIABLE = f"{VARIABLES}."

PLACES = (*MESSAGE_FIELDS, VARIABLES, *(OF_A_VARIABLE + name for name in SMS_FIELDS))

FILLED_LATER = frozenset({"url", "query", "form", "body", "headers"})
"""The keys in which these are left as they are when the environment's variables are put in."""

PLACE = re.compile(r"\$\{(" + "|".join(re.escape(name) for name in PLACES) + r")\}")
