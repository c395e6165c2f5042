import Foundation
import Testing

@testable import AWSWire

/// The text of JSON strings, which is looked at in words of eight bytes.
struct JSONTextTests {
  /// The end is found wherever it is in a word, whatever is around it.
  @Test(arguments: [0x22, 0x5C, 0x00, 0x1F, 0x0A] as [UInt8])
  func theEndOfPlainText(byte: UInt8) {
    for filler: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFF] {
      for length in 0..<20 {
        for place in 0...length {
          var bytes = [UInt8](repeating: filler, count: length)
          if place < length { bytes[place] = byte }
          // What follows the first one doesn't matter.
          if place + 2 < length { bytes[place + 2] = 0x22 }
          for start in 0...place {
            #expect(bytes.withUnsafeBytes { JSONText.plainEnd($0, from: start) } == place)
          }
        }
      }
    }
  }

  @Test(arguments: [
    (#"a\n\t\r\b\f\/\\\"z"#, "a\n\t\r\u{8}\u{C}/\\\"z"), (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\ud83d\ude00"#, "😀"),
    (#"\ud83dx\ude00"#, "\u{FFFD}x\u{FFFD}"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"), (#"\ud83d\n"#, "\u{FFFD}\n"),
    (#"\ud83d"#, "\u{FFFD}"), (#"\u0000"#, "\0"), ("Größe\\n", "Größe\n"),
  ])
  func escapes(raw: String, text: String) throws {
    #expect(try JSONValue(Array("\"\(raw)\"".utf8)) == .string(text))
    #expect(try JSONValue(Array("{\"\(raw)\":1}".utf8)) == .object([.init(text, 1)]))
    // Foundation refuses half a surrogate pair.
    let foundation = try? JSONDecoder().decode(String.self, from: Data("\"\(raw)\"".utf8))
    #expect(foundation == text || (foundation == nil && text.contains("\u{FFFD}")))
  }

  /// Bytes that are no UTF-8 are repaired, with escapes and without.
  @Test(arguments: [[0xC3], [0xFF, 0x61], [0xE2, 0x82]] as [[UInt8]])
  func bytesThatAreNoText(bytes: [UInt8]) throws {
    let escaped = try JSONValue([0x22] + bytes + Array(#"\n""#.utf8))
    #expect(escaped == .string(String(decoding: bytes, as: UTF8.self) + "\n"))
  }
}
