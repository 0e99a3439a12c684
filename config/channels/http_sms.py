"""What an admin writes about any SMS gateway that is spoken to by HTTP; what is left out is Kannel's."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.channels.endpoints import Proof, SecretAddress
from config.channels.http import HttpModel
from config.channels.http_sms_places import PLACE, TEMPLATE, VARIABLES
from config.channels.sms import SmsWriting
from config.language import catalogue
from config.patterns import compiled
from config.sms_rules import SmsRules
from config.values import Flag, Model, Number, Words

_ = catalogue("config")


def _pattern(value: str) -> str:
    try:
        compiled(value)
    except ValueError as error:
        raise ValueError(
            _("this is no regular expression as RE2 knows them: %(why)s") % {"why": error}
        ) from error
    return value


def _one(value: Any) -> Any:
    return [value] if isinstance(value, str | int) else value


Pattern = Annotated[str, Field(max_length=500), AfterValidator(_pattern)]
Statuses = Annotated[tuple[Number, ...], BeforeValidator(_one)]
Fields = dict[str, SecretStr]


class Sign(Model):
    """How an answer is recognised: all that is written must hold."""

    status: Statuses = Field(default=(), description="HTTP 状态码 / HTTP status codes")
    pattern: Pattern | None = Field(
        default=None, description="应答正文里要找到的正则 / regular expression found in the answer"
    )
    field: str | None = Field(
        default=None,
        description="JSON 里的字段，用点分层，如 data.code / field of the JSON answer, with dots",
    )
    equals: Words = Field(default=(), description="该字段的值，可写多个 / values of that field")


class ErrorSign(Sign):
    """An answer that says no, and what that means."""

    means: Literal["later", "too-fast", "address", "content", "account", "signature"] = Field(
        description="含义：later 稍后再试、too-fast 太快、address 号码不行、content 内容不行、account 账号或余额、"
        "signature 签名 / what it means"
    )


class Receipts(Model):
    """Where a gateway's receipts say what."""

    shape: Literal["query", "form", "json"] = Field(
        default="query", description="回执的写法：query、form 或 json / how a receipt is written"
    )
    items: str | None = Field(
        default=None, description="JSON 里回执列表的字段 / field that holds the list, in JSON"
    )
    out_id: str | None = Field(
        default=None, description="我方编号所在字段 / field with the id we gave"
    )
    reference: str | None = Field(
        default=None, description="网关编号所在字段 / field with the gateway's own id"
    )
    status: str = Field(default="status", description="结果所在字段 / field with what became of it")
    delivered: Words = Field(default=("DELIVRD",), description="表示送达的值 / values: it arrived")
    failed: Words = Field(
        default=(),
        description="表示失败的值；不写则其余都算失败 / values: it never will;"
        " left out: all others",
    )
    pending: Words = Field(default=(), description="表示还在路上的值 / values: on its way")
    reason: str | None = Field(
        default=None, description="原因代码所在字段 / field with a code of why"
    )
    reply: str = Field(default="OK", description="收到后回答什么 / what the gateway is answered")


class Uplinks(Model):
    """Where a gateway's pushed answers of people say what; they carry the same token."""

    sender: str = Field(default="from", description="回复人号码所在字段 / field with the sender")
    text: str = Field(default="text", description="回复内容所在字段 / field with the text")
    id: str | None = Field(default="id", description="编号所在字段 / field with its id")


class Variables(Model):
    """How a gateway wants all variables of an approved text at once."""

    shape: Literal["object", "list", "joined"] = Field(
        default="object",
        description="写法：object 为 JSON 对象、list 为 JSON 列表、joined 为用分隔符连起来"
        " / a JSON object, a JSON list, or joined",
    )
    separator: Annotated[str, Field(pattern=r"^[!#$%&*+,/:;=@^_|~-]{1,3}$")] = Field(
        default="|", description="joined 的分隔符 / what stands between joined ones"
    )


