"""A repository's files are read as bounded streams: no link followed, no archive unpacked, every bomb refused."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.archive import ZipSource, count_zip_entries, open_archive
from evidence.collector import collect
from evidence.evidence import Kind
from evidence.folder import FolderSource, head_commit
from evidence.source import LOCAL_LIMITS, MIB, UPLOAD_LIMITS, Refused, archive_name, display
from tests.evidence.making import zip_of, zip_of_empty_files


def open_bytes(content, limits=UPLOAD_LIMITS):
    return open_archive(io.BytesIO(content), size=len(content), limits=limits)


def paths(source):
    return [member.path for member in source.members]


def contents(source):
    return {member.path: content for member, content in source.contents(lambda _: True)}


def refusal(content, limits=UPLOAD_LIMITS):
    with pytest.raises(Refused) as caught:
        contents(open_bytes(content, limits))
    return caught.value.reason


def tar_of(*entries, gzipped=True):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz" if gzipped else "w") as archive:
        for name, content in entries:
            entry = tarfile.TarInfo(name) if isinstance(name, str) else name
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def patched(content, *changes):
    """The zip with bytes changed at (mark, offset from its last place, bytes)."""
    changed = bytearray(content)
    for mark, offset, new in changes:
        place = content.rfind(mark) + offset
        changed[place : place + len(new)] = new
    return bytes(changed)


class TestArchive:
    def test_files_are_read_under_their_short_paths(self):
        source = open_bytes(zip_of({"repo-main/a.py": "x = 1", "repo-main/pkg/b.py": "y = 2"}))
        assert contents(source) == {"a.py": b"x = 1", "pkg/b.py": b"y = 2"}

    def test_a_source_archive_reads_like_a_zip(self):
        source = open_bytes(tar_of(("pkg-1.0/a.py", b"x = 1"), ("pkg-1.0/PKG-INFO", b"Name: pkg")))
        assert contents(source) == {"PKG-INFO": b"Name: pkg", "a.py": b"x = 1"}

    def test_only_wanted_members_are_unpacked(self):
        source = open_bytes(zip_of({"a.py": "x", "b.bin": "y"}))
        assert [member.path for member, _ in source.contents(lambda member: member.path.endswith(".py"))] == ["a.py"]

    @pytest.mark.parametrize("folder", [".git", "node_modules", ".venv", "__pycache__", "third_party", "x.egg-info"])
    def test_what_is_not_the_teams_own_is_left_out_and_said(self, folder):
        source = open_bytes(zip_of({"repo/a.py": "x", f"repo/{folder}/hooks/b.py": "y"}))
        assert paths(source) == ["a.py"]
        assert folder in source.notes[0]

    def test_a_virtual_environment_is_known_by_its_mark_whatever_its_name(self):
        files = {"a.py": "", "tools/my-env/pyvenv.cfg": "", "tools/my-env/lib/b.py": "", "env/environment.py": ""}
        assert paths(open_bytes(zip_of(files))) == ["a.py", "env/environment.py"]

    @pytest.mark.parametrize("name", ["/etc/x.py", "../x.py", "a/../../x.py", "C:/x.py", "..\\x.py", "\\\\host\\x.py"])
    def test_names_that_lead_outside_are_skipped_and_said(self, name):
        source = open_bytes(zip_of({"a.py": "x", name: "y"}))
        assert paths(source) == ["a.py"]
        assert "outside the repository" in source.notes[0]

    def test_a_name_with_a_nul_ends_there_or_is_skipped(self):
        content = zip_of({"ab.py_c.py": "x"}).replace(b"ab.py_c.py", b"ab.py\0c.py")
        assert paths(open_bytes(content)) == ["ab.py"]

    def test_control_and_direction_marks_never_reach_the_screen(self):
        (path,) = paths(open_bytes(zip_of({"a\x1b[31m\u202egnp.py": "x"})))
        assert path == "a?[31m?gnp.py"

    def test_links_and_special_entries_are_skipped_and_said(self):
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        pipe = zipfile.ZipInfo("pipe.py")
        pipe.external_attr = (stat.S_IFIFO | 0o644) << 16
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(link, "/etc/passwd")
            archive.writestr(pipe, "")
            archive.writestr("a.py", "x")
        source = open_bytes(stream.getvalue())
        assert paths(source) == ["a.py"]
        assert any("Links skipped: 1" in note for note in source.notes)
        assert any("Special files" in note for note in source.notes)

    def test_links_in_a_source_archive_are_skipped_and_said(self):
        link = tarfile.TarInfo("p/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        hard = tarfile.TarInfo("p/hard.py")
        hard.type, hard.linkname = tarfile.LNKTYPE, "p/a.py"
        device = tarfile.TarInfo("p/device")
        device.type = tarfile.CHRTYPE
        source = open_bytes(tar_of(("p/a.py", b"x"), (link, b""), (hard, b""), (device, b"")))
        assert paths(source) == ["a.py"]
        assert any("Links skipped: 2" in note for note in source.notes)

    def test_archives_inside_are_not_opened(self):
        source = open_bytes(zip_of({"a.py": "x", "data.zip": zip_of({"b.py": "y"})}))
        assert "not opened: 1 (data.zip)" in source.notes[0]

    def test_a_name_that_occurs_twice_is_read_once(self):
        content = zip_of({"a.py": "first", "b.py": "second"}).replace(b"b.py", b"a.py")
        source = open_bytes(content)
        assert (paths(source), "occur twice" in source.notes[0]) == (["a.py"], True)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"hello world", "not a zip"),
            (b"PK\x03\x04 and then nothing", "damaged"),
            (b"\x1f\x8b\x08 and then nothing", "damaged"),
            (gzip.compress(b"not a tar" * 300), "damaged"),
            (zip_of({"a.py": "x = 1\n" * 500})[:-50], "damaged"),
            (tar_of(("a.py", b"x = 1\n" * 5000))[:80], "damaged"),
        ],
        ids=["text", "cut zip", "cut gzip", "gzip of no tar", "zip without its end", "tar without its end"],
    )
    def test_what_is_no_archive_is_refused_with_the_way_out(self, content, words):
        reason = refusal(content)
        assert words in reason
        assert reason.endswith("try again.")

    def test_an_encrypted_zip_is_refused(self):
        content = zip_of({"a.py": "x"})
        assert "without a password" in refusal(
            patched(content, (b"PK\x01\x02", 8, b"\x01"), (b"PK\x03\x04", 6, b"\x01"))
        )

    def test_a_bomb_is_refused_by_its_ratio(self):
        assert "far more than its packed size" in refusal(zip_of({"a.py": b"\0" * 20 * MIB}))

    def test_many_small_bombs_are_refused_by_their_sum(self):
        assert "far more than its packed size" in refusal(zip_of({f"{n}.py": b"\0" * (MIB - 1) for n in range(9)}))

    def test_what_unpacks_to_too_much_is_refused(self):
        limits = replace(UPLOAD_LIMITS, unpacked_bytes=1000, ratio=10**6)
        assert "unpacks to more" in refusal(zip_of({"a.py": os.urandom(600), "b.py": os.urandom(600)}), limits)
        assert "unpacks to more" in refusal(tar_of(("a.py", b"\0" * 60_000)), limits)

    def test_a_gzip_bomb_stops_after_the_limit_not_at_its_end(self):
        limits = replace(UPLOAD_LIMITS, unpacked_bytes=MIB)
        packed = gzip.compress(tar_of(("a.py", b"\0" * 40 * MIB), gzipped=False), compresslevel=1)
        stream = io.BytesIO(packed)
        with pytest.raises(Refused, match="unpacks to more"):
            open_archive(stream, size=len(packed), limits=limits)

    def test_a_forged_size_does_not_let_more_bytes_out(self):
        content = zip_of({"a.py": b"x = 1\n" * 100_000})
        assert "damaged" in refusal(patched(content, (b"PK\x01\x02", 24, struct.pack("<I", 10))))

    def test_what_comes_out_is_counted_even_if_the_claims_were_believed(self, monkeypatch):
        monkeypatch.setattr(ZipSource, "_check_claims", lambda _: None)
        limits = replace(UPLOAD_LIMITS, unpacked_bytes=500_000)
        assert "unpacks to more" in refusal(zip_of({"a.py": b"x" * 300_000, "b.py": b"y" * 300_000}), limits)
        assert "unpacks to more" in refusal(zip_of({"a.py": b"\0" * MIB * 9}), limits)

    def test_contents_can_be_asked_for_again(self):
        source = open_bytes(zip_of({"a.py": "x" * 600}), replace(UPLOAD_LIMITS, unpacked_bytes=1000))
        assert contents(source) == contents(source)

    def test_overlapping_members_are_bounded_by_what_comes_out(self):
        content = zip_of({"a.py": os.urandom(4000), "b.py": "x" * 4000}, zipfile.ZIP_STORED)
        place = content.rfind(b"PK\x01\x02")
        overlapped = patched(content, (b"PK\x01\x02", 42, struct.pack("<I", 0)))
        assert overlapped[place:] != content[place:]
        assert "damaged" in refusal(overlapped)

    def test_too_many_entries_are_counted_before_they_are_listed(self, monkeypatch):
        content = zip_of_empty_files(60_000)
        monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was listed"))
        assert "more than 20,000 entries" in refusal(content)

    def test_a_forged_number_of_entries_does_not_help(self, monkeypatch):
        content = zip_of({f"{number}.py": "" for number in range(300)}, zipfile.ZIP_STORED)
        forged = patched(content, (b"PK\x05\x06", 8, struct.pack("<HH", 1, 1)))
        assert count_zip_entries(io.BytesIO(forged), 1000) == 300
        assert "more than 100 entries" in refusal(forged, replace(UPLOAD_LIMITS, entries=100))

    def test_too_many_entries_of_a_source_archive_are_refused(self):
        content = tar_of(*((f"{number}.py", b"") for number in range(30)))
        assert "more than 20 entries" in refusal(content, replace(UPLOAD_LIMITS, entries=20))

    def test_a_large_archive_is_refused_before_it_is_looked_at(self):
        with pytest.raises(Refused, match="21 MiB, more than 20 MiB"):
            open_archive(io.BytesIO(b""), size=21 * MIB, limits=UPLOAD_LIMITS)

    @given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["zip", "tar"]))
    @settings(max_examples=150, deadline=None)
    def test_whatever_is_done_to_an_archive_it_is_read_or_refused(self, noise, place, kind):
        files = {"a.py": "x = 1\n" * 30, "b/c.py": "y"}
        whole = zip_of(files) if kind == "zip" else tar_of(*((name, text.encode()) for name, text in files.items()))
        place = min(place, len(whole))
        for content in (whole[:place] + noise + whole[place:], whole[:place] + noise + whole[place + len(noise) :]):
            try:
                contents(open_bytes(content))
            except Refused as refused:
                assert refused.reason.endswith(".")  # noqa: PT017 - either outcome is right


class TestFolder:
    def test_links_are_not_followed(self, tmp_path):
        (tmp_path / "outside.py").write_text("secret = 1")
        root = tmp_path / "repo"
        root.mkdir()
        (root / "a.py").write_text("x = 1")
        (root / "file.py").symlink_to(tmp_path / "outside.py")
        (root / "folder").symlink_to(tmp_path)
        source = FolderSource(root, LOCAL_LIMITS)
        assert contents(source) == {"a.py": b"x = 1"}
        assert "Links skipped: 2" in source.notes[0]

    def test_a_pipe_named_like_a_module_does_not_hang(self, tmp_path):
        os.mkfifo(tmp_path / "x.py")
        (tmp_path / "a.py").write_text("x = 1")
        source = FolderSource(tmp_path, LOCAL_LIMITS)
        assert contents(source) == {"a.py": b"x = 1"}
        assert "Special files" in source.notes[0]

    def test_a_file_that_became_a_pipe_or_a_link_after_the_listing_is_skipped(self, tmp_path):
        for name in ("a.py", "b.py"):
            (tmp_path / name).write_text("x = 1")
        source = FolderSource(tmp_path, LOCAL_LIMITS)
        (tmp_path / "a.py").unlink()
        os.mkfifo(tmp_path / "a.py")
        (tmp_path / "b.py").unlink()
        (tmp_path / "b.py").symlink_to("/etc/hostname")
        assert contents(source) == {}
        assert len(source.notes) == 2

    def test_too_many_files_are_refused_while_they_are_listed(self, tmp_path):
        for number in range(12):
            (tmp_path / f"{number}.py").touch()
        with pytest.raises(Refused, match="more than 10 entries"):
            FolderSource(tmp_path, replace(LOCAL_LIMITS, entries=10))

    def test_names_that_are_no_text_are_shown_cleaned(self, tmp_path):
        (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text("x = 1")
        assert paths(FolderSource(tmp_path, LOCAL_LIMITS)) == ["caf?.py"]

    def test_what_is_not_there_is_refused_with_its_name(self, tmp_path):
        with pytest.raises(Refused, match="nowhere: No such file"):
            collect(tmp_path / "nowhere")

    def test_a_device_is_refused(self):
        from pathlib import Path

        with pytest.raises(Refused, match="neither a folder nor a file"):
            collect(Path("/dev/null"))

    def test_an_empty_folder_is_refused(self, tmp_path):
        with pytest.raises(Refused, match="nothing to read"):
            collect(tmp_path)

    def test_the_name_is_the_folders_and_never_its_place(self, tmp_path):
        root = tmp_path / "churn"
        root.mkdir()
        (root / "a.py").write_text("import os\n")
        evidence = collect(root)
        assert evidence.repository == "churn"
        assert str(tmp_path) not in repr(evidence)

    def test_a_zip_on_the_command_line_is_read_without_a_child(self, tmp_path):
        archive = tmp_path / "churn.zip"
        archive.write_bytes(zip_of({"churn-main/a.py": "x = 1\n"}))
        assert (collect(archive).files, collect(archive).repository) == (1, "churn")
        assert collect(archive, name="Churn.zip").repository == "Churn.zip"

    @pytest.mark.parametrize(
        ("file_name", "name"),
        [
            ("shop.zip", "shop"),
            ("shop-main.zip", "shop"),
            ("shop-master.tar.gz", "shop"),
            ("shop-main (2).zip", "shop"),
            ("shop(1).TGZ", "shop"),
            ("shop-1.2.tar.gz", "shop-1.2"),
            ("shop-mainland.zip", "shop-mainland"),
            (".zip", ".zip"),
            ("-main.zip", "-main"),
            ("a" * 100_000 + " (", "a" * 100_000 + " ("),
        ],
    )
    def test_an_archive_is_called_as_its_checkout_would_be(self, file_name, name):
        assert archive_name(file_name) == name

    def test_a_person_may_say_what_the_repository_is_for(self, tmp_path):
        (tmp_path / "train.py").write_text("x = 1\n")
        said = collect(tmp_path, kind=Kind.LIBRARY)
        assert (said.kind, said.notes[0]) == (Kind.LIBRARY, "Taken for a library: so it was said.")
        assert collect(tmp_path).kind is Kind.APPLICATION


class TestCommit:
    COMMIT = "0123456789abcdef0123456789abcdef01234567"

    def test_it_is_read_from_a_branch(self, tmp_path):
        (tmp_path / ".git/refs/heads").mkdir(parents=True)
        (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
        (tmp_path / ".git/refs/heads/main").write_text(self.COMMIT + "\n")
        assert head_commit(tmp_path) == self.COMMIT

    def test_it_is_read_from_packed_references(self, tmp_path):
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
        (tmp_path / ".git/packed-refs").write_text(f"# pack-refs\n{self.COMMIT} refs/heads/main\n")
        assert head_commit(tmp_path) == self.COMMIT

    @pytest.mark.parametrize("head", ["ref: refs/../../../etc/passwd", "ref: /etc/passwd", "nonsense", ""])
    def test_a_head_that_leads_elsewhere_gives_none(self, tmp_path, head):
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git/HEAD").write_text(head)
        assert head_commit(tmp_path) is None

    def test_a_git_folder_that_is_a_link_is_not_followed(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "real/HEAD").write_text(self.COMMIT)
        (tmp_path / "repo").mkdir()
        (tmp_path / "repo/.git").symlink_to(tmp_path / "real")
        assert head_commit(tmp_path / "repo") is None


@given(st.text(max_size=900))
def test_a_cleaned_name_is_short_and_printable(text):
    cleaned = display(text)
    assert len(cleaned) <= 300
    assert not any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in cleaned)
    cleaned.encode()
