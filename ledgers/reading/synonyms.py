"""The header words of county ledgers (DOMAIN.md F and B8), as lists separated by spaces."""

from collections.abc import Mapping

_TOWN = "乡镇 乡镇街道 镇街 镇 乡 街道 所属乡镇 所属镇街 所属乡镇街道 所在乡镇 乡镇名称 镇街名称 居住乡镇 现居住乡镇"
_VILLAGE = (
    "村 村居 村社区 行政村 所属村 所属村居 所属村社区 所在村 所在村居 所在村社区 村名 村名称 村委会 村居委会"
    " 村居社区 社区 居住村 现居住村 村居名称 村组"
)
_WHEN = ["最近", "上次", "最后", "最近一次", "最后一次", "上一次", "末次"]


def _acts(words: str) -> str:
    """Answer every usual way to head the date of the last act: 最近一次入户走访时间 and so on."""
    return " ".join(
        f"{when}{act}{end}"
        for when in ["", *_WHEN]
        for act in words.split()
        for end in ("时间", "日期")
    )


_REGION_CODE = "行政区划代码 区划代码 行政区划编码 区划编码 村代码 村编码 村区划代码 地区代码"

CHILD_WORDS: Mapping[str, str] = {
    "number": "村内编号 编号 档案编号 守望编号",
    "name": "姓名 儿童姓名 孩子姓名 未成年人姓名 学生姓名 儿童名字",
    "id_no": "身份证号 身份证号码 公民身份证号码 公民身份号码 证件号码 身份证 身份号码 居民身份证号码 儿童身份证号 儿童身份证号码 证件号",
    "sex": "性别 儿童性别",
    "born": "出生日期 出生年月 出生年月日 出生时间 儿童出生日期",
    "town": _TOWN,
    "village": _VILLAGE,
    "region_code": _REGION_CODE,
    "registered_place": "户籍所在地 户籍地址 户口所在地 户籍地 户籍 户口地址 原籍",
    "population": "人群 人群类别 人群类型 对象类型 对象类别 服务对象类型",
    "category": "儿童类别 儿童类型 困境类型 困境类别 类别 困境儿童类别 困境儿童类型 保障类别",
    "triggers": "重点关爱情形 关爱情形 重点关爱原因 纳入原因 列入原因 重点情形 困难情形 重点关爱类型 情形",
    "level": "风险等级 风险评估等级 等级 风险级别 评估等级 风险",
    "status": "状态 在册状态 档案状态 是否在册 当前状态",
    "grade": "年级 就读年级 所在年级",
    "school": "就读学校 就学情况 所在学校 学校 就读学校及年级 学校名称",
    "guardian": "监护人 监护人姓名 受委托监护人 实际监护人 委托照护人 受委托监护人姓名 实际监护人姓名 委托照护人姓名 照护人 照料人 监护人名字",
    "phone": "联系电话 监护人电话 联系方式 监护人联系电话 监护人联系方式 电话 手机号 手机号码 监护人手机号 家长电话 监护人手机",
    "address": "现居住地 现住址 现住地址 居住地址 家庭住址 家庭地址 住址 居住地 现居住地址 详细地址 居住详细地址",
    "illness": "病情 患病情况 健康状况 身体状况 残疾情况 疾病 疾病名称 患病名称 身体状态",
    "notes": "备注 说明 备注说明",
    "director": "儿童主任 包保人 包保责任人 帮扶责任人 帮扶干部 儿童主任姓名 包保干部 村儿童主任 责任人 帮扶人",
    "consent": "知情同意 知情同意书 同意情况 同意方式 信息采集同意 个人信息同意 同意人",
    "guardian_agrees": "监护人同意 监护人是否同意 监护人知情同意 家长同意 监护人签字",
    "consent_on": (
        "同意日期 同意时间 知情同意日期 知情同意时间 监护人同意日期 监护人同意时间 知情同意书签署日期 同意书签署日期"
    ),
    "last_contact": _acts("联系 电话联系 视频联系 沟通联系"),
    "last_visit": _acts("走访 入户走访 入户 家访 上门走访 探访 入户探访 走访探视"),
    "last_arrival": "来本地日期 来本地时间 居住起始时间 居住起始日期 流入时间 流入日期 来本县时间 返回日期 返回时间",
    "last_departure": "离开日期 离开时间 离开本地日期 离开本地时间 流出时间 流出日期",
    "last_update": _acts("更新 信息更新 档案更新 填报 数据更新"),
}

