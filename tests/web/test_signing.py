from itsdangerous import URLSafeTimedSerializer

from h5app.web.signing import _signed, shared_signer

PLAIN = URLSafeTimedSerializer("a secret", salt="cookie-session")
VISIT = {"channel": "K7WM", "scanned": "2026-11-22 K7WM", "arriving": True}


def test_either_reads_what_the_other_has_signed():
    signer = shared_signer(PLAIN)

    assert PLAIN.loads(signer.dumps(VISIT), max_age=60) == VISIT
    assert signer.loads(PLAIN.dumps(VISIT), max_age=60) == VISIT


def test_what_many_have_is_signed_once():
    signer = shared_signer(PLAIN)
    _signed.cache_clear()

    assert signer.dumps(VISIT) == signer.dumps(dict(VISIT))
    assert _signed.cache_info().misses <= 2  # a minute may have ended between the two
    assert signer.dumps({**VISIT, "channel": "H3NR"}) != signer.dumps(VISIT)


def test_what_is_somebodys_own_is_not_kept():
    signer = shared_signer(PLAIN)
    _signed.cache_clear()

    for own in ({**VISIT, "csrf_token": "a"}, {"_flashes": [("success", "好了")]}):
        assert PLAIN.loads(signer.dumps(own), max_age=60).keys() == own.keys()
    assert _signed.cache_info().currsize == 0


def test_keys_stay_apart():
    other = shared_signer(URLSafeTimedSerializer("another secret", salt="cookie-session"))

    assert other.dumps(VISIT) != shared_signer(PLAIN).dumps(VISIT)
