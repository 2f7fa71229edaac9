import io

from PIL import Image

from h5app.documents.watermark import watermark

SENTENCE = "仅供焦作“最美新就业形态劳动者”选树活动使用"


def test_a_watermark_is_mostly_air_and_never_opaque():
    with Image.open(io.BytesIO(watermark(SENTENCE)), formats=["PNG"]) as mark:
        alpha = mark.convert("RGBA").getchannel("A")

    shares = alpha.histogram()
    assert shares[0] / sum(shares) > 0.8
    assert 80 < alpha.getextrema()[1] < 200


def test_a_sentence_that_looks_like_a_program_is_a_sentence():
    assert watermark('#read("/etc/passwd")') != watermark("$x$")


def test_the_same_sentence_gives_the_same_bytes():
    assert watermark(f"{SENTENCE}。") == watermark(f"{SENTENCE}。")
