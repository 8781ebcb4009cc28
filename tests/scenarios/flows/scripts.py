"""What customers say in each shipped flow, and what must come of it. Each turn has several wordings of one meaning."""

from __future__ import annotations

from dataclasses import dataclass

Turn = tuple[str, ...]
"""Wordings of one message."""


@dataclass(frozen=True, slots=True)
class Script:
    """One customer's way through one flow."""

    flow: str
    who: str | None
    language: str
    turns: tuple[Turn, ...]
    outcome: str = "done"
    """Of the last turn."""
    effect: str = ""
    """A query on the shop's database that counts what was made."""
    count: int = 1
    says: str = ""
    """Part of the last reply."""


ADDRESS = "select 1 from purchase where number = 'NC20418347' and address = '杭州市西湖区文三路 90 号 3 幢 201'"
REFUND = "select 1 from refund where number = 'NC20416208' and status = 'waiting_for_return'"
PERSON = "select 1 from invoice where number = 'NC20416208' and kind = 'person'"
COMPANY = "select 1 from invoice where tax_id = '91330106MA2CFABC1X' and kind = 'company'"
BOOKED = "select 1 from appointment where customer_id = 'C1001' and status = 'booked' and phone = '13800138000'"

SCRIPTS = (
    Script(
        "order_status",
        "C1002",
        "zh",
        (("查我的订单", "我的订单", "订单"),),
        says="NC20417502",
    ),
    Script(
        "order_status",
        "C1002",
        "en",
        (("order", "my order", "where is my order"),),
        says="NC20417502",
    ),
    Script(
        "change_address",
        "C1001",
        "zh",
        (
            ("我想改一下收货地址", "地址写错了", "帮我换个地址", "收货地址填错了"),
            (
                "杭州市西湖区文三路 90 号 3 幢 201",
                "改成杭州市西湖区文三路 90 号 3 幢 201",
                "新地址是杭州市西湖区文三路 90 号 3 幢 201，谢谢",
            ),
            ("确认", "好的", "确认修改", "没问题，改吧"),
        ),
        effect=ADDRESS,
        says="文三路 90 号",
    ),
    Script(
        "change_address",
        "C1001",
        "en",
        (
            ("I need to change my delivery address", "wrong address", "please change the shipping address"),
            ("45 Xixi Road, Apt 2, Hangzhou", "please change it to 45 Xixi Road, Apt 2, Hangzhou"),
            ("yes", "confirm", "Change it", "ok, go ahead"),
        ),
        effect="select 1 from purchase where number = 'NC20418347' and address = '45 Xixi Road, Apt 2, Hangzhou'",
    ),
    Script(
        "cancel_order",
        "C1005",
        "zh",
        (
            ("取消订单 NC20418990", "帮我取消订单", "订单不要了"),
            ("拍错了", "不想要了", "跳过"),
            ("确认取消", "确认", "是的"),
        ),
        effect="select 1 from purchase where number = 'NC20418990' and status = 'cancelled'",
        says="已经取消",
    ),
    Script(
        "cancel_order",
        "C1005",
        "en",
        (("cancel my order", "please cancel the order NC20418990"), ("skip", "ordered by mistake"), ("yes", "confirm")),
        effect="select 1 from purchase where number = 'NC20418990' and status = 'cancelled'",
        says="cancelled",
    ),
    Script(
        "request_refund",
        "C1003",
        "zh",
        (("我要退款", "申请退款", "我要退货"), ("收到时破损", "到手就破损了"), ("跳过", "没有"), ("确认", "确认申请")),
        effect=REFUND,
        says="¥308.00",
    ),
    Script(
        "request_refund",
        "C1003",
        "en",
        (
            ("I want a refund", "I want my money back"),
            ("damaged", "it arrived broken"),
            ("skip", "none"),
            ("yes", "confirm"),
        ),
        effect=REFUND,
        says="¥308.00",
    ),
    Script("refund_status", "C1005", "zh", (("退款进度", "我的退款到哪了", "退款还没到账"),), says="¥699.00"),
    Script("refund_status", "C1005", "en", (("refund status", "where is my refund"),), says="¥699.00"),
    Script(
        "exchange",
        "C1003",
        "zh",
        (
            ("我要换货", "想换一件新的"),
            ("质量问题", "尺寸不合适"),
            ("同款换一件新的", "换成大一号的"),
            ("确认", "确认申请"),
        ),
        effect="select 1 from exchange where number = 'NC20416208'",
        says="EX",
    ),
    Script(
        "exchange",
        "C1003",
        "en",
        (("I want to exchange this", "exchange my item"), ("wrong size", "faulty"), ("the same in grey",), ("yes",)),
        effect="select 1 from exchange where number = 'NC20416208'",
        says="EX",
    ),
    Script(
        "invoice",
        "C1003",
        "zh",
        (
            ("我要开公司发票", "开一张公司发票"),
            ("杭州暖仓科技有限公司",),
            ("91330106MA2CFABC1X", "税号 91330106ma2cfabc1x"),
            ("a@b.cn", "发到 a@b.cn"),
            ("确认", "确认开票"),
        ),
        effect=COMPANY,
        says="a@b.cn",
    ),
    Script(
        "invoice",
        "C1003",
        "en",
        (
            ("I need an invoice", "please send me an invoice"),
            ("personal", "A person"),
            ("Chen Li",),
            ("x@y.com",),
            ("yes", "confirm"),
        ),
        effect=PERSON,
        says="x@y.com",
    ),
    Script(
        "appointment_book",
        "C1001",
        "zh",
        (
            ("我想预约上门安装", "预约安装"),
            ("后天下午两点", "后天 14:00"),
            ("13800138000", "电话 138 0013 8000"),
            ("跳过", "没有"),
            ("确认", "确认预约"),
        ),
        effect=BOOKED,
        says="约好了",
    ),
    Script(
        "appointment_book",
        "C1001",
        "en",
        (
            ("book an installation", "I want to book an appointment for installation"),
            ("the day after tomorrow at 2pm", "day after tomorrow 14:00"),
            ("13800138000",),
            ("skip",),
            ("yes", "confirm"),
        ),
        effect=BOOKED,
        says="Booked",
    ),
    Script(
        "appointment_move",
        "C1002",
        "zh",
        (("改预约时间", "预约改期"), ("大后天下午四点", "大后天 16:00"), ("确认", "确认改期")),
        effect="select 1 from appointment where reference = 'AP7001' and slot like '%16'",
        says="改好了",
    ),
    Script(
        "appointment_move",
        "C1002",
        "en",
        (("move my appointment", "reschedule my appointment"), ("the second one", "the second"), ("yes", "confirm")),
        effect="select 1 from appointment where reference = 'AP7001' and slot like '%11'",
        says="Moved",
    ),
    Script(
        "appointment_cancel",
        "C1004",
        "zh",
        (("取消预约", "预约不要了"), ("确认", "确认取消")),
        effect="select 1 from appointment where reference = 'AP7002' and status = 'cancelled'",
        says="AP7002",
    ),
    Script(
        "appointment_cancel",
        "C1004",
        "en",
        (("cancel my appointment", "cancel the appointment"), ("yes", "Cancel it")),
        effect="select 1 from appointment where reference = 'AP7002' and status = 'cancelled'",
        says="AP7002",
    ),
    Script("account", "C1001", "zh", (("我有多少积分", "查一下我的账户", "我的会员等级"),), says="4260"),
    Script("account", "C1001", "en", (("how many points do I have", "check my balance"),), says="4260"),
    Script("coupons", "C1001", "zh", (("我有什么优惠券", "查我的优惠券"),), says="满 200 减 20"),
    Script("coupons", "C1001", "en", (("what coupons do I have", "show my coupons"),), says="20 off 200"),
    Script("stock", None, "zh", (("保温杯还有货吗", "查库存 保温杯", "请问保温杯有没有现货"),), says="640"),
    Script("stock", None, "en", (("is the sunset lamp in stock?", "sunset lamp - sold out?"),), says="out of stock"),
    Script(
        "franchise_lead",
        None,
        "zh",
        (
            ("我想加盟", "咨询加盟"),
            ("杭州", "成都"),
            ("40万", "三四十万，四十万左右"),
            ("没有做过", "以前做过"),
            ("三个月内", "尽快"),
            ("王强",),
            ("13912345678",),
            ("确认", "确认登记"),
        ),
        outcome="hand_off",
        effect="select 1 from lead where body like '%13912345678%' and body like '%\"grade\": \"A\"%'",
        says="LD",
    ),
    Script(
        "franchise_lead",
        None,
        "en",
        (
            ("I want to open a franchise", "franchise enquiry"),
            ("Hangzhou",),
            ("under 100,000",),
            ("no",),
            ("just looking",),
            ("Tom Lee",),
            ("13912345678",),
            ("yes", "Keep it"),
        ),
        effect='select 1 from lead where body like \'%"grade": "C"%\'',
        says="LD",
    ),
    Script(
        "repair_intake",
        None,
        "zh",
        (
            ("我要报修", "机器坏了要修"),
            ("恒温水壶", "恒温电热水壶 1.5L"),
            ("没有", "没有漏电"),
            ("烧水到一半就停",),
            ("跳过",),
            ("跳过",),
            ("李敏",),
            ("13912345678",),
            ("杭州市西湖区文三路 90 号",),
            ("后天", "大后天"),
            ("确认", "确认报修"),
        ),
        effect="select 1 from repair where body like '%烧水到一半就停%' and body like '%文三路 90 号%'",
        says="RP",
    ),
    Script(
        "repair_intake",
        None,
        "en",
        (
            ("I need a repair", "report a fault"),
            ("kettle K01",),
            ("none of these", "no smoke"),
            ("it stops half way",),
            ("K01-20260011",),
            ("skip",),
            ("Tom Lee",),
            ("13912345678",),
            ("12 Wenhui Road, Building 3, Hangzhou",),
            ("day after tomorrow",),
            ("yes",),
        ),
        effect="select 1 from repair where body like '%K01-20260011%'",
        says="RP",
    ),
    Script(
        "callback",
        None,
        "zh",
        (("给我回个电话", "让人给我打电话"), ("13800138000",), ("明天上午", "上午"), ("问发票的事",), ("确认",)),
        effect="select 1 from callback where body like '%13800138000%'",
        says="CB",
    ),
    Script(
        "callback",
        None,
        "en",
        (
            ("call me back", "please call me"),
            ("13800138000",),
            ("as soon as possible", "any time"),
            ("my invoice",),
            ("yes", "confirm"),
        ),
        effect="select 1 from callback where body like '%13800138000%'",
        says="CB",
    ),
    Script(
        "password_reset",
        "C1001",
        "zh",
        (
            ("忘记密码了", "我要重置密码", "密码忘了怎么办", "帮我改一下登录密码"),
            ("手机", "发短信吧", "手机短信"),
            ("确认", "发送链接", "好的"),
        ),
        effect="select 1 from reset_link where customer_id = 'C1001' and channel = 'sms' and sent_to like '138%'",
        says="138****",
    ),
    Script(
        "password_reset",
        "C1002",
        "en",
        (
            ("I forgot my password", "please reset my password", "I need a new password"),
            ("e-mail", "by email please", "the mail one"),
            ("yes", "Send the link", "ok"),
        ),
        effect="select 1 from reset_link where customer_id = 'C1002' and channel = 'email'",
        says="***@example.com",
    ),
    Script(
        "top_up",
        "C1001",
        "zh",
        (
            ("我要充值", "充值", "给账户充点钱"),
            ("商城余额", "充到余额里"),
            ("100", "100元", "一百"),
            ("确认", "确认充值"),
        ),
        effect="select 1 from top_up where customer_id = 'C1001' and kind = 'balance' and amount = 100",
        says="¥100.00",
    ),
    Script(
        "top_up",
        "C1002",
        "en",
        (
            ("top up my phone", "I want to top up my phone", "please recharge my phone"),
            ("50", "50 yuan", "¥50"),
            ("13912345678", "it's 139 1234 5678"),
            ("yes", "Top up", "confirm"),
        ),
        effect="select 1 from top_up where kind = 'phone' and phone = '13912345678' and amount = 50",
        says="13912345678",
    ),
)
