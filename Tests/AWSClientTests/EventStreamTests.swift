import AWSClient
import Foundation
import Testing

struct EventStreamTests {
  private func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).map { offset in
      let start = hex.index(hex.startIndex, offsetBy: offset)
      return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)!
    }
  }

  /// Worked by hand after the specification, with Python's `zlib.crc32`.
  @Test func knownMessages() throws {
    let empty = EventStreamMessage(headers: [], payload: Data())
    #expect(empty.encoded() == bytes("000000100000000005c248eb7d98c8ff"))
    let payload = EventStreamMessage(headers: [], payload: Data("{'foo':'bar'}".utf8))
    #expect(payload.encoded() == bytes("0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936"))
  }

  static let everyType = EventStreamMessage(
    headers: [
      .init("t", .bool(true)), .init("f", .bool(false)), .init("b", .byte(-7)), .init("s", .short(-300)),
      .init("i", .integer(.min)), .init("l", .long(.max)), .init("d", .bytes(Data([0, 255]))), .init("n", .string("Grüße")),
      .init("w", .timestamp(-1)), .init("u", .uuid(Array(0..<16))),
    ], payload: Data("payload".utf8))

  @Test func everyHeaderTypeComesBack() throws {
    var decoder = EventStreamDecoder()
    decoder.feed(Self.everyType.encoded())
    #expect(try decoder.next() == Self.everyType)
    #expect(try decoder.next() == nil)
    #expect(decoder.pendingBytes == 0)
  }

  @Test(arguments: [1, 2, 3, 7, 50, 1_000])
  func piecesOfAnySizeGiveTheSameMessages(size: Int) throws {
    let messages = [Self.everyType, .event("chunk", json: Data("{}".utf8)), .exception("x", json: Data()), Self.everyType]
    let all = messages.flatMap { $0.encoded() }
    var decoder = EventStreamDecoder()
    var found: [EventStreamMessage] = []
    for start in stride(from: 0, to: all.count, by: size) {
      decoder.feed(all[start..<min(start + size, all.count)])
      while let message = try decoder.next() { found.append(message) }
    }
    #expect(found == messages)
  }

  /// Whatever byte is damaged, nothing wrong comes out.
  @Test func everyDamagedByteIsNoticed() {
    let good = Self.everyType.encoded()
    for index in good.indices {
      var bad = good
      bad[index] ^= 0x40
      var decoder = EventStreamDecoder()
      decoder.feed(bad)
      #expect(throws: EventStreamDecoder.Failure.self) { try decoder.next() }
    }
  }

  /// Lengths that lie, with checksums that fit.
  @Test(arguments: [(0, 0), (15, 0), (16, 1), (64, 60), (0xFFFF_FFFF, 0), (300_000, 200_000)] as [(UInt32, UInt32)])
  func hostileLengths(total: UInt32, headers: UInt32) {
    func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    let prelude = bigEndian(total) + bigEndian(headers)
    var decoder = EventStreamDecoder()
    decoder.feed(prelude + bigEndian(crc(prelude)) + [UInt8](repeating: 0, count: 64))
    #expect(throws: EventStreamDecoder.Failure.length) { try decoder.next() }
  }

  /// The textbook's loop, bit by bit.
  private func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  @Test func noiseNeverBecomesAMessage() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var decoder = EventStreamDecoder()
      decoder.feed((0..<Int.random(in: 12...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
      #expect(throws: EventStreamDecoder.Failure.self) { try decoder.next() }
    }
  }
}
