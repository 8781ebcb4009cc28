"""A person, a place or money in danger at this moment: fixed rules in Chinese and English, wide on purpose. Pure.

Each kind lists what people say of it, by idea rather than by sentence, so that it holds for wordings nobody foresaw; what
only looks like danger (防漏电, smoke alarm, parcels that are "stuck") is masked before. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold
from tongxi.signals.wordings import Wordings, any_of

CODE = "danger"
MAX_CHARS = 8_000

_N = r"[^,。!?;\n]"
"""Any character of the same clause."""


KINDS: dict[str, Wordings] = {
    "self_harm": any_of(
        r"自杀|自残|自尽|轻生|寻死|遗书|割(?:了|过)?手?腕|跳(?:楼|河|江|桥|海|下去)|想死(?!当|机)|去死(?:算了|的念头)|死了算了|一了百了|同归于尽",
        rf"(?:不想|唔想|不愿|没(?:有)?力气)(?:再)?(?:活|做人|捱|醒)|活(?:够|腻|不下|着{_N}{{0,4}}(?:累|没))|没(?:有)?我{_N}{{0,8}}(?:更好|一样)",
        rf"(?:安眠药|药){_N}{{0,6}}(?:攒|吞|一整瓶)|(?:吃|吞|服)(?:了|下)?{_N}{{0,4}}(?:一整瓶|整瓶|一把|大量){_N}{{0,4}}药|撑不(?:下去|住)|顶唔顺",
        rf"(?:站|企|坐|在)(?:在|咗)?{_N}{{0,4}}(?:天台|楼顶|天桥|桥上|窗台|栏杆)|最后一单|永别|下辈子|先走一步|不用再烦恼|对不起大家",
        rf"(?:今晚|今天|明天){_N}{{0,6}}(?:结束|了结|走)(?:吧|了|这)|从这里跳|孩子托付",
        r"\b(?:kill|hurt|harm|cut)(?:s|ing)? (?:my|him|her|your|them)(?:self|selves)\b|\bsuicid\w+|\bkms\b|\bunalive\b|\bself[- ]?harm",
        r"\bend (?:my|his|her) life\b|\b(?:want|wanna|going|ready|trying) (?:it all )?to (?:end|die|jump)\b|\bto jump (?:off|from|now)\b|\bon the (?:roof|ledge|bridge)\b",
        r"\bdon'?t want to (?:live|be (?:here|alive)|wake up|exist)|\bcan'?t (?:do|take) this any ?more\b|\bmy last (?:night|day|message)\b|\b(?:this is )?goodbye,? (?:thanks|everyone|forever|world)",
        r"\b(?:took|taken|swallowed) (?:all|the whole|a whole|every)\b[^.!?]{0,20}\b(?:pills?|bottle|tablets|meds)|\bcut (?:her|his|my) wrists?\b|\bwithout me\b|\bpoint (?:of|in) (?:living|life|going on)",
        r"\b(?:been )?cutting again\b|\boverdos\w+",
        r"自杀|自残|自尽|轻生|寻死|遗书|(?:不想|唔想)(?:再)?(?:活|醒|起身)|活不(?:下|成)去?|活着[^,。!?]{0,4}(?:没|累|冇)|想死(?!你)",
        r"想s(?![a-z])|(?<![a-z])zs的?|去死(?:算了|的念头)|死的念头|我死了|我死後|死了算了|一了百了|割腕|跳(?:楼|河|江|桥|下去)|撑不(?:下去|住了)",
        r"顶唔顺|了结(?:自己|生命)|结束(?:自己的?)?(?:生命|这一切)|安眠药|药[^,。!?]{0,4}攒够|(?:过了今晚|今晚之后)|(?:在|站在)(?:天台|楼顶|桥上|河边)",
        r"天台|河边风|告别消息|永别|下辈子再见|先走一步|走之前把|没来过这个世界|如果消失了|哪里都不会去了|不用叫我起床|以后没有人了|没脸见|播完就走|手腕……",
        r"控制不住[^,。!?]{0,4}(?:念头|自己)",
        r"\bkill(?:ing)? my ?self\b|\bsuicid(?:e|al)\b|\bkms\b|\bunalive\b",
        r"\bend(?:ing)? (?:my life|it all|it|things)(?=\W*$|[,.!])",
        r"\b(?:want|wanna|going|ready|rather) (?:to )?die\b|\bif i die\b|\bhurt(?:ing)? my ?self\b",
        r"\bself[- ]?harm|\bcut(?:ting)? my ?self\b|\bno (?:reason|point) (?:to|in) liv",
        r"\b(?:see|no) (?:much |any )?point in (?:anything|life|living)\b",
        r"\bdon'?t want to (?:live|be here|wake up)",
        r"\bbetter off (?:dead|without me)?(?=\W*$|[,.!]| dead| without)|\bcan'?t go on\b",
        r"\bnot be here tomorrow\b|\bnot going to be around\b|\bno more mornings\b",
        r"\bgoodbye (?:everyone|forever)\b|\b(?:messaged|said) goodbye\b",
        r"\bletters to my (?:kids|family|wife|husband|parents)\b|\bpills in front of me\b",
        r"\b(?:standing on|off) (?:the|a) (?:bridge|ledge|roof)\b|\bafter tonight\b",
        r"\bnobody would (?:notice|care|miss)\b|\bstopped taking my meds\b|\boverdos\w+",
        r"\blast order, thanks for everything\b|\blocked herself in the bathroom\b",
    ),
    "fire": any_of(
        rf"着火|起火|冒火|失火|火灾|着咗火|烧(?:着|起来|了起来|到人)|{_N}{{0,3}}(?:烧起来|熏黑)|(?:冒|全是|都是|好多|满屋){_N}{{0,3}}烟|浓烟|火(?:星|花|苗)|打火花",
        rf"爆炸|爆裂|(?<![油])炸(?:了|咗|伤|裂|开|飞)|(?:手机|电池|耳机|电脑|充电宝|电源|灯|锅|煲|瓶){_N}{{0,10}}(?:爆(?!款)|飞了)|鼓包{_N}{{0,6}}(?:响|烫|热)|(?:嘶嘶|滋滋|噼啪)",
        r"\b(?:on|caught|catch(?:es|ing)?|started a) fire\b|\b(?:in|into|burst into) flames\b|\bis burning\b|\bsmok(?:e|ing) (?:\w+ )?(?:pouring|coming|out|from|everywhere|in)\b|\bsmoke is\b|\bburning (?:plastic|smell|hot)",
        r"\bexplo(?:de|ded|ding|sion)\b|\bblew up\b|\bspark(?:s|ing)\b|\b(?:hissing|bulging|swollen)\b(?=[^.!?]{0,20}(?:hot|batter|hiss|charg|and))",
    ),
    "gas": any_of(
        rf"(?:煤气|瓦斯|燃气|天然气|液化气){_N}{{0,6}}(?:味|漏|臭|泄|报警)|漏(?:煤)?气|一氧化碳|氯气|刺鼻|{_N}{{0,2}}呛得|泄漏(?:了)?{_N}{{0,6}}(?:呛|晕|人)",
        r"\bgas (?:leak|smell|cylinder)|\bleaking gas\b|\bsmell(?:s|ing)? (?:of )?gas\b|\bcarbon monoxide\b|\bco (?:alarm|detector)\b|\bchlorine\b|\bfumes\b",
    ),
    "electricity": any_of(
        rf"漏电|触电|(?:外壳|机身|水里|水龙头){_N}{{0,3}}(?:带电|有电)|(?:被|给|把我?){_N}{{0,4}}电(?:到|了一下|亲|倒|晕|死|击)|电(?:亲|死|晕|倒)|淹{_N}{{0,4}}插座|插座{_N}{{0,6}}(?:水|淹)|短路{_N}{{0,8}}(?:响|味|烟)",
        r"\belectrocut\w+|\belectric(?:al)? shock|\bshocked (?:me|him|her|us)\b|\bgot a shock\b|\bwater\b[^.!?]{0,24}\b(?:sockets?|outlets?|fuse ?box)",
    ),
    "body": any_of(
        rf"昏(?:迷|倒|过去|咗|睡不醒)|晕(?:倒|过去|咗|厥|了过去)|(?:头|好){_N}{{0,2}}晕|(?:叫|喊|唤)(?:不|唔)醒|(?:人|孩子|小孩|老人|宝宝?|女儿|儿子|老公|老婆|妈妈?|爸爸?|爷爷|奶奶|同学|他|她)[^,。!?;\n]{0, 10}没(?:有|了)?(?:反应|精神)|没(?:有|了)?(?:呼吸|意识|知觉)|不省人事|抽(?:搐|筋翻)|痉挛|休克|窒息|惊厥",
        rf"(?:喘|透|呼吸)不(?:过|上|了)|唞唔到气|呼吸(?:困难|急促)|(?:嘴唇|脸|脸色|面色|全身|身体){_N}{{0,3}}(?:发|都)?(?:紫|青|黑)|心(?:脏)?(?:骤停|停|梗|病发)|心跳{_N}{{0,6}}(?:快|停|乱|不齐)|胸(?:口|部)?{_N}{{0,4}}(?:剧?痛|疼|压)",
        rf"(?:流|吐|喷|咳|都是|全是|满脸|满手){_N}{{0,2}}血(?![压糖氧脂型])|血流|流血|出血|见红|骨折|(?:手|腿|脚|骨头|手指){_N}{{0,3}}断(?:了|掉)|(?:头|脸|额头){_N}{{0,3}}破了|眼{_N}{{0,4}}看不见|失明|溅{_N}{{0,4}}(?:眼|脸)",
        rf"(?:烫|烧|灼|割|砸|压|撞|炸|咬)伤(?!膏|药|险)|(?:手|脸|腿|身上|嘴){_N}{{0,6}}(?:烫|烧)(?:得|了|到|伤|疼)|烫{_N}{{0,6}}泡|嗓子烧|(?<!很)(?<!人)受伤(?!险)|脸{_N}{{0,3}}肿|喉咙{_N}{{0,4}}(?:紧|肿)",
        rf"打(?:了)?120|叫了?(?:120|救护)|急诊|抢救|(?<![a-z])icu(?![a-z])|救命(?!钱)|救护车|急救车|中毒|上吐下泻|(?:一直|都在?|不停|全家|集体){_N}{{0,4}}(?:吐|拉肚子)|快不行|难产|(?:四十|40)度{_N}{{0,4}}抽",
        r"\bunconscious\b|\b(?:passed|passing) out\b|(?<!cake )\bcollapsed\b|\bfainted\b|\b(?:can'?t|won'?t|not|cannot) (?:wake|breathe)|\b(?:he|she|mum|dad|baby|is) not (?:waking|breathing|responding)\b|\bnot (?:waking up|breathing)\b|\bstopped breathing\b|\b(?:turning|going|gone) blue\b",
        r"\bseizures?\b|\bconvuls\w+|\bheart attack\b|\bcardiac\b|\bchest pain\b|\bcrushing chest\b|\bthroat (?:is |feels |feeling )?(?:closing|tight|swelling|swollen)|\bface is swell\w+|\banaphyla\w+|\bepipen\b",
        r"\bbleeding\b|\bblood (?:everywhere|all over)|\bscald\w+|\bburn(?:ed|t|s|ing) (?:my|his|her|our|on|are|is)\b|\b(?:burned|burnt|injured) (?:badly|my|his|her)|hurt badly\b|\belectric burns?\b|\b(?:in|into) (?:my|his|her) eyes?\b|\bblinded\b|\bcan'?t feel (?:his|her|my|their)\b",
        r"\bchok(?:e|ed|es|ing)\b|\bpoisoned\b|\bvomiting\b|\b(?:the|at|in) (?:er|a&e|icu|emergency room)\b|\bambulance\b|\b(?:911|999)\b|\bfoaming\b|\bfloppy\b|\bin labou?r\b|\barm (?:is |went )?numb\b",
    ),
    "swallowed": any_of(
        rf"(?:吞|咽)(?:了|下去|下|咗|掉|进)(?!我|你|钱|卡|积分|券|币)(?!{_N}{{0,4}}(?:零件|吗))|误(?:食|吞|服|喝)|当(?:糖|水|饮料){_N}{{0,3}}(?:吃|喝)|噎|卡(?:到|在|住)?{_N}{{0,3}}喉",
        rf"(?:喝|饮|吃|舔)(?:了|下|咗|到|进){_N}{{0,12}}(?:洁厕|漂白|消毒|清洁|干燥剂|农药|酒精|洗衣|洗涤|洗洁|胶水|磁|硬币|玻璃碴|铁丝|药片)",
        r"\bswallow(?:ed|ing)\b|\bingest(?:ed|ing)\b|\b(?:drank|ate|eaten|drunk)\b[^.!?]{0,30}\b(?:cleaner|cleaning|bleach|detergent|pods?|batter\w+|magnets?|fluid|pills|pesticide)",
    ),
    "place": any_of(
        rf"(?:电梯|缆车|𨋢|冷库|冷冻库|密室|厕所|浴室|车(?:里|上|内)|房间里?|里面|过山车|半空){_N}{{0,14}}(?:困|关着|锁(?:在|住)|卡在|停(?:在|了)|打不开|下不(?:去|来)|出不(?:去|来))",
        rf"(?:困|关|锁|卡|停)(?:在|咗|住){_N}{{0,6}}(?:电梯|缆车|𨋢|冷库|车里|车上|车内|密室|房间|厕所|浴室|山上|半空|里面)|被(?:人)?(?:困|反锁|锁在|关在)|困咗人|困(?:了|住){_N}{{0,3}}(?:人|老人|孩子)|电梯{_N}{{0,3}}(?:掉|坠|卡|急坠)|门打不开",
        rf"(?:头|手(?!机)|脚|手指|脖子){_N}{{0,4}}(?:被)?(?:卡|夹|压)(?:在|进|住|到|了)?|夹住|(?:头|手|脚|手指){_N}{{0,10}}拔不出来|溺水|溺亡|沉下去|塌(?:了|下来|方)|(?:砸|压|撞|卷)(?:到|中|倒|住|进){_N}{{0,5}}(?:人|头|手|肚子|腿|脚|孩子|老人)|砸下来|掉下(?:去|来)了?{_N}{{0,8}}(?:人|伤)|有人(?:掉|倒|晕|沉|被)|甩出去|下面有人|摔(?:下|伤|断)",
        rf"(?:孩子|小孩|儿子|女儿|老人|奶奶|爷爷|向导|领队|教练|个仔|妹妹|弟弟|他人?){_N}{{0,12}}(?:走丢|走失|不见了|失踪)|(?<!猫)(?<!狗)走丢了|人找不到|(?:我们|山){_N}{{0,6}}迷路|零下十|船{_N}{{0,4}}(?:漏|沉|进水)|联系不上岸|救生员不|高速{_N}{{0,6}}(?:抛锚|停)",
        rf"(?:刹车|煞车|油门){_N}{{0,6}}(?:失灵|失效|踩不|不灵|没反应|没了|断)|(?:自己|突然|忽然){_N}{{0,3}}加速|停不下来|(?:氧气|制氧|呼吸机|胰岛素泵|起搏|透析|氧气机){_N}{{0,8}}(?:停|断|不出|报警|没电|坏|失灵)",
        r"\b(?:trapped|locked|stuck|shut)\b[^.!?]{0,12}\b(?:in|inside|on|upside)\b[^.!?]{0,24}\b(?:lift|elevator|car|room|freezer|store|toilet|bathroom|ride|cable ?car|cabin|tunnel|vault)\b|\b(?:we'?re|i'?m|are|is|people|child\w*|kids?|someone) (?:trapped|locked in(?:side)?)\b",
        r"\bride (?:has )?stopped\b|\bupside down and\b|\b(?:someone|is|are|kid|child|nearly) drown\w*|\blifeguard\b[^.!?]{0,10}|\bcrush(?:ed|ing) (?:under|by|my|his|her|between)|\b(?:came|come|fell|falling|fallen) (?:down )?on(?:to)? (?:my|me|him|her|two|a|the|our)\b|\bcollapsed on\b|\bthrew (?:me|him|her|my (?:husband|wife|son|daughter|mum|dad|kid))\b|\bshattered on\b|\bhead(?:'s)? (?:is )?stuck\b|\bhand is in\b",
        r"\b(?:kid|child|son|daughter|toddler|boy|girl|mum|mom|dad|nan|diver|baby|he|she)\b[^.!?]{0,12}\b(?:missing|disappeared|gone missing|vanished|ran off)\b|\bbrakes?\b[^.!?]{0,24}\b(?:fail\w*|gone|went|don'?t work|not working)|\b(?:won'?t|doesn'?t|can'?t) stop (?:accelerat\w+|it)\b",
        r"\b(?:boat|ship|ferry)\b[^.!?]{0,8}\b(?:sinking|drifting|taking on)\b|\bfreezing\b[^.!?]{0,20}\bdark\b|\bdark and freezing\b|\b(?:guide|instructor)\b[^.!?]{0,10}\bleft us\b|\bstranded\b|\b(?:oxygen|ventilator|insulin pump|concentrator|pacemaker)\b[^.!?]{0,24}\b(?:stop\w*|quit|fail\w*|alarm\w*|dead|keeps|empty|occlusion|off)",
        r"\bboiling in here\b|\bstuck\b[^.!?]{0,20}\bstop\b|\be-?stop\b|\bdriver (?:is )?(?:drunk|asleep|unconscious)",
    ),
    "accident": any_of(
        r"着火|起火|点着了|冒(?:白|黑)?烟|冒火|火星子|烧(?:起来|着了|伤)|爆炸|爆裂|炸(?:了|裂|伤|开)|(?:鼓包|发烫)[^,。!?]{0,6}(?:滋|响|热)|漏电|触电",
        r"电到|漏气|煤气味?|瓦斯|燃气(?:泄漏|味|报警)|氯气|一氧化碳|刺鼻|短路|配电柜|烫伤|起泡了|割伤|划(?:伤|了个口)|流血|是血|出血|窒息",
        r"卡(?:住|进|在|到)?[^,。!?]{0,4}(?:喉咙|手指|栏杆|缝里)|(?:头|手|手指|脚)(?:被)?(?:卡|夹)|夹住|噎住|昏(?:迷|倒|过去)|晕倒|叫不醒|嘴唇发紫",
        r"脸都?紫|中毒|误(?:食|吞|服)|吞(?:了|咗|下)|(?:消毒液|洁厕|清洁剂|干燥剂)[^,。!?]{0,6}(?:喝|吃|当)|弄进眼睛|呼吸困难|喘不上气|救命",
        r"(?:电梯|缆车|冷库|车里|步道|里面)[^,。!?]{0,8}(?:困|关着|停半空|半小时)|被困|困(?:住|在|咗|人)|溺水|走丢|领队不见|刹车(?:失灵|不灵)",
        r"急停[^,。!?]{0,4}(?:不|没)|卷进去|砸(?:到|伤|中)|腿断|骨折|救生员不在|抛锚[^。!?]{0,10}(?:高速|应急)|进水了",
        r"(?:司机|师傅)[^,。!?]{0,6}(?:喝酒|酒味|偏离)|酒驾|偏离路线|尾随|跟踪我|弄死|威胁[^,。!?]{0,8}(?:上门|弄|打)|楼下不走|拧把手|荒郊野岭",
        r"(?:氧气机|呼吸机|血氧)[^,。!?]{0,8}(?:停|报警|掉)|盖飞了|急救",
        r"\b(?:caught|on) fire\b|\bcatch(?:es|ing)? fire\b|\bis burning\b",
        r"\bsmok(?:e|ing) (?:from|is|coming|out)|\bburst into flames\b|\bexplo(?:de|ded|ding|sion)\b",
        r"\bgas (?:leak|cylinder)|\bsmell(?:s)? (?:of )?gas\b|\belectric(?:al)? shock|\belectrocut",
        r"\bshocked me\b|\bgot a shock\b|\bsparks?\b(?=\W*$| from| fly| flying| coming)",
        r"\bcarbon monoxide\b|\bco detector\b|\bchlorine smell|\bcoughing\b",
        r"\b(?:hissing|swelling|swollen)\b(?=.*batter|\W*$| and)",
        r"\bbatter\w+ (?:is )?(?:hissing|swelling|swollen|bulging|leaking)|\bfoaming\b",
        r"\bburn(?:ed|t)? (?:my|his|her|their|our) (?:hand|arm|face|skin|finger|leg|child|son|daughter)",
        r"\bscald\w*|\bbleeding\b|\bchok(?:e|ed|ing)\b|\bthroat (?:is )?closing\b|\bepipen\b",
        r"\bunconscious\b|\bcan'?t wake\b|\bnot waking up\b|\bcollapsed\b|\bpoison(?:ed|ing)\b",
        r"\bswallowed\b|\bcan'?t breathe\b|\bcall (?:911|999|112|an ambulance)|\bin my eyes?\b",
        r"\b(?:stuck|trapped|locked) (?:in(?:side)?|on) (?:the |a |your |our )?(?:lift|elevator|car|hire car|cold store|cable car|room|bathroom|store)\b",
        r"\bpeople (?:locked|trapped|stuck) inside\b|\bhead(?:'s)? (?:is )?stuck\b|\bhand is in\b",
        r"\be-?stop\b|\bbrakes? (?:on the \S+ )?(?:just )?(?:failed|went|gone|don'?t work)|\bstranded\b",
        r"\bdrifting\b|\bstopped mid air\b|\b(?:driver|captain) is drunk\b|\bswerving\b|\bfollowing me\b",
        r"\boutside the door\b|\b(?:diver|child|son|daughter) (?:is )?missing\b|\bcoastguard\b",
        r"\bfilling with steam\b|\bfuse box\b|\bcan'?t feel (?:his|her|my|their)\b",
        r"\bcylinder nearly empty\b",
    ),
    "violence": any_of(
        rf"跟(?:着|踪)我|尾随|(?:砸|撬|拧){_N}{{0,4}}门(?!进来)|门锁?被撬|闯(?:进|入)|弄死|杀(?:了|人|掉|我|你|死)|砍(?:人|我|死)|(?:拿|持|带)(?:着|了)?{_N}{{0,2}}刀|刀{_N}{{0,4}}(?:捅|架)|强奸|猥亵|性侵|绑架|下药",
        rf"(?:楼下|门口|门外|家门口){_N}{{0,8}}(?:不走|按门铃|堵(?!车)|等着我)|(?:前(?:男友|女友|夫|妻|任)|陌生人|跟踪狂|他|她){_N}{{0,14}}(?:在(?:我)?(?:家)?(?:门外|楼下|门口)|找上门|上门(?:了|来))",
        rf"(?:司机|师傅|他){_N}{{0,10}}(?:喝(?:醉|酒|多)|酒味|锁(?:了|上|死)?|偏离)|不(?:让|准|俾)我?下车|下不去{_N}{{0,3}}害怕|往{_N}{{0,3}}(?:郊区|山上|荒|偏僻){_N}{{0,3}}开|酒驾|醉驾|约{_N}{{0,6}}(?:女儿|儿子|孩子|未成年){_N}{{0,8}}见面|我(?:好|很)?害怕",
        r"\bthreaten\w* to (?:kill|hurt|come|harm|stab|shoot)|\bkill me\b(?! now lol)|\b(?:guy|man|someone|person) with a (?:knife|gun)|\b(?:knife|gun)\b[^.!?]{0,10}\b(?:store|shop|here|him|her)|\bbreaking in(?:to)?\b|\bto break into\b|\bfollow(?:ing|ed) me\b|\bstalk(?:er|ing)\b",
        r"\b(?:abusive|violent|my) ex\b[^.!?]{0,30}\b(?:door|address|here|outside|found)|\b(?:he|she|ex|man|guy|someone|stalker)(?:\'s| is)? at (?:the|my) door\b|\boutside (?:my|the) (?:house|door|flat|home|window)\b|\bshowed up (?:here|at my)\b|\b(?:driver|captain|pilot|he)(?:'s| is)? (?:drunk|swerving)|\bswerving\b|\blocked the doors\b|\brap(?:e|ed)\b|\bmolest\w*|\bkidnap\w*",
        r"\b(?:picking up|meeting|meet)\b[^.!?]{0,20}\b(?:year old|daughter|son|child|kid)\b|\btouched (?:him|her|my (?:son|daughter|kid|child))\b|\bhiding from (?:him|her)\b",
    ),
    "theft": any_of(
        rf"(?:正在|一直|还在|现在|不停|不断|每隔|不断){_N}{{0,14}}(?:转走|转账出|转我|往外转|转出|刷(?!新|屏|不)|划走|碌|汇款|被扣|往外)|(?:转|刷|划|碌)(?:紧|走了|出去)|被(?:一笔一?笔)?(?:转走|转出|划走)|一笔一?笔(?:转|刷|扣|往|地)|自己在动",
        rf"(?:马上|快|立刻|赶紧|即刻){_N}{{0,6}}(?:冻结|止付|截住|截停|锁卡)|冻结(?:一下)?我|(?:远程|远端)(?:控制|操作|协助)|(?:验证码|密码|卡号|口令){_N}{{0,6}}(?:给|告诉|发给|报给){_N}{{0,3}}(?:骗子|对方|他|陌生人)|给{_N}{{0,2}}骗子|骗子{_N}{{0,4}}(?:还在|在线|正在|让)|安全账户|公检法",
        rf"(?:用|拿|冒){_N}{{0,3}}我的?(?:身份|名字|证件|身份证){_N}{{0,8}}(?:贷款|借|开户|注册)|(?:钱|余额|存款){_N}{{0,6}}(?:被转|转走|少了|没了)|取{_N}{{0,4}}万{_N}{{0,4}}给|盗刷",
        r"\b(?:transferring|draining|stealing|taking|moving)\b[^.!?]{0,24}\b(?:money|account|savings|funds)|\b(?:account|money|funds|savings)\b[^.!?]{0,16}\b(?:drained|leaving|going out|disappearing|being)|\bbeing (?:charged|drained|hacked) (?:every|right|as|now)",
        r"\bfreeze (?:it|my (?:card|account) (?:now|quick|please|immediately)|the account)\b|\bblock (?:the|my|this|it)\b[^.!?]{0,8}(?:card|now|quick)|\b(?:remote|control)\b[^.!?]{0,24}\b(?:computer|phone|bank)|\bto (?:a|the) (?:scammer|fraudster)|\bsafe account\b|\bscammers? (?:have|has|is|are)\b|\bas (?:we|i) (?:speak|type)\b",
        r"\bcharged? every (?:few )?(?:second|minute)s?|\bsending (?:his|her|their|my) savings\b|\bwired?\b[^.!?]{0,40}\b(?:fake|wrong|fraud\w*|scam\w*)|\bgift cards?\b[^.!?]{0,30}\b(?:scam|hurry|on the phone)|\bhang up\b[^.!?]{0,24}\bbank\b",
        r"盗刷|(?:钱|余额|存款|余额宝)[^,。!?]{0,8}(?:被转走|转走了|少了|没了)|被(?:人)?(?:一笔一笔)?转走|冻结(?:一下)?我?的?(?:账户|账号|卡)|止付",
        r"安全账户|公检法|正在(?:用我的卡|转我|刷|往外转)|正在[^,。!?]{0,8}(?:自己在动|扣款)|免密扣款|是不是被骗|开屏幕共享|验证码给出去",
        r"手机丢了[^。!?]{0,16}钱包|被人碌|转我卡里的钱|往外转|正在用我的卡",
        r"\bdraining my account\b|\bfreeze (?:it|my account|the account)\b",
        r"\bblock (?:it|the card|my card) (?:now|quick|right)|\bnot me spending\b|\bsafe account\b",
        r"\bcloned my (?:sim|card)\b",
        r"\b(?:money|transfers?) (?:is |are )?going(?: out)?(?=\W*$|[,.!]| every)|\bceo fraud\b",
        r"\bcursor is moving by itself\b|\bcharges every minute\b|\bnot to hang up\b",
        r"\bwired [^.!?]{0,40}fake|'safe account'",
    ),
}
"""What people say when it happens, by kind."""

_MASK = any_of(
    # products and settings named after a danger
    r"(?:煤气|燃气|瓦斯|天然气)(?:灶|炉|罐|管|阀)?(?:架|罩|贴|垫|盖|台|配件)|防(?:火|爆|烫|漏电|触电|盗刷|滑)|不会(?:着火|冒烟|漏电|爆炸)",
    r"会不会(?:着火|冒烟|漏电|爆炸|自燃|触电)|漏电保护|烟雾(?:报警器?|探测器?|侦测器?)|烧烤|火锅|急救(?:包|箱|课|培训|证)|救生(?:衣|圈)|救命稻草",
    r"走失(?:手环|牌)|跳楼(?:价|机)|美滋滋|滋滋[^,。!?]{0,4}(?:电流|响声|杂音)|爆炸[好赞棒盐]|打骨折|吐血推荐|出血位|防溺水|防自杀|自杀式|活不下去的(?!人)",
    r"先走一步[”\"]|救命啦|(?:猫|狗)走丢了|打不着火|点不着火|爆(?:款|米花|单|仓|料)|炸(?:鸡|酱|弹头|锅)",
    r"choke chain|my \w+ is suicidal",
    r"(?:快递|包裹|货|件|订单|物流|行李)[^,。!?]{0,6}(?:困|卡|停)在|卡在[^,。!?]{0,6}(?:页面|界面|步|环节|中转|海关|结算|加载)|拉链[^,。!?]{0,4}卡住|(?:按|点|页面|屏|摸|键|扫|卡)[^,。!?]{0,6}没反应|(?:电脑|手机|系统|网页|页面|游戏|画面)[^,。!?]{0,3}(?:死机|卡死|卡住|停不)|想死(?:你|我)|笑死|累死|气死|急死|爱死|热死|冷死|饿死|困死|烦死|羡慕死|美死",
    r"(?:自杀|遗书)(?:小队|游戏|电影|皮肤)|安眠枕|刀具|刀片|菜刀|剃须刀|食(?:了|咗)(?:饭|未)|吞(?:卡|币)|(?:门锁|柜子|瓶盖|包装|箱子|盒子|抽屉|网页|链接|软件)[^,。!?]{0,6}打不开|门打不开",
    r"\bfire (?:stick|tv|tablet|sale|pit|place|extinguishers?|exits?)\b|\bfirewall\b|\bsmoke (?:alarms?|detectors?|gr[ae]y|flavou?r|test)\b|\bbath bombs?\b|\bkill(?:er|ing (?:me|it))\b|\bkill me now lol\b|\bdying to\b|\bto die for\b|\bdrop dead gorgeous\b|\bsuicide squad\b",
    r"防盗刷|盗刷险|无聊死|死机",
    r"fire tablet|smoking (?:area|room|jacket)|\bchoker\b|\bbleeding edge\b|\bfirst aid\b",
    r"\blifeguard (?:course|training)\b|\bcar seat\b|\bknife (?:set|block|sharpener)\b",
    r"\bstuck (?:on|at|in) (?:the )?(?:payment|page|step|loading|customs|transit|sorting|checkout|depot)\b",
    r"\bon fire (?:sale|today)\b|\bburn(?:ed|t) (?:the )?toast\b|\bremote control\b",
    r"\b(?:laptop|phone|battery|app|computer|printer|tv|screen) (?:has |just )?(?:died|dies|crashed|froze)\b|\belevator (?:shoes|music)\b|\bexplosion[- ]proof\b|\b(?:allergy|allergen) (?:info|label|list)\b",
)
_OVER = any_of(
    r"(?:已经|早就|现在)[^,。!?]{0,4}(?:没事|灭了|好了|出院|解决|脱险)|火早就|去年|上个?月|上周|几年前|当年",
    r"\b(?:all|everyone|everything)(?: is|'s)? (?:fine|ok|okay|safe|well) ?(?:now)?\b|\b(?:last|the other) (?:week|month|year)\b|\bin (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\bfor my insurance\b",
)
_NOW = any_of(
    r"现在(?!没事|好了|想)|刚刚?|正在|还在|今晚|快|急|一直",
    r"\bnow\b|\bright now\b|\bjust\b|\bstill\b|\btonight\b|\bhelp\b|\bhurry\b",
    "!",
)


def danger(text: str) -> Reason | None:
    """The wording that shows danger now; `name` is its kind (`KINDS`). None for what is over or only asked about."""
    folded = fold(text[:MAX_CHARS])
    for kind, span in danger_in(folded.text):
        return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*span), name=kind)
    return None


@lru_cache(maxsize=READINGS)
def danger_in(folded: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Kinds of danger in folded text, each with the place of its wording."""
    plain = folded.replace("’", "'").replace("帐户", "账户").replace("煞车", "刹车")
    masked = _MASK.mask(plain)
    over = bool(_OVER.search(masked)) and not _NOW.search(masked)
    found = [(kind, hit.span()) for kind, pattern in KINDS.items() if (hit := pattern.search(masked))]
    return tuple((kind, span) for kind, span in found if kind == "self_harm" or not over)
