"""What a line of the office's list is about, in Chinese. The server writes it in English where it reads a record, and
keeps it so; here each sentence has its other half, into which goes what it quotes."""

from __future__ import annotations

import re
from typing import Final

SENTENCES: Final = (  # as it is written, as it is said; the first one that fits counts
    ("{what} (record {place})", "{what}（记录 {place}）"),
    ("void of {receipt}: {who} signed in both places", "作废 {receipt}：{who} 签了两处"),
    ("void of {receipt}: {why}; not booked", "作废 {receipt}：{why}；未入账"),
    ("{item}: {who} signed in both places", "{item}：{who} 签了两处"),
    ("{receipt} is not printed: {checks}", "{receipt} 未打印，没有通过的是：{checks}"),
    ("{block}: handed out as another one", "{block}：发放的是另一段"),
    ("block {block}, {first} to {last}: {why}", "票号段 {block}（{first} 至 {last}）：{why}"),
    ("block {block}, {first} to {last}", "票号段 {block}（{first} 至 {last}）"),
    ("slip {slip}, {amount}: {why}", "凭条 {slip}，{amount}：{why}"),
    ("number {number} was issued twice", "号码 {number} 开具了两次"),
    ("payment {payment} was opened twice", "交易 {payment} 开始了两次"),
    ("payment {payment} {why}; not booked again", "交易 {payment} {why}；没有再次入账"),
    ("payment {payment}: the parts do not add up; not booked", "交易 {payment}：各部分之和不等于总额；未入账"),
    ("payment {payment}: notes and charges make {sum}, the kiosk says {said}",
     "交易 {payment}：纸币与扣款合计 {sum}，终端报告 {said}"),
    ("{amount} was paid ahead for {fee} {account}: no such account here",
     "{fee} {account} 预存 {amount}：这里没有这个户号"),
    ("paid bill {bill} ({fee}) is not known here", "已缴账单 {bill}（{fee}）不在本服务器"),
    ("bill {bill}: due {due}, paid {paid}", "账单 {bill}：应缴 {due}，已缴 {paid}"),
    ("charge {charge} was told twice; booked once", "扣款 {charge} 报告了两次；只入账一次"),
    ("charge {charge}: the kiosk says confirmed over {amount}, this server does not",
     "扣款 {charge}：终端说已扣 {amount}，本服务器没有这样的结果"),
    ("charge {charge} was not known here any more; the provider says {state} over {amount}",
     "扣款 {charge} 本服务器已无记录；支付机构说：{state}，{amount}"),
    ("charge {charge} came again with other contents ({amount}, bill {bill}); refused",
     "扣款 {charge} 再次送来，内容不同（{amount}，账单 {bill}）；已拒绝"),
    ("asked about charge {charge} of {kiosk}", "查询了 {kiosk} 的扣款 {charge}"),
    ("charge {charge}, {amount}: {why}", "扣款 {charge}，{amount}：{why}"),
    ("note {note} was credited twice; booked once", "纸币 {note} 入账了两次；只计一次"),
    ("note {note} is {state} but was never held", "纸币 {note} {state}，但没有暂存记录"),
    ("note {note}, {value}: it {found}; the slip can be settled", "纸币 {note}，{value}：{found}；凭条可以结清"),
    ("note {note}, {value}: {why}", "纸币 {note}，{value}：{why}"),
    ("box {box}: records say {ours} and {unknown} unknown, the kiosk says {theirs} and {more} unknown",
     "钱箱 {box}：按记录 {ours}，面额不明 {unknown} 张；终端说 {theirs}，面额不明 {more} 张"),
    ("{slip} counts boxes that are not waiting", "{slip} 清点的钱箱不在待清点之列"),
    ("{slip}: the slip expects other notes than the records", "{slip}：清单上的应有纸币与记录不同"),
    ("{slip}: {amount} against the records", "{slip}：与记录相差 {amount}"),
    ("{report}: {gaps} receipt numbers were passed over", "{report}：跳过了 {gaps} 个票号"),
    ("wrong PIN for {person}", "工号 {person} 的密码输错"),
    ("{what} opened, and nobody was signed in", "{what}被打开，当时没有人登录"),
    ("kind {kind} is not known to this server", "本服务器不认识类型 {kind}"),
    ("{kind}: this server reads up to version {version}", "{kind}：本服务器只读到第 {version} 版"),
    ("records came for epoch {epoch}, which a newer enrolment has closed; they are booked",
     "第 {epoch} 世代已被新的注册关闭，又收到它的记录；已入账"),
    ("two journals from record {place} on: booked {here}; kept, not booked {there}",
     "从记录 {place} 起有两份日志：已入账 {here}；另存未入账 {there}"),
    ("the server acknowledged {ours} records of this journal, which ends at {end}: {why}",
     "服务器已确认这份日志的 {ours} 条记录，而它只到 {end}：{why}"),
    ("the server's record {seq} is not the one in this journal: {why}", "服务器的第 {seq} 条记录与这份日志不同：{why}"),
    ("{number} records; a batch has 1 to {most}", "{number} 条记录；一批应有 1 至 {most} 条"),
    ("{place} belongs to {kiosk}, epoch {epoch}", "{place} 属于 {kiosk} 第 {epoch} 世代"),
    ("{place} has a number beyond 64 bits", "{place} 有超出 64 位的数"),
    ("{place} follows {before}", "{place} 接在 {before} 之后"),
    ("{place} does not chain to the one before", "{place} 与前一条接不上"),
    ("{place} is no beginning of an epoch", "{place} 不能是世代的开头"),
    ("{place} does not match its hash", "{place} 与它的哈希不符"),
    ("the signature over head {place} is not this kiosk's", "链头 {place} 的签名不是这台终端的"),
    ("epoch {epoch} is not signed by the key of epoch {key}", "第 {epoch} 世代不是用第 {key} 世代的密钥签的"),
    ("not understood: {why}", "无法理解：{why}"),
    ("record {place}", "记录 {place}"),
)  # fmt: skip

