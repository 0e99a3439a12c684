"""The words that ledgers use for choices, and the codes that rules filter on.

Populations, categories and triggers keep their official Chinese word as code, because that is what
an admin writes in a rule (DESIGN.md 5); states, methods and results have the codes of `records` and
`entries`. Levels are the site's own words and stay as written.
"""

from collections.abc import Mapping

from ledgers.reading.text import word_key


def _table(words: Mapping[str, str]) -> Mapping[str, str]:
    """Answer word key → code from lines `code: the words, separated by spaces`."""
    return {word_key(word): code for code, line in words.items() for word in [code, *line.split()]}


SEX = _table({"male": "男 男性 男孩 m", "female": "女 女性 女孩 f"})

STATUS = _table(
    {
        "active": "在册 正常 在管 在档 有效 服务中 新增 是",
        "moved": "迁出 已迁出 搬离 已搬离 转出 已转出 迁走 外迁",
        "closed": "退出 已退出 注销 已注销 销档 结案 已结案 不在册 取消 已取消 停保 年满退出",
        "died": "死亡 已死亡 去世 已去世 亡故 病故",
    }
)

POPULATION = _table(
    {
        "流动儿童": "流动 随迁儿童 随迁子女 流动随迁儿童",
        "留守儿童": "留守 农村留守儿童",
        "困境儿童": "困境 困境未成年人",
    }
)

CATEGORY = _table(
    {
        "孤儿": "社会散居孤儿 散居孤儿 机构孤儿 集中养育孤儿",
        "事实无人抚养儿童": "事实无人抚养 事实孤儿 事无儿童",
        "特困儿童": "特困 特困供养儿童 特困人员",
        "重病重残儿童": "重病重残 重病儿童 重残儿童 重度残疾儿童 残疾儿童 自身困境儿童",
        "贫困家庭儿童": "低保儿童 低保家庭儿童 家庭困难儿童 家庭困境儿童 贫困家庭",
        "其他困境儿童": "其他 其它 其他困境 临时困境儿童 监护困境儿童",
    }
)

TRIGGERS = _table(
    {
        "家庭生活困难": "生活困难 家庭困难 家庭经济困难 家庭贫困",
        "自身残疾": "残疾 身体残疾",
        "监护缺失": "缺失监护 无人监护 监护不力",
        "流浪": "流浪乞讨",
        "心理和行为异常": "心理行为异常 心理异常 行为异常 心理和行为问题 心理、行为异常 心理或行为异常",
        "主动提出救助帮扶需求": "主动求助 主动提出救助 主动提出帮扶需求 主动提出救助帮扶需求的跨乡镇街道的流动儿童",
    }
)

INSTITUTION = _table(
    {
        "儿童福利机构": "儿童福利院 社会福利院 福利院 儿童福利中心 儿童福利指导中心 社会福利中心 儿童村 福利机构",
        "未成年人救助保护机构": (
            "未成年人救助保护中心 未成年人救助保护站 未成年人保护中心 未保中心 未保机构 救助保护机构 救助保护中心 救助保护站"
            " 未成年人保护工作站 未保站"
        ),
        "救助管理机构": "救助管理站 救助站",
        "委托照护机构": "委托照护 委托照护点 委托照料 委托照料机构 委托代养机构 代养机构 寄养机构 家庭寄养",
        "儿童之家": "儿童活动中心 儿童活动场所 儿童服务站 儿童关爱服务站 关爱服务站",
        "托育机构": "托儿所 托育中心",
        "社会组织": "社工机构 社会工作服务机构 社工站 社会服务机构",
    }
)

INSTITUTION_STATUS = _table(
    {
        "active": "在册 正常 在用 运营 运营中 运行 运行中 开放 启用 有效 是",
        "closed": "关闭 已关闭 停用 停办 停业 停运 撤销 已撤销 注销 已注销 撤并 已撤并 退出 否",
    }
)

METHOD = _table(
    {
        "home": "入户 入户走访 上门 上门走访 家访 入户探访",
        "phone": "电话 打电话 电话联系 电访 通话",
        "video": "视频 视频通话 微信视频 视频联系",
        "school": "到校 学校 校访 到校走访 到学校",
    }
)

CONSENT = _table(
    {
        "guardian": "监护人 监护人同意 监护人已同意 监护人签字 监护人已签 家长同意 父母同意",
        "self": "本人 本人同意 本人已同意 本人签字 本人已签 儿童本人 儿童本人同意",
        "given": "是 有 √ ✓ 同意 已同意 已签 已签字 已签署 已签订",
        "none": "否 无 × 不同意 未同意 未签 未签字 未签署 未签订 未取得",
    }
)

RESULT = _table(
    {
        "done": "已完成 完成 已办 已办理 正常 成功 已联系 已走访 已联系上 √ ✓",
        "not-reached": "未联系上 联系不上 未联系到 无法联系 未见到 未接通 无人接听 不在家 未遇 ×",
        "moved": "已搬离 搬离 搬走 已搬走 迁出 已迁出",
        "refused": "拒绝 拒访 拒绝走访 不配合",
    }
)

YES_NO = {
    **dict.fromkeys(
        map(word_key, ("是", "√", "✓", "✔", "☑", "有", "Y", "yes", "1", "已", "正常", "对", "见到", "已见到")),
        True,
    ),
    **dict.fromkeys(
        map(word_key, ("否", "×", "✗", "✘", "x", "N", "no", "0", "未", "不正常", "异常", "没有", "未见到", "没见到", "无")),
        False,
    ),
}  # fmt: skip