INSTITUTION_WORDS: Mapping[str, str] = {
    "number": "机构编号 编号 守望编号",
    "name": (
        "机构名称 机构全称 机构 福利机构 福利机构名称 儿童福利机构 儿童福利机构名称 救助保护机构名称"
        " 未成年人救助保护机构名称 照护机构 照护机构名称 委托照护机构名称 单位名称 单位全称 名称"
    ),
    "category": "机构类型 机构类别 机构性质 机构种类 单位类型 类型 类别 性质",
    "credit_code": "统一社会信用代码 社会信用代码 信用代码 统一信用代码 机构代码",
    "region": "所属区划 所在区划 行政区划 所属行政区划 所属地区 所在地区 所属县区 所在县区 所属区县 县区 区县 属地",
    "town": _TOWN,
    "village": _VILLAGE,
    "region_code": _REGION_CODE,
    "address": "地址 机构地址 详细地址 单位地址 办公地址 机构住所 住所 所在地址 机构所在地",
    "principal": "负责人 机构负责人 法定代表人 法人代表 法人 主要负责人 院长 负责人姓名 法定代表人姓名 单位负责人",
    "phone": "电话 联系电话 机构电话 负责人电话 办公电话 联系方式 值班电话 固定电话 负责人联系电话 手机号 手机号码",
    "permit_until": (
        "许可证到期 许可证到期日期 许可证到期时间 许可证到期日 许可证有效期 许可证有效期至 许可到期 许可有效期 许可有效期至"
        " 证照有效期 证照有效期至 证照到期 证照到期日期 证照到期时间 证书有效期 证书有效期至 证书到期 证书到期日期 有效期 有效期至"
        " 有效期限 登记证书有效期 登记证有效期 登记证有效期至 设立许可到期"
    ),
    "status": "状态 机构状态 运营状态 运行状态 当前状态 是否在用 是否运营",
    "notes": "备注 说明 备注说明",
    "last_inspection": _acts("检查 抽查 排查 安全检查 巡查 督查"),
    "mends": "隔离编号",
}

PERSON_WORDS: Mapping[str, str] = {
    "name": "姓名 儿童主任 儿童主任姓名 督导员姓名 儿童督导员姓名 人员姓名 名字",
    "role": "类型 岗位 职务 角色 人员类别 人员类型 身份 岗位名称",
    "phone": "手机号 手机号码 联系电话 联系方式 电话 手机 移动电话",
    "email": "邮箱 电子邮箱 电子邮件 邮件 邮件地址 邮箱地址 email e-mail",
    "wecom": "企业微信 企业微信号 企业微信账号 企微 企微账号 企业微信id",
    "town": _TOWN,
    "village": _VILLAGE,
    "region_code": _REGION_CODE,
    "villages": "职责范围 负责村 负责村居 负责范围 服务范围 包保村 管辖村 负责的村 责任范围",
    "held_from": "任职时间 任职日期 到岗日期 到岗时间 上任日期 任职起始日期 起始日期",
    "mends": "隔离编号",
    "prefers": "接收方式 消息接收方式 通知方式 提醒方式 接收渠道 首选方式 首选接收方式 首选渠道",
    "held_to": "离任时间 离任日期 离岗日期 离岗时间 卸任日期 任职截止日期 截止日期",
}

RECORD_WORDS: Mapping[str, str] = {
    "number": "村内编号 编号 档案编号 儿童编号 守望编号",
    "village": _VILLAGE,
    "kind": "事项 办理事项 类型 事项名称 工作事项",
    "happened": "办理日期 办理时间 完成日期 完成时间 走访日期 走访时间 联系日期 联系时间 实际日期 日期",
    "method": "方式 办理方式 走访方式 联系方式 走访联系方式",
    "result": "结果 办理结果 走访结果 联系结果 办理情况",
    "seen_in_person": "见到儿童本人 是否见到儿童本人 见到本人 是否见到本人 见到儿童 是否见到儿童",
    "all_well": "情况是否正常 是否正常 情况正常",
    "mends": "隔离编号",
    "counterpart": "对方地区 对方区划 对方区划代码 对方县区 对方县 对方区县 对方单位所在地 协查地区 协查地 协作地区 户籍地区划 转入地 转出地 转往地区 对方地区代码",
    "recorded_by": "填报人 办理人 记录人 经办人 走访人 填写人 儿童主任",
}

REGION_WORDS: Mapping[str, str] = {
    "code": f"代码 编码 统计用区划代码 {_REGION_CODE}",
    "name": "名称 区划名称 行政区划名称 地区名称 单位名称 村名 村名称 村居名称 乡镇名称",
    "mends": "隔离编号",
    "successor": "变更后代码 新代码 现代码 现行代码 并入代码 撤并后代码 变更后区划代码",
    "parent": "上级 上级代码 上级区划代码 上级名称 上级区划 所属乡镇 所属上级",
}

IGNORED_WORDS = (
    "序号 编次 号 民族 期限 应办日期 截止日期 年龄 与儿童关系 关系 与被监护人关系 与监护人关系 政治面貌 文化程度 学历"
    " 照片 签名 签字 盖章 备注"
    # what the workbook of rows to mend says beside them, in both languages
    " 问题 原来的位置 whatiswrong whereitstood"
)

# Extra columns that Shouwang itself writes: the id of a row in quarantine, to know it when mended.
EXTRA_WORDS: Mapping[str, str] = {"quarantine": "隔离编号"}

# Headings of two-row headers that speak of somebody else than the child, and what stands below
# them that is a field all the same.
GROUPS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (
        "监护人 受委托监护人 实际监护人 委托照护人 受委托照护人 照护人 照料人",
        {
            "guardian": "姓名 监护人姓名 名字",
            "phone": "联系电话 电话 手机 手机号 手机号码 联系方式",
        },
    ),
    (
        "儿童主任 包保人 包保责任人 帮扶责任人 帮扶干部 责任人 帮扶人",
        {"director": "姓名 名字"},
    ),
    ("家庭 家庭成员", {"address": "家庭住址 家庭地址 住址 现住址", "phone": "联系电话"}),
    (
        "父亲 母亲 父母 父 母 祖父母 外祖父母 祖父 祖母 爷爷 奶奶 外公 外婆 兄弟姐妹 其他成员 班主任 老师 督导员 儿童督导员",
        {},
    ),
)
