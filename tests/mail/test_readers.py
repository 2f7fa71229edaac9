"""The names of attachments as the readers of others show them; what h5app/mail/headers.py says, held."""

import email
import email.policy
import os
import subprocess
from dataclasses import replace
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from h5app.mail.message import Enclosure, Letter, to_mime
from tests.mail.test_raw import LETTER

pytestmark = pytest.mark.mailtools

FILES = {
    "推荐表_王䶮_7K2M9QXA.docx": "7K2M9QXA_form.docx",
    "𠮷𫖯𬍛_近照.jpg": "7K2M9QXA_portrait.jpg",
    "01_阿卜杜拉·买买提（工作照1）.jpg": "7K2M9QXA_work1.jpg",
    "焦作市" * 8 + "_表.pdf": "7K2M9QXA_unit.pdf",  # 80 bytes
}
_PERL = r"""
use MIME::Parser;
binmode STDOUT, ':utf8';
my $parser = MIME::Parser->new;
$parser->output_to_core(1);
for my $part ($parser->parse(\*STDIN)->parts) {
    my $name = $part->head->recommended_filename;
    print "$name\t", unpack('H*', $part->bodyhandle->as_string), "\n" if defined $name;
}
"""


def carrying_files(*, ascii_names: bool) -> Letter:
    enclosures = [
        Enclosure(name, "application/octet-stream", f"{ascii_name}, {name}".encode(), ascii_name)
        for name, ascii_name in FILES.items()
    ]
    return replace(LETTER, enclosures=tuple(enclosures), ascii_names=ascii_names)


def contents(letter: Letter) -> dict[str, bytes]:
    """What each file must hold, by the name it must have."""
    return {
        enclosure.ascii_name if letter.ascii_names else enclosure.file_name: enclosure.data
        for enclosure in letter.enclosures
    }


def unpacked(folder: Path) -> dict[str, bytes]:
    """Files in the folder but for the bodies, which every tool calls something else.

    Below it too: munpack takes “/” in an encoded word for a folder.
    """
    paths = [path for path in folder.rglob("*") if path.is_file()]
    files = {os.fsencode(path.relative_to(folder)).decode(): path.read_bytes() for path in paths}
    return {name: data for name, data in files.items() if data.startswith(b"7K2M9QXA")}


def run(*command: str | Path, folder: Path, mime: bytes) -> bytes:
    return subprocess.run(command, cwd=folder, input=mime, capture_output=True, timeout=30, check=True).stdout


both = pytest.mark.parametrize("ascii_names", [False, True])


@both
def test_python_reads_every_name_by_either_policy(ascii_names):
    letter = carrying_files(ascii_names=ascii_names)

    new = email.message_from_bytes(to_mime(letter), policy=email.policy.default)
    old = email.message_from_bytes(to_mime(letter), policy=email.policy.compat32)

    assert {part.get_filename(): part.get_content() for part in new.iter_attachments()} == contents(letter)
    named = [part for part in old.walk() if part.get_filename()]
    assert {part.get_filename(): part.get_payload(decode=True) for part in named} == contents(letter)
    # Content-Type's, which QQ and Foxmail read.
    words = [str(part.get_param("name")).replace("\r\n", "") for part in named]
    assert [str(make_header(decode_header(word))) for word in words] == list(contents(letter))


@both
def test_perl_reads_every_name(ascii_names, tmp_path):
    letter = carrying_files(ascii_names=ascii_names)

    lines = run("perl", "-e", _PERL, folder=tmp_path, mime=to_mime(letter)).decode().splitlines()

    assert {name: bytes.fromhex(data) for name, data in (line.split("\t") for line in lines)} == contents(letter)


@both
def test_ripmime_writes_every_file_once_under_its_name(ascii_names, tmp_path):
    letter = carrying_files(ascii_names=ascii_names)

    run("ripmime", "-i", "-", "-d", tmp_path, folder=tmp_path, mime=to_mime(letter))

    assert unpacked(tmp_path) == contents(letter)


def test_munpack_which_reads_no_chinese_writes_every_file_under_its_plain_name(tmp_path):
    letter = carrying_files(ascii_names=True)

    run("munpack", "-q", folder=tmp_path, mime=to_mime(letter))

    assert unpacked(tmp_path) == contents(letter)


def test_munpack_loses_no_file_whose_chinese_name_it_cannot_read(tmp_path):
    letter = carrying_files(ascii_names=False)

    run("munpack", "-q", folder=tmp_path, mime=to_mime(letter))

    assert sorted(unpacked(tmp_path).values()) == sorted(contents(letter).values())
