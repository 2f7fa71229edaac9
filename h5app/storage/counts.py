"""Counts: how many came how far, by channel and day, and nothing about who they were."""

from collections.abc import Collection
from datetime import date

from h5app.domain.funnel import DayCount, FunnelStep
from h5app.storage.rows import Rows


class DayCounts:
    """Table `counts`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, code: str, step: FunnelStep, *, day: date, by: int = 1) -> None:
        sql = """
            INSERT INTO counts (code, day, step, count) VALUES (:code, :day, :step, :by)
            ON CONFLICT (code, day, step) DO UPDATE SET count = counts.count + :by
        """
        self._rows.write(sql, {"code": code, "day": day.isoformat(), "step": step.value, "by": by})

    def between(self, since: date | None, until: date | None) -> tuple[DayCount, ...]:
        """The counts of these days, both ends included; None: from the first day on, or to the last."""
        sql = """
            SELECT code, day, step, count FROM counts
            WHERE (CAST(:since AS TEXT) IS NULL OR day >= CAST(:since AS TEXT))
              AND (CAST(:until AS TEXT) IS NULL OR day <= CAST(:until AS TEXT))
            ORDER BY day, code, step
        """
        return tuple(
            DayCount(row["code"], date.fromisoformat(row["day"]), FunnelStep(row["step"]), row["count"])
            for row in self._rows.read(sql, _span(since, until))
        )

    def scans(self) -> dict[str, int]:
        """Code → scans of all days, those that led elsewhere among them."""
        sql = """
            SELECT code, CAST(SUM(count) AS BIGINT) AS n FROM counts
            WHERE step IN ('scan', 'forwarded') GROUP BY code
        """
        return {row["code"]: row["n"] for row in self._rows.read(sql)}

    def sums_by_code(self, since: date | None, until: date | None) -> dict[str, dict[FunnelStep, int]]:
        """Code → step → how many on these days together, both ends included; None: all."""
        sql = """
            SELECT code, step, CAST(SUM(count) AS BIGINT) AS n FROM counts
            WHERE (CAST(:since AS TEXT) IS NULL OR day >= CAST(:since AS TEXT))
              AND (CAST(:until AS TEXT) IS NULL OR day <= CAST(:until AS TEXT))
            GROUP BY code, step
        """
        sums: dict[str, dict[FunnelStep, int]] = {}
        for row in self._rows.read(sql, _span(since, until)):
            sums.setdefault(row["code"], {})[FunnelStep(row["step"])] = row["n"]
        return sums

    def sums_by_day(
        self, since: date | None, until: date | None, *, codes: Collection[str] | None = None
    ) -> dict[date, dict[FunnelStep, int]]:
        """Day → step → how many of these codes together, oldest day first; None: of all codes, and of no code not."""
        chosen = {f"code{number}": code for number, code in enumerate(codes or ())}
        # Only names that were made up here: the codes themselves are parameters.
        among = f"code IN ({', '.join(f':{name}' for name in chosen)})" if chosen else "1 = 0"
        sql = f"""
            SELECT day, step, CAST(SUM(count) AS BIGINT) AS n FROM counts
            WHERE {"code <> ''" if codes is None else among}
              AND (CAST(:since AS TEXT) IS NULL OR day >= CAST(:since AS TEXT))
              AND (CAST(:until AS TEXT) IS NULL OR day <= CAST(:until AS TEXT))
            GROUP BY day, step ORDER BY day
        """  # noqa: S608
        sums: dict[date, dict[FunnelStep, int]] = {}
        for row in self._rows.read(sql, {**_span(since, until), **chosen}):
            sums.setdefault(date.fromisoformat(row["day"]), {})[FunnelStep(row["step"])] = row["n"]
        return sums


def _span(since: date | None, until: date | None) -> dict[str, str | None]:
    return {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
