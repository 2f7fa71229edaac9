import io

from PIL import Image

from h5app.documents.palette import indexed_png, steps

RED, WHITE, BLACK = (200, 16, 46), (255, 255, 255), (0, 0, 0)


def png(*colours):
    """A row of pixels."""
    row = Image.new("RGBA", (len(colours), 1))
    row.putdata([(*colour, 255) for colour in colours])
    made = io.BytesIO()
    row.save(made, "PNG")
    return made.getvalue()


def pixels(data):
    picture = Image.open(io.BytesIO(data))
    return [picture.convert("RGB").getpixel((x, 0)) for x in range(picture.width)]


def test_steps_lead_from_one_colour_to_the_other():
    assert steps(RED, WHITE, count=3) == [RED, (228, 136, 150), WHITE]


def test_colours_of_the_palette_stay_exact_and_others_become_the_nearest():
    assert pixels(indexed_png(png(WHITE, RED, BLACK, (250, 250, 250), (190, 20, 40)), [BLACK, RED, WHITE])) == [
        WHITE,
        RED,
        BLACK,
        WHITE,
        RED,
    ]


def test_up_to_16_colours_take_half_a_byte_and_a_repeated_one_counts_once():
    sixteen, more = steps(BLACK, WHITE, count=16), steps(BLACK, WHITE, count=17)
    depths = [indexed_png(png(WHITE), colours)[24] for colours in (sixteen, [*sixteen, WHITE, BLACK], more)]

    assert depths == [4, 4, 8]
