"""How personal data is written, in Chinese and English; read by `personal_data`. Patterns for half-width text. Pure."""

from __future__ import annotations

import re

NUMERALS = str.maketrans("〇零一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖", "00122345678911" + "23456789")
"""Chinese numerals to digits, one for one."""

SPOKEN = re.compile(r"(?:[〇零一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖][\d /-]*){3,}")
"""A number spelled with numerals: three or more of them, digits among them."""

_I = re.IGNORECASE

REFERENCE = re.compile(
    r"(?:订单|訂單|单号|單號|运单|快递单|编号|編號|序列号?|型号|版本|工单|发票|税号|条形?码|isbn|imei|优惠码|取件码|批[次号]|保单|流水|合同|病历|学号|桩号|税|邮编|会员|卡券|积分|版|表号|热线|官方?电话|电话费|价格?"
    r"|order|tracking|invoice|serial|\bsn\b|model|\bpo\b|part|version|flight|sku|ticket|meter|lot|policy|room|batch|\bref\w*|sn)(?: ?[a-z为号是:#.-])*[^\w一-鿿]*$",
    _I,
)

# ── electronic addresses ────────────────────────────────────────────────────────────────────────────
EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}|[一-鿿]{2}@[一-鿿A-Za-z0-9]+\.[A-Za-z]{2,}"
)
_AT = r"(?:\s*[(\[]\s*(?:at|@)\s*[)\]]\s*|\s+at\s+|\s*艾特\s*)"
_DOT = r"(?:\s*[(\[]\s*dot\s*[)\]]\s*|\s+dot\s+|\s*点\s*|\.)"
EMAIL_SPELLED = re.compile(
    rf"(?<![A-Za-z0-9_+-])[A-Za-z0-9_+-]{1, 32}(?:{_DOT}[A-Za-z0-9_+-]{1, 32}){0, 3}{_AT}[A-Za-z0-9-]{1, 63}(?:{_DOT}[A-Za-z]{2, 12}){1, 3}",
    _I,
)
WECHAT = re.compile(
    r"(?:微信(?:号|号码|id)?|薇信|威信|v信|wechat(?: id)?|weixin|(?<![a-z])wx|(?<![a-z])vx|加\s?v|(?<![a-z])v\s?(?=❤)|薇(?=❤))"
    r"(?:是|搜|也是|就是|账号|号|id|is|❤️?|\s|:|:){0,4}(?P<it>1[3-9]\d{9}|[A-Za-z][A-Za-z0-9_-]{3,19}(?: \d+-\d+ \d+)?|[A-Za-z]+ [A-Za-z]+ \d[-\d]*(?: \d+)?)(?![A-Za-z0-9@.])|加我(?P<also>[A-Za-z][A-Za-z0-9]*[_-][A-Za-z0-9_-]{3,18})(?![A-Za-z0-9@.])",
    _I,
)
QQ = re.compile(
    r"(?:qq(?:号码?)?|q\s?q|扣扣号?|叩叩|企鹅号?|加q|q我|群主qq)\s?[:: 是]*(?P<it>[1-9](?:[ ]?\d){4,11})(?!\d|@)", _I
)

