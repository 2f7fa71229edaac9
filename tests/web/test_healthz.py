from h5app.app import create_app
from h5app.storage.migrations import STEPS
from h5app.wiring import wire


def test_a_migrated_service_is_healthy(service):
    answer = service.client().get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"database": "ok", "waiting_migrations": []})


def test_a_service_that_waits_for_a_migration_is_not(service):
    service.stores.rows.write("DELETE FROM _sqlite_migrations")

    answer = service.client().get("/healthz")

    assert (answer.status_code, answer.json["waiting_migrations"]) == (503, [step.name for step in STEPS])


def test_a_service_without_its_tables_answers_with_pages_and_no_words_of_its_own(service, tmp_path):
    settings = service.parts.settings
    empty = wire(type(settings)(tmp_path / "data", tmp_path / "keys", settings.campaign_file, base_url=""))
    client = create_app(empty.settings, parts=empty).test_client()
    client.set_cookie("h5app_self", "token")

    answer = client.get("/")
    empty.stores.rows.close()

    assert answer.status_code == 500
    assert "no such table" not in answer.text
    assert "3999920" in answer.text
