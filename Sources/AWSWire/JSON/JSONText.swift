/// The text inside a JSON string.
package enum JSONText {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The first position, from `start` on, of a quote, a backslash or a control character; the number of bytes if there is none. It looks
  /// at eight bytes at a time: bodies hold base64 by the megabyte.
  package static func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      // Of each byte that is looked for, and perhaps of some above it, the highest bit is set; the lowest one set is exact.
      let found = (zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x5C)) | ((word &- ones &* 0x20) & ~word)) & highs
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count, bytes[index] >= 0x20, bytes[index] != 0x22, bytes[index] != 0x5C { index += 1 }
    return index
  }

  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
}