# ── numbers that stand for a person ─────────────────────────────────────────────────────────────────
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,9}(?![A-Za-z0-9])")
IBAN_CUE = re.compile(r"iban|pay to|付到", _I)
ID_CARD = re.compile(
    r"(?<![\d.])[1-9]\d{5}[\s-]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[\s-]?\d{3}[\dXx](?!\d)"
)
ID_CUE = re.compile(r"身份|身分|证|sfz|号", _I)
ID_MASKED = re.compile(r"(?<!\d)\d{6}[*xX]{6,10}\d{3}[\dXx](?!\d)|\*{3}-\*{2}-\d{4}")
ID_ABROAD = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,2}\d{6}\([\dA]\)|[A-Z][12]\d{8}(?!\d)|\d{3}-\d{2}-\d{4}(?!\d)|[A-CEGHJ-PR-TW-Z][A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z])|QQ \d{2} \d{2} \d{2} [A-D])"
)
ID_CUE_ABROAD = re.compile(r"aadhaar|\bssn\b|social|national insurance|nino|\bni\b|身份证|永居", _I)
ID_CUED = re.compile(r"(?<!\d)(?:\d{4} \d{4} \d{4}|\d{3}[ -]\d{2}[ -]\d{4}|\d{17}[\dXx])(?!\d)")
PASSPORT = re.compile(
    r"(?:护照|護照|passport|通行证|回鄉證|回乡证|台胞证|旅行证|旅行證)(?:号码?|號碼?|是| number| no\.?|[\s,:：#])*(?P<it>[A-Za-z]{0,2}\d{7,9})(?!\d)",
    _I,
)
CARD = re.compile(r"(?<![\d.*@A-Za-z])\d(?:[ -]?\d){12,18}(?![\d*])")
CARD_CUE = re.compile(
    r"卡|账号|账户|帳號|帐号|打款|汇款|匯款|转账|转去|付到|退到|收款|card|visa|amex|master|maestro|jcb|\baccount\b", _I
)
CARD_PREFIX = re.compile(r"62|4|5[1-5]|3[47]|35|9558|6011|60|65|67")
CARD_MASKED = re.compile(r"(?<!\d)\d{4}(?:[ -]?\*{4}){1,3}[ -]?\d{3,4}(?!\d)")

_S = r"[ ./-]?"
MOBILE = re.compile(rf"(?<![\dA-Za-z.#])(?:\(?(?:\+|00)?86\)?[ -]?|0)?1{_S}[3-9](?:{_S}\d){{9}}(?![\d.]\d|\d)")
LANDLINE = re.compile(r"(?<![\d.-])(?:\(0\d{2,3}\)|0\d{2,3})[ -]?[2-9]\d{2,3}[ -]?\d{4}(?:\s?转\s?\d{1,5})?(?!\d)")
PHONE_SHAPES = re.compile(
    # Taiwan mobile, British mobile, North America with marks, Hong Kong with a blank
    r"(?<![\d.-])(?:09\d{2}-?\d{3}-?\d{3}|07\d{3} ?\d{3} ?\d{3}|\(\d{3}\) ?\d{3}[ -]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?!\d)"
)
PHONE_MASKED = re.compile(r"(?<!\d)1[3-9]\d[*x]{4}\d{4}(?!\d)|\+\d{2} ?\d{2}[\d* ]*\*[\d* ]*\d{2,4}")
PHONE_ABROAD = re.compile(r"\+\d{1,3}[ -]?(?:\(\d{1,4}\)[ -]?)?\d(?:[ .-]?\d){5,12}(?!\d)")
PHONE_CUE = re.compile(
    r"电话|電話|手机|手機|号码|號碼|打|座机|call|phone|mobile|number|tel\b|text|reach|whatsapp|[一-鿿]\w?[,,]\s?$", _I
)
PHONE_CUED = re.compile(
    r"(?<![\d.-])(?:[5-9]\d{3}[ -]?\d{4}|\d{5} \d{5}|0\d{3} \d{3} \d{3}|\d{3}[ -]\d{3,4}[ -]?\d{3,4})(?![\d-])"
)
_WORD_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double[- ]\w+|triple[- ]\w+|hundred)"
PHONE_SPELLED = re.compile(rf"\b{_WORD_DIGIT}(?:[ ,-]+{_WORD_DIGIT}){{5,}}\b", _I)

# ── plates ──────────────────────────────────────────────────────────────────────────────────────────
_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{_PROVINCE}] ?[A-Z][·. ]?(?=[A-Z0-9]{{0,5}}\d)[A-HJ-NP-Z0-9]{{4,6}}[学警港澳挂]?(?![A-Za-z0-9])|使\d{{3}}[·.]?\d{{2,3}}"
)
PLATE_CUED = re.compile(
    r"(?:车牌|車牌|\bplates?|\breg|\bcar no\.?|\blicen[cs]e plate)(?:号|號|[:：,]| is| no\.?| number)*\s*(?P<it>[A-Z]{2}-\d{2}-[A-Z]{1,2}-\d{4}|[A-Z]{2}\d{2} [A-Z]{3}|\d[A-Z]{3} ?\d{3}|[A-Z]{1,3}-?\d{3,5}[A-Z]?)\b"
    r"|(?<=, )(?P<also>[A-Z]{2}\d{2} [A-Z]{3})\b"
)

