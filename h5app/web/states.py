"""States in plain words: what has become of an entry, what that means to whoever asks, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass

from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Nomination, Status
from h5app.domain.visiting import Role


@dataclass(frozen=True)
class Said:
    """One state.

    Args:
        mark: how it looks: going, todo, good or over.
        after: what happens next, a sentence each; empty where nothing does.
    """

    heading: str
    words: str
    mark: str
    after: tuple[str, ...] = ()


_FOR_ALL: Mapping[Status, Said] = {
    Status.WAITING: Said("等本人确认", "本人确认以后，工会才会收到。请把链接转给本人，或者打电话提醒一下。", "todo"),
    Status.SUBMITTED: Said("工会已收到，正在初审", "现在不用做什么。有了结果，或者有要改的，都会写在这里。", "going"),
    Status.RETURNED: Said("请改好再交", "按下面说的改好，再交一次就行。受理编号不变。", "todo"),
    Status.ACCEPTED: Said("初审已通过", "材料齐了，不用再改。需要您做什么，工会会打电话。", "good"),
    Status.REJECTED: Said("没有通过初审", "谢谢您参加。想知道原因，请打电话问工会。", "over"),
    Status.WITHDRAWN: Said("已撤回", "填的内容和照片都已删除。还想参加，可以重新推荐。", "over"),
    Status.DECLINED: Said("本人谢绝", "本人这次不参加，填的内容和照片都已删除。谢谢您想着他（她）。", "over"),
}
_FOR_NOMINEE: Mapping[Status, Said] = {
    Status.WAITING: Said("等您确认", "有人推荐了您。请看看写得对不对，补好您的资料再提交，工会才会收到。", "todo"),
    Status.DECLINED: Said("您已谢绝", "填的内容和照片都已删除。想法变了，可以推荐自己。", "over"),
}
_RETURNED_TO_NOMINEE = Said("请本人改好再交", "工会说了要改哪里，由本人自己改。", "going")


def said_of(entry: Nomination, campaign: Campaign, *, role: Role) -> Said:
    """What somebody is told of an entry.

    Args:
        role: whose telephone opened it, or who has sent it from this browser.
    """
    words = _words(entry, role)
    return Said(words.heading, words.words, words.mark, _after(entry.status, campaign))


def _words(entry: Nomination, role: Role) -> Said:
    if role is Role.NOMINEE and entry.status in _FOR_NOMINEE:
        return _FOR_NOMINEE[entry.status]
    if role is Role.NOMINATOR and entry.status is Status.RETURNED and entry.confirmed_at:
        return _RETURNED_TO_NOMINEE
    return _FOR_ALL[entry.status]


def _after(status: Status, campaign: Campaign) -> tuple[str, ...]:
    """The campaign's own steps; the first of them is over once the office has said yes."""
    if status in {Status.WAITING, Status.SUBMITTED, Status.RETURNED}:
        return campaign.after
    return campaign.after[1:] if status is Status.ACCEPTED else ()
