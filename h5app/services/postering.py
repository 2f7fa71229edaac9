"""Postering: the campaign's facts on a poster for each channel."""

from dataclasses import dataclass

from h5app.domain.campaign import Campaign, local_time
from h5app.domain.channel import Channel
from h5app.domain.errors import PosterError
from h5app.domain.nomination import Route
from h5app.posters.book import PosterBook
from h5app.posters.code import POSTER_VERSION, SHORT_LINK, code_for, scan_url
from h5app.posters.poster import Poster, PosterFacts, poster_file, poster_preview
from h5app.posters.product import DESIGNS, PRODUCTS, Design, Product, design_named, form_named, product_named


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

    def check_link(self) -> None:
        """Raises PosterError where the address is too long for the code of any poster."""
        code_for(self._longest_url(), level=self.book.level, largest=POSTER_VERSION)

    @property
    def advice(self) -> str:
        """What would make the codes easier to scan, as a sentence; "" where nothing would."""
        characters = len(self._longest_url())
        if characters <= SHORT_LINK:
            return ""
        return (
            f"海报上的网址有 {characters} 个字符，二维码会密一些。换一个短的域名（H5APP_PUBLIC_BASE_URL），"
            f"整个网址不超过 {SHORT_LINK} 个字符，远一点也扫得清"
        )

    @property
    def products(self) -> tuple[Product, ...]:
        return PRODUCTS

    @property
    def designs(self) -> tuple[Design, ...]:
        return DESIGNS

    def make(self, channel: Channel, *, product: str, design: str, form: str, sample: bool = False) -> bytes:
        """One poster as a file; the same bytes for the same arguments.

        Args:
            product, design, form: names from `products`, `designs` and the product's `forms`.
            sample: 样张 lies across the page.

        Raises:
            PosterError: there is no such product, design or form; only samples may be made for now, and this was not
                asked for as one; a text does not fit or cannot be printed; the link makes too dense a code.
        """
        poster = self._poster(channel, product=product, design=design, sample=sample)
        kind = form_named(form, poster.product)
        if self.why_sample and not sample:
            raise PosterError(self.why_sample)
        return poster_file(poster, kind)

    def preview(self, channel: Channel, *, product: str, design: str) -> bytes:
        """A small PNG to look at, not to scan; a sample where posters may only be samples. Errors as for `make`."""
        return poster_preview(self._poster(channel, product=product, design=design, sample=bool(self.why_sample)))

    def _longest_url(self) -> str:
        return max((self.url(channel) for channel in self.book.channels), key=len)

    def _poster(self, channel: Channel, *, product: str, design: str, sample: bool) -> Poster:
        return Poster(
            facts=self._facts(channel),
            book=self.book,
            channel=channel,
            url=self.url(channel),
            product=product_named(product),
            design=design_named(design),
            sample=sample,
        )

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
            categories=self.campaign.categories,
        )


def check_places(book: PosterBook, campaign: Campaign) -> None:
    """Hold the book's channels to the campaign's own words: what they say is printed, offered in the form and added up.

    Raises:
        PosterError: a region or category that the campaign does not have; the message lists those it has.
    """
    for number, channel in enumerate(book.channels, start=1):
        places = (("region", channel.region, campaign.regions), ("category", channel.category, campaign.categories))
        for key, said, offered in places:
            if said and said not in offered:
                where = f"posters.toml 的 channels[{number}].{key}"
                raise PosterError(f"{where}“{said}”不在活动文件里，请从这些里选：{'、'.join(offered)}")


def why_sample(campaign: Campaign, *, is_public: bool) -> str:
    """Why posters can only be samples for now, or "" where they may be printed."""
    if not is_public:
        return "还没有设置对外网址（H5APP_PUBLIC_BASE_URL），别人的手机打不开二维码"
    if not campaign.organiser.icp_record:
        return "活动文件里还没有填网站备案号（organiser.icp_record）"
    return ""
