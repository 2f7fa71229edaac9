from h5app.domain.reconciling import UNMAILED, Figures, Standing


def test_every_standing_has_its_words():
    assert len({standing.label for standing in Standing}) == len(Standing)


def test_a_sum_shows_every_part_and_agrees():
    figures = Figures(12, {Standing.SENT: 9, Standing.UNCONFIRMED: 2, Standing.HELD: 1, Standing.QUEUED: 0})

    assert figures.agrees
    assert figures.sum_line == "收到 12 = 需人工处理 1 + 待本人确认 2 + 已寄出 9，对得上"


def test_nothing_received_agrees_too():
    assert Figures(0, {}).agrees
    assert Figures(0, {}).sum_line == "没有收到推荐表"


def test_an_entry_without_a_letter_makes_the_sum_wrong():
    figures = Figures(3, {Standing.SENT: 2, Standing.LOST: 1})

    assert not figures.agrees
    assert figures.sum_line == "收到 3，已寄出 2，对不上：差 1 份"


def test_what_is_counted_twice_makes_the_sum_wrong():
    assert Figures(2, {Standing.SENT: 3}).sum_line == "收到 2，已寄出 3，对不上：差 1 份"


def test_only_what_a_mailbox_has_or_need_not_have_is_no_gap():
    assert set(Standing) - set(UNMAILED) == {
        Standing.UNCONFIRMED,
        Standing.SENT,
        Standing.TYPED_IN,
        Standing.WITHDRAWN,
        Standing.DECLINED,
    }
