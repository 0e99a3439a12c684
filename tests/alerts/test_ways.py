"""What people may ask for in a list is what their role's routes offer."""

from alerts.ways import ways_of
from tests.alerts.county import written

CHANNELS = {
    "mail": {"type": "smtp", "host": "smtp.example.invalid", "from": "a@example.invalid"},
    "短信": {"type": "http-sms", "url": "http://127.0.0.1:9/"},
    "app": {"type": "wecom-app", "corpid": "c", "secret": "s", "agentid": 1},
    "robot": {"type": "wecom-robot", "key": "k", "region": "990101", "role": "county"},
    "unused": {"type": "http-sms", "url": "http://127.0.0.1:9/"},
}
ROUTES = {
    "routes": {
        "director": ["短信", "relay"],
        "supervisor": ["mail", "短信"],
        "county": ["mail", "robot"],
    },
    "urgent_routes": {"director": ["app", "短信"]},
}


def test_each_role_is_offered_its_routes() -> None:
    """Usual ones first, urgent ones too; groups and channels without a route are for nobody."""
    ways = ways_of(written(channels=CHANNELS, delivery=ROUTES))
    offered = {role: [(way.channel, way.address) for way in found] for role, found in ways.items()}
    assert offered["director"] == [("短信", "phone"), ("app", "wecom")]
    assert offered["supervisor"] == [("mail", "email"), ("短信", "phone")]
    assert offered["county"] == [("mail", "email")]


def test_a_way_is_called_as_a_county_calls_it() -> None:
    """短信, 邮件, 企业微信; 微信 means the application, too."""
    ways = ways_of(written(channels=CHANNELS, delivery=ROUTES))
    words = {way.channel: way.words for found in ways.values() for way in found}
    assert {name: found[0] for name, found in words.items()} == {
        "mail": "邮件",
        "短信": "短信",
        "app": "企业微信",
    }
    assert "微信" in words["app"]
