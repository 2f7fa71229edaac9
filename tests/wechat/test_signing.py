from h5app.wechat.signing import signature

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
VECTOR = "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def signed(url, **changes):
    given = {"nonce": "Wm3WZYTPz0wzccnW", "timestamp": 1414587457, **changes}
    return signature(TICKET, **given, url=url)


def test_the_vector_of_wechats_documentation_comes_out():
    assert signed("http://mp.weixin.qq.com?params=value") == VECTOR


def test_what_follows_a_hash_does_not_count():
    assert signed("http://mp.weixin.qq.com?params=value#top") == VECTOR


def test_everything_else_counts():
    others = [
        signed("http://mp.weixin.qq.com?params=valu"),
        signed("http://mp.weixin.qq.com?params=value", nonce="Wm3WZYTPz0wzccnV"),
        signed("http://mp.weixin.qq.com?params=value", timestamp=1414587458),
    ]

    assert len({VECTOR, *others}) == 4
