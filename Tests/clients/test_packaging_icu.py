"""packaging/icu.py: what is taken out of ICU's data, and that the rest is as it was."""

import struct
import sys

import pytest
from support import ROOT

sys.path.insert(0, str(ROOT / "packaging"))

import icu  # noqa: E402

# As ICU writes it: the length of the header, a magic number, the size of what describes the data, the format's name.
HEADER = struct.pack("<HBBHHBBBB4s4s4s", 32, 0xDA, 0x27, 20, 0, 0, 0, 2, 0, b"CmnD", b"\1\0\0\0", b"\3\0\0\0").ljust(32, b"\0")
NAMES = {
    "root.res": True, "en.res": True, "de.res": False, "zoneinfo64.res": True, "supplementalData.res": True, "zone/en.res": True,
    "zone/tzdbNames.res": False, "zone/de_CH.res": False, "coll/ucadata.icu": True, "coll/zh.res": False, "nfkc.nrm": True,
    "translit/root.res": False, "brkitr/cjdict.dict": False, "brkitr/char.brk": True, "ibm-1390_P110-2003.cnv": False,
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept(name):
    assert icu.is_kept(name) == NAMES[name]


def whole():
    return [(f"icudt76l/{name}", name.encode() * (1 + len(name) % 5)) for name in NAMES]


def test_the_rest_is_as_it_was():
    data = icu.package(HEADER, whole())
    header, found = icu.items(data)
    assert header == HEADER and [name for name, _ in found] == sorted(name for name, _ in whole())
    left = dict(icu.items(icu.trimmed(data))[1])
    assert {name.partition("/")[2] for name in left} == {name for name, kept in NAMES.items() if kept}
    for name, content in whole():
        if name in left:
            # Items are padded, so that each begins where ICU can read it.
            assert left[name].rstrip(b"\0") == content


def test_items_begin_where_icu_can_read_them():
    data = icu.package(HEADER, whole())
    (count,) = struct.unpack_from("<I", data, len(HEADER))
    places = [struct.unpack_from("<II", data, len(HEADER) + 4 + 8 * index)[1] for index in range(count)]
    assert count == len(NAMES) and all(place % 16 == 0 for place in places) and places == sorted(places)


@pytest.mark.parametrize("data", [b"\0" * 64, b"PK\3\4" + b"\0" * 60, HEADER[:12] + b"ResB" + HEADER[16:] + b"\0" * 8])
def test_other_data_are_refused(data):
    with pytest.raises(ValueError, match="no data of ICU's"):
        icu.items(data)
