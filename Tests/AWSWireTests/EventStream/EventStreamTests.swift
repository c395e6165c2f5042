import AWSWire
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
  @Test(
    arguments: [
      (0, 0), (15, 0), (16, 1), (64, 60), (0xFFFF_FFFF, 0), (300_000, 200_000), (25_165_841, 0), (25_297_000, 131_073),
    ] as [(UInt32, UInt32)])
  func hostileLengths(total: UInt32, headers: UInt32) {
    var decoder = EventStreamDecoder()
    decoder.feed(prelude(total, headers) + [UInt8](repeating: 0, count: 64))
    #expect(throws: EventStreamDecoder.Failure.length) { try decoder.next() }
  }

  /// 24 MiB of payload and 128 KiB of headers are within the format.
  @Test(arguments: [(16, 0), (25_165_840, 0), (25_296_912, 131_072)] as [(UInt32, UInt32)])
  func lengthsThatAreWaitedFor(total: UInt32, headers: UInt32) throws {
    var decoder = EventStreamDecoder()
    decoder.feed(prelude(total, headers))
    #expect(try decoder.next() == nil)
  }

  private func prelude(_ total: UInt32, _ headers: UInt32) -> [UInt8] {
    func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    let lengths = bigEndian(total) + bigEndian(headers)
    return lengths + bigEndian(crc(lengths))
  }

  /// A name stands once in a message; of two that only look the same, each may stand.
  @Test func aNameThatIsThereTwice() throws {
    var decoder = EventStreamDecoder()
    decoder.feed(message(headers: "é", "e\u{301}").encoded())
    #expect(try decoder.next()?.headers.count == 2)
    decoder.feed(message(headers: "a", "b", "a").encoded())
    #expect(throws: EventStreamDecoder.Failure.header) { try decoder.next() }
  }

  private func message(headers names: String...) -> EventStreamMessage {
    EventStreamMessage(headers: names.map { .init($0, .bool(true)) }, payload: Data())
  }

  /// The length of a value takes 16 bits, that of a name 8.
  @Test func longTextsComeBackAndLongerOnesAreCutBetweenCharacters() throws {
    func text(_ character: String, _ count: Int) -> String { String(repeating: character, count: count) }
    let headers: [(sent: EventStreamMessage.Header, wanted: EventStreamMessage.Header)] = [
      (.init("a", .string(text("é", 32_767))), .init("a", .string(text("é", 32_767)))),
      (.init("a", .string(text("é", 32_768))), .init("a", .string(text("é", 32_767)))),
      (.init("a", .bytes(Data(count: 65_536))), .init("a", .bytes(Data(count: 65_535)))),
      (.init(text("🚀", 64), .bool(true)), .init(text("🚀", 63), .bool(true))),
    ]
    for header in headers {
      var decoder = EventStreamDecoder()
      decoder.feed(EventStreamMessage(headers: [header.sent], payload: Data()).encoded())
      #expect(try decoder.next()?.headers == [header.wanted])
    }
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
