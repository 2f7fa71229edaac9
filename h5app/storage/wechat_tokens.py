"""WeChat's tokens: one row an app, sealed; whoever holds its lease may fetch new ones, everybody else reads."""

from dataclasses import dataclass, field
from datetime import datetime

from h5app.domain.errors import SealError
from h5app.storage.rows import Row, Rows, from_text, to_text
from h5app.storage.vault import Vault


@dataclass(frozen=True)
class KeptToken:
    """A token or a ticket, and when it ends."""

    text: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class LeasedTokens:
    """What a refresher found when it got the lease. `failures` counts its fruitless tries in a row."""

    app_id: str
    lease_until: datetime
    access_token: KeptToken | None
    ticket: KeptToken | None
    failures: int


class WechatTokens:
    """Table `wechat_tokens`."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows = rows
        self._vault = vault

    def ticket(self, app_id: str) -> KeptToken | None:
        """The newest ticket, over or not."""
        found = self._rows.read("SELECT * FROM wechat_tokens WHERE app_id = :app_id", {"app_id": app_id})
        return self._kept(found[0], "ticket") if found else None

    def lease(self, app_id: str, *, now: datetime, lease_until: datetime, horizon: datetime) -> LeasedTokens | None:
        """Take the app's row if its next refresh is due and nobody else is at it; None otherwise.

        One conditional write, so two workers cannot both win. Times beyond the horizon were written by a clock that
        ran ahead and count as passed.
        """
        sql = """
            INSERT INTO wechat_tokens (app_id, due_at, lease_until) VALUES (:app_id, :now, :lease_until)
            ON CONFLICT (app_id) DO UPDATE SET lease_until = excluded.lease_until
            WHERE (wechat_tokens.due_at <= :now OR wechat_tokens.due_at > :horizon)
              AND (wechat_tokens.lease_until IS NULL OR wechat_tokens.lease_until <= :now
                   OR wechat_tokens.lease_until > :horizon)
            RETURNING *
        """
        times = {"now": to_text(now), "lease_until": to_text(lease_until), "horizon": to_text(horizon)}
        rows = self._rows.write(sql, {"app_id": app_id, **times})
        if not rows:
            return None
        access_token, ticket = self._kept(rows[0], "access_token"), self._kept(rows[0], "ticket")
        return LeasedTokens(app_id, lease_until, access_token, ticket, rows[0]["failures"])

    def settle(
        self,
        leased: LeasedTokens,
        *,
        access_token: KeptToken | None,
        ticket: KeptToken | None,
        failures: int,
        due_at: datetime,
    ) -> bool:
        """Write down how a refresh ended and give the lease back; False where a later one has taken over."""
        sql = """
            UPDATE wechat_tokens
            SET access_token = :access_token, access_token_until = :access_token_until, ticket = :ticket,
                ticket_until = :ticket_until, failures = :failures, due_at = :due_at, lease_until = NULL
            WHERE app_id = :app_id AND lease_until = :lease_until
            RETURNING app_id
        """
        params = {
            "app_id": leased.app_id,
            "lease_until": to_text(leased.lease_until),
            "access_token": self._sealed(leased.app_id, "access_token", access_token),
            "access_token_until": to_text(access_token.until) if access_token else None,
            "ticket": self._sealed(leased.app_id, "ticket", ticket),
            "ticket_until": to_text(ticket.until) if ticket else None,
            "failures": failures,
            "due_at": to_text(due_at),
        }
        return bool(self._rows.write(sql, params))

    def _sealed(self, app_id: str, column: str, kept: KeptToken | None) -> str | None:
        return self._vault.seal(kept.text, context=f"wechat_tokens.{column}:{app_id}") if kept else None

    def _kept(self, row: Row, column: str) -> KeptToken | None:
        if row[column] is None:
            return None
        try:
            text = self._vault.open(row[column], context=f"wechat_tokens.{column}:{row['app_id']}")
        except SealError:  # written under another key: WeChat gives a new one for the asking
            return None
        return KeptToken(text, from_text(row[f"{column}_until"]))
