"""Each channel says in which form it wants a notice, for whom, and how long."""

from alerts.voices import parts_of, voices_of
from channels.protocol import Form
from config.model import Configuration
from tests.alerts.county import TOWN, written

CONFIGURATION: Configuration = written(
    channels={
        "mail": {"type": "memory"},
        "sms": {
            "type": "http-sms",
            "url": "http://sms.example.invalid:13013/cgi-bin/sendsms",
            "signature": "【演示县民政局】",
            "parts": 2,
        },
        "robot": {
            "type": "wecom-robot",
            "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K",
            "region": TOWN,
            "role": "supervisor",
            "mention": "due",
        },
    }
)


def test_forms_and_readers_follow_the_type() -> None:
    """Mail and SMS for one person, chat for a group of its division."""
    voices = voices_of(CONFIGURATION)
    assert {name: (one.form, one.address, one.group) for name, one in voices.items()} == {
        "mail": (Form.MAIL, "email", None),
        "sms": (Form.SMS, "phone", None),
        "robot": (Form.CHAT, "", TOWN),
    }
    assert voices["robot"].mention == "due"
    assert voices["sms"].room.shape.whole("好") == "【演示县民政局】好"


def test_only_sms_have_parts() -> None:
    """As many as a message may be billed as."""
    assert parts_of(CONFIGURATION) == {"sms": 2}