QUOTED: Final = {  # a part of a sentence that is itself said in words
    "seal": "印章", "figures_capitals": "大小写金额", "customer": "缴费人", "fee": "收费项目", "stub": "存根联",
    "door": "柜门", "box": "钱箱门",
    "unknown amount": "金额不明", "unknown value": "面额不明", "an unknown number": "不存在的工号",
    "it was never issued": "从未开具", "it was void before": "早已作废",
    "it belongs to another payment": "属于另一笔交易",
    "its bill was settled with another amount": "账单的结清金额不同",
    "given and taken by one person": "交接双方是同一人",
    "it names collections that were never counted": "含有没有清点过的清箱单",
    "some of it was counted by somebody else": "有一部分由别人清点",
    "some of it was handed over before": "有一部分已经交接过",
    "it names other notes than were counted": "纸币与清点的不同",
    "was never opened": "没有开始记录", "was completed twice": "完成了两次",
    "is in the box": "在钱箱里", "went back to the customer": "已退给顾客",
    "stacking": "入箱中", "returning": "退币中", "returned": "已退回",
    "no_range": "号段不成立", "overlap": "与已有号段重叠", "nothing yet": "尚无",
    "confirmed": "已扣款", "declined": "未扣款", "unknown": "结果未知", "never": "未发生",
    "its tail was cut off, or an old copy of the card was put back": "尾部被删除，或放回了旧存储卡",
    "a second machine uses our key, or an old copy of the card was put back and went on":
        "另一台机器在用这把密钥，或放回旧存储卡后继续运行",
}  # fmt: skip

WHY: Final[dict[str, tuple[str, str]]] = {  # why money is in doubt or owed, and what a device lacks
    "why_change_owed": ("机器不找零，凭凭条领取", "no change is given: paid out for the slip"),
    "why_payment_cancelled": ("工作人员取消缴费", "staff cancelled the payment"),
    "why_receipt_void": ("票据已作废", "the receipt is void"),
    "why_note_doubtful": ("纸币待核", "a note is in doubt"),
    "why_charge_doubtful": ("扣款待核", "a charge is in doubt"),
    "why_charge_unknown": ("银行尚未答复", "the bank has not answered"),
    "why_counted": ("实点与记录不一致", "counted is not what the records say"),
    "why_taken_without_intent": ("终端没有要求收取的纸币", "a note that the kiosk did not ask for"),
    "why_pulses_cut": ("纸币清点中途被打断", "the counting of a note was cut off"),
    "why_no_such_count": ("清点到的数目不符合任何面额", "a count that no denomination fits"),
    "why_another_note": ("入箱的纸币与识别的不同", "another note went in than was read"),
    "why_taken_against_order": ("应退回的纸币入了箱", "a note went in that should come back"),
    "why_outcome_unknown": ("纸币口重启，去向不明", "the note slot restarted: nobody knows where it went"),
    "why_counter_differs": ("纸币口计数与记录不一致", "the note slot counts other notes than the records"),
    "why_acceptor_away": ("纸币口带着纸币断开", "the note slot went away with a note inside"),
    "why_another_amount": ("扣款金额与请求不一致", "another amount was charged than asked for"),
    "why_another_transaction": ("刷卡机说的不是这一笔", "the card terminal told of another transaction"),
    "why_another_currency": ("刷卡机用了别的币种", "the card terminal used another currency"),
    "why_another_terminal": ("换了一台刷卡机，查不到这一笔", "another card terminal: it does not know this payment"),
    "why_several_since": ("刷卡机后来做过别的交易，查不到这一笔", "the card terminal was used since: it can not say"),
    "why_charged_although_not_sent": ("显示未扣款，银行却扣了款", "charged, although we said it was not"),
    "why_ok": ("正常", "in order"),
    "why_paper_out": ("缺纸", "no paper"),
    "why_not_ready": ("没有就绪", "not ready"),
    "why_min": ("分钟", "min"),
    "why_away": ("不在线", "away"),
    "why_no_port": ("没有接上", "not plugged in"),
    "why_no_permission": ("没有使用权限", "no permission"),
    "why_busy_port": ("接口被占用", "port in use"),
    "why_silent": ("没有应答", "no answer"),
    "why_garbage": ("收到乱码", "garbage arrives"),
    "why_echo": ("线路回环", "the line echoes"),
    "why_wrong_device": ("不是这种设备", "another device"),
    "why_failed": ("设备报告故障", "reports a failure"),
}  # fmt: skip

_QUOTE: Final = re.compile(r"\\{(\w+)\\}")
_KNOWN: Final = [
    (re.compile(_QUOTE.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), chinese)
    for english, chinese in SENTENCES
]


def in_chinese(said: str) -> str:
    """Said as it is where nobody knows words for it, such as what an older server wrote or a system reported."""
    if why := WHY.get(f"why_{said}"):
        return why[0]
    for between in ("; ", ", "):
        if all(part in QUOTED for part in said.split(between)):
            return "、".join(QUOTED[part] for part in said.split(between))
    for known, chinese in _KNOWN:
        if found := known.fullmatch(said):
            return chinese.format(**{name: in_chinese(text) for name, text in found.groupdict().items()})
    head, colon, rest = said.partition(": ")
    return f"{in_chinese(head)}：{in_chinese(rest)}" if colon else said
