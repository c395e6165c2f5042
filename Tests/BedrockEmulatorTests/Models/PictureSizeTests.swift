import BedrockEmulator
import Foundation
import Testing

/// Heads of pictures of 300 × 200 pixels, as their formats define them.
struct PictureSizeTests {
  static let heads: [(format: String, bytes: [UInt8])] = [
    ("png", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 44, 0, 0, 0, 200]),
    ("gif", Array("GIF89a".utf8) + [44, 1, 200, 0]),
    // A segment of metadata, a byte between segments, then the frame.
    ("jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 17, 8, 0, 200, 1, 44, 3]),
    ("webp", webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 44, 1, 200, 0])),
    ("webp, extended", webp("VP8X", [0, 0, 0, 0, 43, 1, 0, 199, 0, 0])),
    // 14 bits of width less one, then 14 of height less one: 299 | 199 << 14.
    ("webp, lossless", webp("VP8L", [0x2F, 0x2B, 0xC1, 0x31, 0, 0, 0, 0, 0, 0])),
  ]

  private static func webp(_ chunk: String, _ bytes: [UInt8]) -> [UInt8] {
    Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8) + Array(chunk.utf8) + [0, 0, 0, 0] + bytes
  }

  @Test(arguments: heads)
  func readsTheFormats(format: String, bytes: [UInt8]) {
    let size = PictureSize(base64: Data(bytes).base64EncodedString())
    #expect(size?.width == 300 && size?.height == 200)
    for count in 0..<bytes.count - 1 where format != "jpeg" || count < 18 {
      #expect(PictureSize(Array(bytes.prefix(count))) == nil)
    }
  }

  @Test(arguments: ["", "AAAA", "?", "iVBORw0KGgo="])
  func saysNothingOfOthers(base64: String) { #expect(PictureSize(base64: base64) == nil) }
}
