"""All tables of one database, opened together."""

from dataclasses import dataclass

from h5app.storage.admins import Admins
from h5app.storage.attachments import Attachments
from h5app.storage.audit import Audit
from h5app.storage.channels import ChannelRows
from h5app.storage.counts import DayCounts
from h5app.storage.digests import Digests
from h5app.storage.drafts import Drafts
from h5app.storage.ledger import Ledger
from h5app.storage.links import Links
from h5app.storage.nominations import Nominations
from h5app.storage.outbox import Outbox
from h5app.storage.pauses import Pauses
from h5app.storage.picks import Picks
from h5app.storage.rows import Rows
from h5app.storage.tries import Tries
from h5app.storage.vault import Vault
from h5app.storage.wechat_tokens import WechatTokens


@dataclass(frozen=True)
class Stores:
    """What services work on; `rows.transaction()` makes several writes one."""

    rows: Rows
    drafts: Drafts
    attachments: Attachments
    nominations: Nominations
    outbox: Outbox
    digests: Digests
    pauses: Pauses
    admins: Admins
    audit: Audit
    channels: ChannelRows
    counts: DayCounts
    tries: Tries
    picks: Picks
    links: Links
    ledger: Ledger
    wechat_tokens: WechatTokens


def open_stores(rows: Rows, vault: Vault) -> Stores:
    return Stores(
        rows=rows,
        drafts=Drafts(rows, vault),
        attachments=Attachments(rows),
        nominations=Nominations(rows, vault),
        outbox=Outbox(rows),
        digests=Digests(rows),
        pauses=Pauses(rows),
        admins=Admins(rows),
        audit=Audit(rows),
        channels=ChannelRows(rows),
        counts=DayCounts(rows),
        tries=Tries(rows),
        picks=Picks(rows),
        links=Links(vault),
        ledger=Ledger(rows),
        wechat_tokens=WechatTokens(rows, vault),
    )
