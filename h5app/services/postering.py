"""Postering: the campaign's facts on a poster for each channel."""

from dataclasses import dataclass

from h5app.domain.campaign import Campaign, local_time
from h5app.domain.channel import Channel
from h5app.domain.nomination import Route
from h5app.posters.book import PosterBook
from h5app.posters.code import scan_url
from h5app.posters.poster import PosterFacts, poster_pdf, poster_png, poster_preview


@dataclass(frozen=True)
class PosterPress:
    """What posters are made from. `why_sample` is "" where they may be printed for good."""

    campaign: Campaign
    book: PosterBook
    base_url: str
    why_sample: str

    def url(self, channel: Channel) -> str:
        """The address in a channel's code."""
        return scan_url(self.base_url, channel.code)

    def pdf(self, channel: Channel) -> bytes:
        return poster_pdf(self._facts(channel), self.book, channel, self.url(channel), sample=bool(self.why_sample))

    def png(self, channel: Channel) -> bytes:
        return poster_png(self._facts(channel), self.book, channel, self.url(channel), sample=bool(self.why_sample))

    def preview(self, channel: Channel) -> bytes:
        return poster_preview(self._facts(channel), self.book, channel, self.url(channel), sample=bool(self.why_sample))

    def _facts(self, channel: Channel) -> PosterFacts:
        organiser = self.campaign.organiser
        path = self.campaign.path_of(channel.route or Route.SELF)
        return PosterFacts(
            title=self.campaign.title,
            organiser=organiser.name,
            telephone=organiser.telephone,
            who_may=self.campaign.who_may,
            closing=f"{local_time(path.closes_at)} 截止" if path.closes_at else path.dates_note,
            records=tuple(record for record in (organiser.icp_record, organiser.police_record) if record),
        )


def why_sample(campaign: Campaign, *, is_public: bool) -> str:
    """Why posters can only be samples for now, or "" where they may be printed."""
    if not is_public:
        return "还没有设置对外网址（H5APP_PUBLIC_BASE_URL），别人的手机打不开二维码"
    if not campaign.organiser.icp_record:
        return "活动文件里还没有填网站备案号（organiser.icp_record）"
    return ""
