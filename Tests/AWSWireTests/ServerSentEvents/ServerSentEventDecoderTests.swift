import Testing

@testable import AWSWire

/// Events out of bytes, however they are framed and cut.
struct ServerSentEventDecoderTests {
  private typealias Event = ServerSentEventDecoder.Event

  private func events(_ pieces: [[UInt8]]) throws -> [Event] {
    var decoder = ServerSentEventDecoder()
    var found: [Event] = []
    for piece in pieces {
      decoder.feed(piece)
      while let event = try decoder.next() { found.append(event) }
    }
    return found
  }

  private func event(_ data: String, name: String = "") -> Event { Event(name: name, data: Array(data.utf8)) }

  /// The first rows are the examples of the specification.
  @Test(
    arguments: [
      ("data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]),
      (
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [
          "first event", "second event", " third event",
        ]
      ),
      ("data:test\n\ndata: test\n\n", ["test", "test"]),
      // One of empty data and one of nothing but a line feed: only the second has data. The last is cut off.
      ("data\n\ndata\ndata\n\ndata:", ["\n"]),
      ("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", ["a"]), ("retry: 5\nother: x\n\n", []), ("data: a", []), ("data: a\n", []),
      ("data: a:b: c\n\n", ["a:b: c"]), ("\n\n\n\ndata: a\n\n\n\n", ["a"]), ("data: é🚀\n\n", ["é🚀"]),
    ] as [(String, [String])])
  func theSpecification(text: String, data: [String]) throws {
    for lineEnd in ["\n", "\r\n", "\r"] {
      let bytes = Array(text.replacing("\n", with: lineEnd).utf8)
      let expected = data.map { event($0) }
      #expect(try events([bytes]) == expected, "\(lineEnd.debugDescription)")
      #expect(try events(bytes.map { [$0] }) == expected, "byte by byte, \(lineEnd.debugDescription)")
      for cut in bytes.indices { #expect(try events([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected) }
    }
  }

  @Test func anEventHasItsOwnName() throws {
    let text = "event: a\ndata: 1\n\ndata: 2\n\nevent: b\n\ndata: 3\n\nevent: a\nevent: c\ndata: 4\n\n"
    let expected = [event("1", name: "a"), event("2"), event("3"), event("4", name: "c")]
    #expect(try events([Array(text.utf8)]) == expected)
  }

  @Test func anEventIsBounded() {
    let most = ServerSentEventDecoder.eventBytesMax
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    // A line without end, and an event without end.
    for start in ["data: ", ": ", "x"] {
      #expect(throws: ServerSentEventDecoder.TooLong()) {
        try events([Array(start.utf8)] + Array(repeating: piece, count: most / piece.count + 1))
      }
    }
    let line = Array("data: ".utf8) + piece + [0x0A]
    #expect(throws: ServerSentEventDecoder.TooLong()) { try events(Array(repeating: line, count: most / piece.count + 1)) }
  }

  /// What has been read is not kept, and is not searched again.
  @Test func aLongStreamOfSmallPieces() throws {
    var decoder = ServerSentEventDecoder()
    var count = 0
    for _ in 0..<20_000 {
      for piece in ["da", "ta: {\"a\"", ":1}\r", "\n\r", "\n"] {
        decoder.feed(piece.utf8)
        while try decoder.next() != nil { count += 1 }
      }
    }
    #expect(count == 20_000)
  }
}
