from datetime import timedelta

from h5app.storage.audit import AuditEntry


def test_acts_on_an_entry_are_told_newest_first_by_the_order_they_were_written(any_stores, now):
    first = AuditEntry(now, "赵敏", "查看完整号码", "7K2M9QXA", "电话核实")
    second = AuditEntry(now - timedelta(hours=1), "王强", "已通过", "7K2M9QXA", "")
    other = AuditEntry(now, "赵敏", "登录", "", "")
    for act in (first, other, second):
        any_stores.audit.add(act)

    assert any_stores.audit.of("7K2M9QXA") == [second, first]
    assert any_stores.audit.of("") == [other]
    assert any_stores.audit.of("XXXXXXXX") == []