class HttpSmsSettings(HttpModel, SmsWriting):
    """SMS through any gateway over HTTP; without `query`, `form` and `body` as Kannel's sendsms."""

    type: Literal["http-sms"] = Field(
        description="渠道类型：http-sms 任意 HTTP 短信网关 / type of channel: an SMS gateway over HTTP"
    )
    url: SecretAddress = Field(description="网关接口地址 / where the gateway is")
    method: Literal["GET", "POST"] = Field(
        default="GET", description="请求方法 / method of the request"
    )
    username: str | None = Field(default=None, description="账号 / account")
    password: SecretStr | None = Field(
        default=None, description="密码，用 ${变量名} 从环境取 / password, as ${VARIABLE}"
    )
    headers: Fields = Field(
        default_factory=dict, description="另加的请求头 / further headers of the request"
    )
    query: Fields | None = Field(
        default=None,
        description="网址参数，可用 ${phone} 等 / parameters in the URL, with ${phone}",
    )
    form: Fields | None = Field(
        default=None, description="表单字段，可用 ${phone} 等 / fields of a form, with ${phone}"
    )
    body: SecretStr | None = Field(
        default=None, description="请求正文，可用 ${phone} 等 / body of the request, with ${phone}"
    )
    body_type: Literal["json", "xml", "text"] = Field(
        default="json", description="正文的格式 / what the body is"
    )
    charset: Literal["utf-8", "gb18030", "utf-16-be"] = Field(
        default="utf-8", description="字符编码 / coding of what is sent"
    )
    prefix: Annotated[str, Field(pattern=r"^\+?[0-9]{0,4}$")] = Field(
        default="", description="号码前缀，如 86 / what stands before a number, such as 86"
    )
    gsm7: Flag = Field(
        default=False,
        description="网关是否把纯英文按160字计 / whether the gateway counts plain Latin by 160",
    )
    variables: Variables = Field(
        default=Variables(),
        description="${variables} 的写法 / how ${variables} is written",
    )
    refuses: tuple[Literal["signs", "traditional", "phones"], ...] = Field(
        default=(),
        description="报备模板里不收什么：signs 特殊符号、traditional 繁体字、phones 电话号码"
        " / what the gateway takes in no approved text",
    )
    refused_words: Words = Field(
        default=(), description="报备模板里不收的词 / words it takes in no approved text"
    )
    success: Sign | None = Field(
        default=None, description="什么样的应答算成功，默认 2xx / what an answer must be; any 2xx"
    )
    reference: Sign | None = Field(
        default=None,
        description="网关编号在应答的哪里（field，或 pattern 的第一组） / where the gateway's id stands",
    )
    errors: tuple[ErrorSign, ...] = Field(
        default=(), description="各种失败应答的含义，按顺序比对 / what refusals mean, in order"
    )
    receipt_url: SecretAddress | None = Field(
        default=None,
        description="网关向哪里报送回执（本系统的地址） / where the gateway sends receipts: this system's",
    )
    receipt_token: Proof | None = Field(
        default=None,
        description="回执地址里 token= 的口令，用 ${变量名} 从环境取；不写则不收回执"
        " / the token in the receipts' address, as ${VARIABLE}; without it none is taken",
    )
    receipts: Receipts | None = Field(
        default=None, description="回执怎么读，默认按 Kannel / how receipts are read; as Kannel's"
    )
    uplinks: Uplinks | None = Field(
        default=None,
        description="短信回复怎么读，默认按 Kannel / how answers are read; as Kannel's",
    )

    @property
    def is_kannel(self) -> bool:
        """Whether messages go out as Kannel's sendsms wants them."""
        return self.query is None and self.form is None and self.body is None

    @property
    def places(self) -> frozenset[str]:
        """What of a message its request names."""
        parts = [self.url, *self.headers.values(), *(self.query or {}).values()]
        parts += [*(self.form or {}).values(), *([self.body] if self.body else [])]
        return frozenset(
            match[1] for part in parts for match in PLACE.finditer(part.get_secret_value())
        )

    @property
    def sends_templates(self) -> bool:
        """Whether its request names an approved text: then nothing else can be sent."""
        return any(name.partition(".")[0] in {TEMPLATE, VARIABLES} for name in self.places)

    @property
    def rules(self) -> SmsRules:
        """What the gateway's owner says that it refuses."""
        return SmsRules(
            needs_template=self.sends_templates,
            takes_signs="signs" not in self.refuses,
            takes_traditional="traditional" not in self.refuses,
            takes_phones="phones" not in self.refuses,
            refused_words=self.refused_words,
        )