# ── dates of birth ──────────────────────────────────────────────────────────────────────────────────
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"(?:民[国國])?\d{{2,4}}年(?:\d{{1,2}}月\d{{1,2}}[日号]?|[正腊一二三四五六七八九十]{{1,2}}月[初廿一二三四五六七八九十]{{1,3}})"
    rf"|[一二][一二三四五六七八九〇零]{{3}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}[日号]?|\d{{2,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|(?:19|20)\d{{6}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? ?{_MONTH}\.?,? ?(?:19|20)\d{{2}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|(?<=生日)\d{{4}}"
)
BIRTH_BEFORE = re.compile(
    rf"(?:生日|出生日?期?|生于|dob|date of birth|birthday|\bborn)(?:是|为|[:：,]|\s|in|on|is){{0,4}}(?P<it>{_DATE})(?!\d)",
    _I,
)
BIRTH_AFTER = re.compile(rf"(?<!\d)(?P<it>{_DATE})(?:日)?(?=出?生(?!产)|生的|\)|的,阳历)", _I)

# ── addresses ───────────────────────────────────────────────────────────────────────────────────────
_HAN = r"[一-鿿A-Za-z0-9〇·\-]"
_PART = rf"{_HAN}{{1,12}}?(?:省|自治区|市|州|盟|区|區|县|縣|旗|镇|鎮|乡|鄉|街道|村|组|大道|路|街|巷|弄|胡同|段|里|号院|号|號|幢|栋|棟|座|大厦|广场|花园|公寓|小区|城|园|苑|期|单元|楼|樓|层|室|门市|门)"
ADDRESS = re.compile(
    rf"(?:地址|改为|改成|还是|是|寄(?:到|去|给|村委会)?|送(?:到|去)?|放|老家|公司|给|在){{0,3}}(?P<it>(?:[一-鿿]{{2,8}}?(?:省|自治区|市|州|自治州)|香港|台北|新北|臺北|新界|[一-鿿]{{2,4}}工业园区|[一-鿿]{{2,6}}大学)(?:{_PART}){{1,10}}(?:[之]?\d+(?:-\d+)*|[A-Z])?(?:{_HAN}{{0,2}}(?:室|房|门))?)"
)
ADDRESS_CUED = re.compile(
    rf"(?:地址(?:改为|改成|是|在|还是|:|:)?|寄(?:到|去|给)?|送(?:到|去)|住在?|收货|宿舍|放|老家)\s?(?P<it>[一-鿿]{{2,8}}(?:底下|旁边|对面|隔壁)[一-鿿]{{4,20}}|(?:{_PART}){{2,10}}(?:[之]?\d+(?:-\d+)*|[A-Z])?(?:{_HAN}{{0,2}}(?:室|房|门))?)"
)
_STREET = r"(?:street|st|road|rd|lane|ln|avenue|ave|drive|dr|terrace|way|court|place|square|park|cross|close|crescent|boulevard|blvd|hill|row)"
ADDRESS_LATIN = re.compile(
    rf"(?:(?:Flat|Apt|Unit|Room|House No\.?|Suite) ?\w+, ?)?(?:\d{{1,4}}[A-Za-z]? (?:[A-Z][\w']{{1,30}} ){{1,3}}(?i:{_STREET})\b|(?<!\w)(?:[A-Z][\w']{{1,30}} ){{1,3}}(?:Business )?Park|\d{{1,2}}(?:st|nd|rd|th) Cross|Tower \d+|(?<=House No ).|PO Box \d+|ul\. [A-Z]\w+ [\d/]+)"
    r"(?:, ?(?:Apt|Flat|Unit|Floor|Room) ?\w+)?(?:, ?(?:[A-Z]{2}\.? ?\d{4,5}|\d{2}-\d{3} [^\W\d]+|(?:Co\. )?[A-Z][\w.-]+(?: [A-Z][\w.-]+){0,2}(?: [A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}| [A-Z]{2,3} \d{4}| \d{4,6})?|[一-鿿]\w*)){0,4}"
)

