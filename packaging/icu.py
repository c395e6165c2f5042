"""Takes out of ICU's data what no command needs, which is nine tenths of it.

Swift's Foundation has ICU and its data with it: names and rules of a thousand locales, tables of old encodings, dictionaries of
languages without spaces. The program prints English, reads UTF-8 and needs the time zones. A locale that isn't there is ICU's root
locale, as ICU does it for those that it has never heard of.

The format is that of ICU's source/common/ucmndata.h: a header, then a table of contents, whose names are sorted, then the items.
ICU's own tool for it, icupkg, can't take as many items.
"""

import struct
from pathlib import PurePosixPath

# Of each folder of locales, those that are kept; `pool` has the keys that they share, `res_index` the list of those that ICU has.
LOCALES = {"root", "pool", "res_index", "en", "en_001", "en_US", "en_US_POSIX"}
# Of the top folder, what is no locale.
OTHERS = {
    "currencyNumericCodes", "dayPeriods", "genderList", "grammaticalFeatures", "icustd", "icuver", "keyTypeData", "langInfo",
    "likelySubtags", "metadata", "metaZones", "numberingSystems", "plurals", "pluralRanges", "supplementalData", "timezoneTypes",
    "units", "windowsZones", "zoneinfo64",
}
ALIGNMENT = 16


def is_kept(name: str) -> bool:
    """Whether an item stays, by its name without the package's: `zone/en.res`."""
    path = PurePosixPath(name)
    match path.suffix:
        # Encodings, and dictionaries of languages without spaces.
        case ".cnv" | ".dict":
            return False
        # Transliterations.
        case ".res" if path.parts[0] == "translit":
            return False
        case ".res":
            return path.stem in LOCALES or (len(path.parts) == 1 and path.stem in OTHERS)
        case _:
            # Properties of characters, normalization, rules for breaks.
            return True


def items(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The header, and the items with their whole names."""
    (length,) = struct.unpack_from("<H", data)
    if data[2:4] != b"\xda\x27" or data[12:16] != b"CmnD":
        raise ValueError("these are no data of ICU's")
    (count,) = struct.unpack_from("<I", data, length)
    entries = [struct.unpack_from("<II", data, length + 4 + 8 * index) for index in range(count)]
    ends = [place for _, place in entries[1:]] + [len(data) - length]
    found = []
    for (name, place), end in zip(entries, ends):
        start = length + name
        found.append((data[start : data.index(b"\0", start)].decode("ascii"), data[length + place : length + end]))
    return data[:length], found


def package(header: bytes, kept: list[tuple[str, bytes]]) -> bytes:
    """The opposite of `items`."""
    kept = sorted(kept)
    names = b"".join(name.encode("ascii") + b"\0" for name, _ in kept)
    start = 4 + 8 * len(kept)
    # The header's length is such that what follows it is aligned.
    place = -(-(start + len(names)) // ALIGNMENT) * ALIGNMENT
    table, body, name_place = struct.pack("<I", len(kept)), b"", start
    for name, content in kept:
        table += struct.pack("<II", name_place, place + len(body))
        name_place += len(name) + 1
        body += content + b"\0" * (-len(content) % ALIGNMENT)
    return header + (table + names).ljust(place, b"\0") + body


def trimmed(data: bytes) -> bytes:
    header, found = items(data)
    return package(header, [(name, content) for name, content in found if is_kept(name.partition("/")[2])])
