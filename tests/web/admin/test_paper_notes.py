"""What an entry's page in the console says of its paper."""


def entry_page(service, **answers) -> str:
    entry = service.entry(**answers)
    return service.admin_client().get(f"/admin/nominations/{entry.reference}").text


def test_a_character_that_no_font_has_is_named_by_code_block_and_radical(make_service):
    page = entry_page(make_service(), name="张\U000323af\U0002ebf0")

    assert "这些字现有字体印不出" in page
    assert "U+2EBF0，扩展I区" in page


def test_an_office_form_that_cannot_be_used_is_said_to_be(make_service, tmp_path):
    (tmp_path / "form.docx").write_bytes(b"no form")
    page = entry_page(make_service(H5APP_WORD_TEMPLATE=str(tmp_path / "form.docx")))

    assert "单位自己的 Word 模板用不了" in page
    assert "这不是 Word 文件（.docx）。请在 Word 里另存为 .docx。改好以前用自带的模板，信不会丢" in page


def test_ordinary_paper_is_not_spoken_of(make_service):
    page = entry_page(make_service())
    assert ("印不出" in page, "模板" in page) == (False, False)
