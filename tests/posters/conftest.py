from pathlib import Path

import pytest

from h5app.posters.book import PosterBook, load_poster_book
from h5app.posters.poster import PosterFacts

SHIPPED = Path(__file__).parents[2] / "qr" / "posters.toml"


@pytest.fixture(scope="session")
def book() -> PosterBook:
    return load_poster_book(SHIPPED)


@pytest.fixture(scope="session")
def facts() -> PosterFacts:
    return PosterFacts(
        title="焦作“最美新就业形态劳动者”推荐",
        organiser="焦作市总工会",
        telephone="3999920",
        who_may="在焦作市域内工作满2年的货车司机、网约车司机、快递员、外卖配送员等新就业形态劳动者，且为工会会员",
        closing="截止时间以省总工会通知为准",
        records=("豫ICP备00000000号", "豫公网安备00000000000000号"),
    )
