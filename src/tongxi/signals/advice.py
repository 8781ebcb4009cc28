"""Asks for advice that only a doctor, a lawyer or a money adviser should give: what it is about and what it asks. Pure.

A subject alone is no red line ("a pillow for pregnant women", "pay with a credit card"), and neither is a question alone.
Both in one message are: "can my mother with a pacemaker use this". What is bought, sent or paid under such a name is
masked before. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

from tongxi.signals.wordings import Wordings, any_of

_SUBJECTS: dict[str, Wordings] = {
    "medical": any_of(
        # states and illnesses
        r"孕(?:妇|婦|期|早期|晚期)|怀孕|备孕|哺乳|坐月子|产后|月经|经期|生理期|来(?:着)?大姨妈|(?:新生儿|婴儿|宝宝|小孩|孩子)[^,。!?]{0,6}(?:个月|岁|咳|烧|疹|过敏|拉肚子)",
        r"血压|血糖|血脂|三高|尿酸|痛风|糖尿|心脏|心律|支架(?!灯|桌|椅)|起搏器|哮喘|鼻炎|咽炎|肺炎|癫痫|甲亢|甲状腺|贫血|肾(?:不好|病|炎|虚|结石|功能)|肝(?:不好|病|炎|硬化|功能)|胃(?:病|不好|炎|溃疡|痛|疼)|肠胃",
        r"颈椎|腰椎|腰间盘|关节炎|风湿|骨质|骨折|扭(?:了|伤|到)|拉伤|术后|手术|化疗|癌|肿瘤|中风|偏瘫|湿疹|皮炎|荨麻疹|皮疹|起疹|过敏|脚气|痔疮|便秘|腹泻|拉肚子|咳嗽|感冒|发烧|发炎|失眠|抑郁|焦虑症|多动症|近视",
        r"\b(?:pregnan\w+|breast-?feeding|nursing (?:my|a|mothers?)|pacemaker|asthma\w*|epilep\w+|arthritis|eczema|psoriasis|diabet\w+|hypertension|blood pressure|kidneys?|liver|thyroid|cancer|chemo\w*|migraines?|carpal tunnel|sciatica|slipped disc)\b",
        r"\bheart (?:condition|disease|problems?|failure|surgery)\b|\b(?:after|since|had) (?:\w+ )?surgery\b|\bstitches\b|\brash\b|\binfection\b|\b(?:depression|anxiety|insomnia|gout|ulcers?|reflux|incontinence|dementia)\b|\b(?:back|knee|joint|neck|hip) pain\b",
        # what is taken
        r"(?:停|断|换|加|减|漏|混)(?:了)?药|把药(?:停|断|换)|(?:吃|服|用)(?:着|的|了)?[^,。!?]{0,4}药|这(?:个|种|款)药|保健品|补品|钙片|鱼油|维生素|维他命|褪黑素|益生菌|消炎药|止(?:痛|泻|咳)药|感冒药|退烧药|安眠药|抗生素|降(?:压|糖|脂)药|头孢|布洛芬|膏药",
        r"\b(?:warfarin|anticoagulants?|blood thinners?|beta blockers?|metformin|antidepressants?|(?:my|heart|other) (?:meds|medication|medicine|pills)|melatonin|supplements?|vitamins? [a-k]\b|ibuprofen|aspirin|antihistamines?|antibiotics|painkillers?|sleeping (?:pills?|tablets?)|statins?)\b",
    ),
    "legal": any_of(
        r"法院|法律|合法|违法|欠条|借条|定金罚则|换锁|强制执行|失信|监护权|犯法|法定|起诉|提告|控告|打官司|胜诉|仲裁|诉讼|维权|消费者权益保护法|消法|劳动(?:法|合同)|民法|刑法|退一赔三|(?:三|十)倍赔偿|赔(?:三|十)倍|"
        r"(?:告|控诉)(?:他|她|它|佢|你们|公司|老板|老闆|房东|商家|卖家|店家|平台|医院|学校|物业|邻居)",
        r"(?:房东|房客|租客|租房|业主|物业|加租|劳动|老板|公司|雇主|离职|辞退|解雇|开除|试用期|加班)[^。!?]{0,12}(?:赔|押金|违约|合同|仲裁|工资|欠薪|社保|犯|合唔合|合不合)|拖(?:欠)?(?:粮|工资|薪)|工伤|赡养费|抚养(?:权|费)|遗产|遗嘱|继承|离婚|前(?:夫|妻)",
        r"合同(?:算|有没有|是否|还)?(?:有效|生效|作废|违约)|解除合同|免责(?:条款|协议)",
        r"\b(?:how much compensation|compensation (?:could|can|would|should)|slip and fall|iou|sue|sued|suing|lawsuit|courts?|small claims|tribunal|illegal|lawful|unlawful|liab(?:le|ility)|waiver|enforceable|statutory|breach of contract|legal)\b|\blegally\b|\bthe law\b|\bagainst the law\b",
        r"\b(?:my )?(?:landlord|employer|boss|ex-?(?:husband|wife)|tenant)\b[^.!?]{0,30}\b(?:allowed|fire|evict|deposit|refuse|withhold|owe|raise)\w*\b|\b(?:divorce|custody|inheritance|my will|eviction)\b",
    ),
    "finance": any_of(
        r"理财|基金|股票|股市|港股|美股|a股|打新|新股|大盘|(?:你们|贵)公司(?:的)?股|炒(?:币|股|汇|房)|比特币|以太坊|加密货币|币圈|虚拟币|数字货币|黄金|白银|etf|期货|外汇|债券|国债|强积金|养老金|养老钱|定期|定投|私募|信托|年金|储蓄险",
        r"(?:美金|美元|日元|日圆|日币|欧元|英镑|港币|人民币)(?!结算|支付|付款)|汇率|房贷|(?:买|卖)(?:房|楼)|楼市|房价|(?:重疾|医疗|意外|寿|分红|万能)险|投保|[一二三四五六七八九十两百几\d]+万(?:块|元)?[^。!?]{0,6}(?:存|投|放|买)|加杠杆|套现",
        r"\b(?:crypto\w*|bitcoin|ethereum|stocks?|shares|(?:index|mutual|hedge|pension|trust) funds?|funds?|etfs?|bonds|pension|401k|isa|mortgages?|refinanc\w+|invest\w*|annuit\w+|life insurance|savings? (?:plan|account)|my savings|redundancy|lump sum|portfolio)\b",
        r"\bgold\b(?= (?:now|a good|prices?|this year))|\b(?:buy|sell) (?:gold|silver|dollars|euros)\b",
    ),
}
"""What the message is about."""

_ASKS: dict[str, Wordings] = {
    "medical": any_of(
        r"能不能|可(?:唔|不)可以|(?:能|可以|适合|需要|应该)[^,。!?;\n]{0,20}(?:吗|嘛|么|呢|不\b|\?)|(?:行|得|好|合适|安全|没事|有事|要紧)(?:不行|唔得|吗|么|嘛)|得唔得|行不行|要不要|该不该|用不用|要唔要|有(?:没有)?(?:影响|害|副作用|危险)|会不会|怎么(?:办|治|缓解)",
        r"(?:能|可以|会)?(?:治|治疗|治好|根治|治愈|缓解|改善)[^,。!?]{0,10}(?:吗|么|嘛|不)|管用|有效果?吗|(?:该|应该?)(?:吃|用|冰敷|热敷|停|怎么)|还是(?:热|冰|冷)敷|多少|几(?:粒|片|颗|次|毫升)|停(?:药|掉|了)",
        r"\b(?:can|could|may|should|is|are|will|would|do|does)\b[^.!?]{0,80}\b(?:use|take|eat|drink|apply|wear|safe|ok|okay|alright|suitable|cure|heal|treat|fix|help|worsen|make it worse|harm|affect|right for|good for|bad for|an? (?:allergic )?reaction)\b",
        r"\bhow (?:many|much|often|long)\b[^.!?]{0,60}\b(?:take|give|use|safe|right)\b|\bwhat (?:dose|dosage|amount)\b",
    ),
    "legal": any_of(
        r"能不能|可(?:唔|不)可以|(?:可以|能|能够|算|是|有权|该|会)[^,。!?;\n]{0,24}(?:吗|嘛|么|呢|\?|不\b)|(?:合|犯|违)(?:唔|不)(?:合|犯|违)法|(?:合法|违法|犯法|有效|生效|算数|成立)(?:吗|么|嘛|呢|不)|有没有权|是不是|算不算|是否|怎么(?:告|起诉|办|维权|赔|规定|分|算)|要赔|赔(?:多少|几)|能赢|赢(?:吗|得)|没法维权|要不要(?:请)?律师|多少(?:赔偿|钱)?",
        r"\b(?:can|could|may|should|is|are|am|do|does|will|would)\b[^.!?]{0,60}\b(?:sue|sued|court|claims?|claim|tribunal|legal|illegal|lawful|liable|hold up|enforceable|allowed|against the law|fire me|evict|the law|legally|lawsuit|grounds)\b|\bwhat\b[^.!?]{0,40}\b(?:entitled|rights|law|legally)\b|\bhow (?:do|can|would) i (?:sue|claim|take)\b|\bhow much compensation\b|\bcompensation (?:could|can|would|should)\b|\bwho (?:gets|is liable|owns)\b",
    ),
    "finance": any_of(
        r"该不该|应(?:该)?唔应该|要不要|应该|应唔应|(?:适合|合适|划算|值得|值不值|靠谱|保本|能赚|赚钱|稳)(?:[^,。!?]{0,8}(?:吗|嘛|么|不))?|好不好|好唔好|(?:那|哪)(?:个|只|种|里|家|支)|边(?:只|个|间)|选(?:固定|哪|边|重疾|什么)|还是|(?:还|会不会|会)(?:再)?(?:涨|跌|升)|抄底|入手|割肉|加仓|减仓|再等等|(?:能不能|可不可以)(?:买|投|入|碰)|能(?:买|投|拿|赚|入|碰)(?:钱)?吗|能不能(?:拿|赚|涨|抄)|赚不赚|收益(?:高|多少)|好吗",
        r"\b(?:should|shall) (?:i|we)\b|\bhow (?:should|do|would|can) (?:i|we) (?:best )?(?:invest|put|split|save)|\bis (?:now|it|this|that)\b[^.!?]{0,40}\b(?:good|right|worth|smart|wise|safe|bad|risky)\b|\bwhich\b[^.!?]{0,40}\b(?:buy|best|better|pick|choose|invest)\b|\b(?:better|worth) (?:to|it|investing|buying)\b|\bgo(?:ing)? (?:up|down)\b|\b(?:good|right) time\b|\brecommend\b|\bwhat (?:should i|to) do with\b|\bgo(?:ing)? to \W?\d|\bwhere (?:should|do) i (?:put|invest)\b",
    ),
}
"""What is wanted of it."""

_NOT: dict[str, Wordings] = {
    "medical": any_of(
        # things sold under such a name, and what is asked of any order
        r"(?:孕(?:妇|婦)?|哺乳|产后|月子|婴儿|儿童|宝宝|血压|血糖|心脏|颈椎|腰椎|护颈|感冒|过敏|近视|哮喘|痛风)(?:枕|装|裤|裙|鞋|照|床|内衣|文胸|巾|衣|垫|计|仪|椅|车|餐|杯|被|帽|服|套|推车|玩具|测试纸|试纸)",
        r"(?:防|抗|低)(?:过敏|近视)|手术(?:台|刀|灯|服)|支架(?:灯|桌|床)|(?:手机|电视|镜头)支架|药(?:箱|盒|柜)|创可贴",
        r"(?:一|每)(?:瓶|盒|板|袋|罐)(?:里)?(?:有|装)?(?:多少|几)(?:片|粒|颗|支|包)",
        r"(?:退(?:货|换|款|吗|不)?|换货|发货|到货|有货|补货|尺寸|尺码|大码|颜色|发票|保修|几天到|优惠|多少钱|价格)",
        r"\b(?:pregnancy|maternity|nursing) (?:pillow|wear|jeans|dress|bra|chair|cushion)\b|\bblood pressure (?:monitor|cuff|meter)s?\b|\bmedicine cabinet\b|\ballerg\w+ (?:info|label|list)\b",
        r"\b(?:returns?|refund|deliver\w*|shipp\w+|in stock|restock\w*|price|warranty|invoice|receipt)\b",
    ),
    "legal": any_of(
        r"律师(?:事务)?所|法院(?:附近|路|门口|旁|上班|工作|对面)|(?:地址|寄|送)[^,。!?]{0,4}法院|合同(?:章|类|模板|采购|订单)|法式|(?:开|要|寄|盖)[^,。!?]{0,6}合同|对公|合法年龄",
        r"\blegal[- ]size\b|\blaw (?:school|firm|office)\b|\b(?:food|tennis|basketball|squash|badminton) courts?\b|\bcourt (?:shoes?|road|street)\b|\bcollision damage waiver\b|\bfee waiver\b|\blegal (?:name|age|drinking age|entity)\b",
    ),
    "finance": any_of(
        r"(?:在)?哪(?:里|儿)(?:可以|能)?(?:看|查|找|下载|改|设置|赎回|开通|登录)|(?:股东|基金会|保险(?:箱|柜|丝|杠|套|盒))|(?:余额宝|花呗|白条|分期|信用卡)(?:付款|支付|付|买单|分期)?|黄金(?:色|会员|卡|等级|周|搭档)|(?:股票|比特币|黄金)(?:形状|抱枕|造型|图案)|定期(?:配送|送|清洗|更换|购|保养|订|检)|外汇(?:支付|付款)|(?:美元|美金|欧元|日元|港币)(?:付|支付|结算|价)",
        r"\b(?:credit|debit|gift) cards?\b|\bgold (?:colou?r|plated|member\w*|one|version|finish)\b|\bstock (?:up|pot|level|of)\b|\b(?:in|out of|back in) stock\b|\binvest(?:ed)? in (?:two|three|four|a|an|one|your|some) (?:of )?(?:your )?\w+|\bshares? (?:my|the|your|a|this|with|it)\b|\b(?:refunds?|fund(?:raiser|raising))\b|\btravel insurance\b",
    ),
}


def advice_in(folded: str) -> dict[str, tuple[int, int]]:
    """Code (`medical`, `legal`, `finance`) → place of the wording in folded text that names the subject."""
    found: dict[str, tuple[int, int]] = {}
    for code, subject in _SUBJECTS.items():
        if subject.search(folded) is None:
            continue
        masked = _NOT[code].mask(folded)
        if (hit := subject.search(masked)) and _ASKS[code].search(masked):
            found[code] = hit.span()
    return found
