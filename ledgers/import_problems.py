"""One plain sentence for each thing that an import can object to, once a row could be read."""

from config.language import catalogue

_ = catalogue("ledgers")


def import_sentence(code: str) -> str | None:
    """Answer what is wrong and what to do, in the current language; None for a code from elsewhere."""
    message = _SENTENCES.get(code)
    return None if message is None else _(message)


def N_(message: str) -> str:  # noqa: N802 the name by which extractors know a msgid
    """Mark a sentence for the catalogue; it is translated when it is shown."""
    return message


_SENTENCES = {
    "place-missing": N_("the line names no village and no township"),
    "region-code-outside": N_("this division code does not belong to this site; please check it"),
    "town-ambiguous": N_("several townships have this name; write it with 镇, 乡 or 街道"),
    "village-ambiguous": N_(
        "several villages have this name; add the township in a column of its own"
    ),
    "town-missing": N_("this village is not known yet; add its township in a column of its own"),
    "town-unknown": N_(
        "this township is not known; import the list of divisions first, or give the code"
    ),
    "no-local-code-left": N_(
        "there are too many unknown names under this division; import the list of divisions first"
    ),
    "village-missing": N_("the line names a township, but no village"),
    "several-entries": N_(
        "several entries fit this line; write the village number or the ID number in it"
    ),
    "number-and-id-differ": N_(
        "the village number belongs to one entry and the ID number to another; please check both"
    ),
    "other-person": N_(
        "the number is known, but name and birth date or ID number are another child's; please check"
    ),
    "duplicate-in-file": N_("another line of this file is about the same child or code"),
    "number-unknown": N_(
        "this village number was never given; correct it, or leave it blank for somebody new"
    ),
    "number-ambiguous": N_("this number fits several villages; write it whole, such as 青山-03"),
    "level-unknown": N_("this level is not configured and was kept as it stands"),
    "grade-unknown": N_("this school grade was not understood and was left out"),
    "kind-not-configured": N_("no kind of record is configured for this date; it was left out"),
    "kind-missing": N_("what was done is missing; write for example 联系 or 走访"),
    "kind-unknown": N_("this is no kind of record that is configured"),
    "counterpart-unknown": N_(
        "this is no division that is known, or several are called so; write its six-digit code"
    ),
    "counterpart-missing": N_(
        "an act of this kind names the other region; write it in the column 对方地区"
    ),
    "counterpart-not-kept": N_("acts of this kind name no other region; it was left out"),
    "date-in-future": N_("this day has not come yet; please correct the date"),
    "director-unknown": N_(
        "this director is not among the persons; import the directory of directors as well"
    ),
    "director-ambiguous": N_(
        "several directors have this name; the child stays with the village's post"
    ),
    "role-missing": N_("the line does not say what the person is; fill in the post"),
    "role-unknown": N_("this post is not configured; add it as an alias of a role, or correct it"),
    "several-persons": N_("several persons of this name fit; fill in the phone number"),
    "phone-of-another": N_(
        "this phone number belongs to somebody of another name; correct one of them"
    ),
    "way-unknown": N_("nobody in this post can be told that way here; it was left out"),
    "way-without-address": N_("the person has no address for being told that way; it was left out"),
    "person-left": N_(
        "this person has left; fill in the day from which they hold the post if they are back"
    ),
    "post-occupied": N_(
        "somebody else holds this post; fill in from which day the new one does,"
        " or use `shouwang person replace`"
    ),
    "post-ended": N_(
        "this person held the post before; fill in the day from which they hold it again"
    ),
}
