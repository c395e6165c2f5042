import Foundation

/// The width and height of a picture, in pixels, as its first bytes tell them: PNG, GIF, JPEG and WebP.
package struct PictureSize: Sendable, Equatable {
  package var width: Int
  package var height: Int

  /// Bytes that are looked at. A JPEG may have metadata before its size.
  private static let bytesMax = 300_000

  /// nil if the text isn't base64 or the picture has none of the four formats.
  package init?(base64: String) {
    // Four characters stand for three bytes.
    let head = base64.utf8.prefix(Self.bytesMax / 3 * 4)
    guard let data = Data(base64Encoded: Data(head)) else { return nil }
    self.init([UInt8](data))
  }

  package init?(_ bytes: [UInt8]) {
    guard let size = Self.png(bytes) ?? Self.gif(bytes) ?? Self.jpeg(bytes) ?? Self.webp(bytes) else { return nil }
    (width, height) = size
  }

  private typealias Size = (width: Int, height: Int)

  private static func has(_ text: String, at offset: Int, _ bytes: [UInt8]) -> Bool {
    bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
  }

  /// A number of `count` bytes, the lowest first.
  private static func little(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number of `count` bytes, the highest first.
  private static func big(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func png(_ bytes: [UInt8]) -> Size? {
    guard bytes.count >= 24, bytes[0] == 0x89, has("PNG", at: 1, bytes), has("IHDR", at: 12, bytes) else { return nil }
    return (big(bytes, 16, 4), big(bytes, 20, 4))
  }

  private static func gif(_ bytes: [UInt8]) -> Size? {
    guard bytes.count >= 10, has("GIF8", at: 0, bytes) else { return nil }
    return (little(bytes, 6, 2), little(bytes, 8, 2))
  }

  /// Looks for the start of a frame, from segment to segment.
  private static func jpeg(_ bytes: [UInt8]) -> Size? {
    guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
    var offset = 2
    while offset + 9 <= bytes.count, bytes[offset] == 0xFF {
      let marker = bytes[offset + 1]
      if marker == 0xFF {  // Bytes between segments.
        offset += 1
      } else if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        return (big(bytes, offset + 7, 2), big(bytes, offset + 5, 2))
      } else {
        offset += 2 + max(big(bytes, offset + 2, 2), 2)
      }
    }
    return nil
  }

  private static func webp(_ bytes: [UInt8]) -> Size? {
    guard bytes.count >= 30, has("RIFF", at: 0, bytes), has("WEBP", at: 8, bytes) else { return nil }
    if has("VP8X", at: 12, bytes) { return (little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1) }
    if has("VP8 ", at: 12, bytes) { return (little(bytes, 26, 2) & 0x3FFF, little(bytes, 28, 2) & 0x3FFF) }
    guard has("VP8L", at: 12, bytes) else { return nil }
    let bits = little(bytes, 21, 4)
    return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
  }
}
