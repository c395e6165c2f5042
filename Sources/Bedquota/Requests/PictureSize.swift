import Foundation

/// The width and height of a picture, in pixels, from its first bytes.
struct PictureSize: Sendable, Equatable {
  /// The bytes to look at: in a JPEG, a preview of up to 64 kB may come before the size.
  static let headBytes = 96 * 1_024

  var width: Int
  var height: Int

  /// - Parameter head: the beginning of a PNG, JPEG, GIF or WebP file.
  /// - Returns: nil if the head doesn't show a size above 0.
  init?(_ head: [UInt8]) {
    guard let (width, height) = Self.png(head) ?? Self.gif(head) ?? Self.webP(head) ?? Self.jpeg(head), width > 0, height > 0
    else { return nil }
    (self.width, self.height) = (width, height)
  }

  private static func png(_ head: [UInt8]) -> (Int, Int)? {
    guard head.starts(with: [0x89, 0x50, 0x4E, 0x47]), head.count >= 24 else { return nil }
    return (number(head[16..<20]), number(head[20..<24]))
  }

  private static func gif(_ head: [UInt8]) -> (Int, Int)? {
    guard head.starts(with: Array("GIF8".utf8)), head.count >= 10 else { return nil }
    return (number(head[6..<8].reversed()), number(head[8..<10].reversed()))
  }

  private static func webP(_ head: [UInt8]) -> (Int, Int)? {
    guard head.starts(with: Array("RIFF".utf8)), head.count >= 30, head[8..<12].elementsEqual("WEBP".utf8) else { return nil }
    switch String(decoding: head[12..<16], as: UTF8.self) {
    case "VP8 ": return (number(head[26..<28].reversed()) & 0x3FFF, number(head[28..<30].reversed()) & 0x3FFF)
    case "VP8L":
      let bits = number(head[21..<25].reversed())
      return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    case "VP8X": return (number(head[24..<27].reversed()) + 1, number(head[27..<30].reversed()) + 1)
    default: return nil
    }
  }

  /// Walks over the segments to the frame header.
  private static func jpeg(_ head: [UInt8]) -> (Int, Int)? {
    guard head.starts(with: [0xFF, 0xD8]) else { return nil }
    var index = 2
    while index + 9 <= head.count, head[index] == 0xFF {
      let marker = head[index + 1]
      switch marker {
      case 0xFF: index += 1
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        return (number(head[index + 7..<index + 9]), number(head[index + 5..<index + 7]))
      default: index += 2 + max(2, number(head[index + 2..<index + 4]))
      }
    }
    return nil
  }

  /// A number of up to four bytes, the highest first.
  private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