# ── names ───────────────────────────────────────────────────────────────────────────────────────────
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
    "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯"
    "宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎蓟薄印宿白怀蒲台从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘"
    "匡国文寇广禄东殴沃利蔚越夔隆师巩聂晁勾敖融冷辛阚那简饶曾沙养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公展昭木骥雒佟阿簡張陳黃劉楊趙吳鄭馮蔣韓嚴許呂盧鍾鄧蘇潘葉賴龔葉游"
)
_COMPOUND = "欧阳|司马|上官|诸葛|公孙|令狐|夏侯|端木|司徒|皇甫|尉迟|宇文|慕容|长孙|东方|南宫|百里|歐陽|司馬|諸葛"
_ETHNIC = r"[一-鿿]{2,9}·[一-鿿]{2,6}"
_PERSON = rf"(?:{_ETHNIC}|(?:{_COMPOUND})[一-鿿]{{1,2}}|[{SURNAMES}][一-鿿*]{{1,2}})"
_END = r"(?=[,，。;;:：、!?\s\d()（的收和跟,]|电话|手机|手機|身份|证|名下|女士|先生|代签|搬走|$)"
_ROLE = r"(?:我(?:的)?(?:全)?名?叫|姓名|全名|真名|名字(?:是|叫)?|收货人|收件人|联系人|紧急联系人|户名|戶名|开户人|户主|乘客|旅客|病人|业主|车主|持卡人|取件人|寄件人|自提人|收款人|学生|会员|法人|机主|租客|转账给|快递写|房产证上|户口本上是|寄给|给)"
NAME_CUED = re.compile(
    rf"{_ROLE}(?:是|为|叫|写|姓|:|:|\s)*(?P<it>{_PERSON}{_END}|{_ETHNIC})|^(?P<also>{_ETHNIC})(?=[,，])"
)
NAME_BESIDE = re.compile(
    rf"(?:^|[,，。;;::\s])(?P<it>{_PERSON})(?=[,，\s]{{0,2}}(?:手机|电话|证件|护照|的?身份证|\(?1[3-9]\d{{9}}|\d{{6}}|\d{{4}}[-年]|出生))"
)
NAME_RECEIVES = re.compile(rf"(?:^|[,，\s\d])(?P<it>{_PERSON})收(?:$|[,，。])")
NAME_LIST = re.compile(rf"(?:出行|名单|两位|旅客|乘客|^)[::]?(?P<it>{_PERSON}(?:[、和]{_PERSON})+)(?=的|[,，。]|$)")
_WORD = r"(?:[A-Z][a-zà-ÿ]+|[A-Z]'[A-Z][a-z]+|[A-Z]{2,})"
NAME_LATIN = re.compile(
    rf"(?:\b[Mm]y name is|\b[Ii]t's|\b[Ii]'m|\b[Tt]his is|\b[Mm]yself|\bname:?|\bask for|\bsigned,?|\bc/o|\bguest|\bdaughter|\bson|姓名(?:拼音)?|拼音|英文名|接机牌写|登船:|旅客|[Pp]ayroll:|[Pp]assengers?:)\s*(?P<it>{_WORD}(?:[ /-]{_WORD}(?:-{_WORD})?){{1,3}}|(?<=daughter ){_WORD}|(?<=son ){_WORD}|[A-Z]'?[A-Z]?[a-z]+, [A-Z][a-z]+)(?![a-z])"
)
NAME_TITLED = re.compile(
    rf"(?P<it>\b(?:Dr|Mr|Mrs|Ms|Prof)\.? {_WORD}(?: {_WORD}){{0,2}}|^{_WORD}(?:[ -]{_WORD}){{1,2}}(?=, (?:\+|ul\.|\d)))"
)
