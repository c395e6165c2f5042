/// Takes the events of a `text/event-stream` out of its bytes, however these are cut into pieces.
///
/// Lines end with a line feed, a carriage return or both. Comments, fields that aren't known and events without data bring nothing,
/// and an event that the end of the stream cuts off is none.
///
/// Source: html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
package struct ServerSentEventDecoder: Sendable {
  package struct Event: Sendable, Equatable {
    /// Empty for an event without a name.
    package var name: String
    /// The lines of its data, with a line feed between two of them.
    package var data: [UInt8]
  }

  /// An event, or a line, of more than ``eventBytesMax``.
  package struct TooLong: Error, Equatable {}

  /// As much as a frame of AWS's event streams holds.
  static let eventBytesMax = EventStreamDecoder.payloadBytesMax

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private var buffer: [UInt8] = []
  /// Where the line begins that is being read.
  private var start = 0
  /// How far the buffer was searched for the end of that line.
  private var searched = 0
  /// Whether a carriage return has ended the last line at the end of a piece, so that a line feed belongs to it.
  private var skipsLineFeed = false
  private var isFirstLine = true
  private var name = ""
  /// nil before the event's first line of data.
  private var data: [UInt8]?

  package init() {}

  package mutating func feed(_ bytes: some Sequence<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      (searched, start) = (searched - start, 0)
    }
    buffer += bytes
  }

  /// The next event; nil until more bytes are fed.
  /// - Throws: ``TooLong``; what follows is not read.
  package mutating func next() throws(TooLong) -> Event? {
    while let line = try nextLine() {
      guard line.isEmpty else {
        try read(line)
        continue
      }
      let event = data.map { Event(name: name, data: $0) }
      (name, data) = ("", nil)
      if let event, !event.data.isEmpty { return event }
    }
    return nil
  }

  private mutating func nextLine() throws(TooLong) -> ArraySlice<UInt8>? {
    if skipsLineFeed, start < buffer.count {
      if buffer[start] == 0x0A { start += 1 }
      skipsLineFeed = false
      searched = max(searched, start)
    }
    guard let end = buffer[searched...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
      searched = buffer.count
      guard buffer.count - start + (data?.count ?? 0) <= Self.eventBytesMax else { throw TooLong() }
      return nil
    }
    var line = buffer[start..<end]
    skipsLineFeed = buffer[end] == 0x0D
    (start, searched) = (end + 1, end + 1)
    if isFirstLine, line.starts(with: Self.byteOrderMark) { line = line.dropFirst(Self.byteOrderMark.count) }
    isFirstLine = false
    return line
  }

  private mutating func read(_ line: ArraySlice<UInt8>) throws(TooLong) {
    let colon = line.firstIndex(of: UInt8(ascii: ":"))
    var value = colon.map { line[($0 + 1)...] } ?? []
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    let field = line[..<(colon ?? line.endIndex)]
    if field.elementsEqual("data".utf8) {
      guard (data?.count ?? 0) + value.count < Self.eventBytesMax else { throw TooLong() }
      if data == nil {
        data = Array(value)
      } else {
        // In place: a copy for every line would take time quadratic in the lines.
        data?.append(0x0A)
        data?.append(contentsOf: value)
      }
    } else if field.elementsEqual("event".utf8) {
      name = String(decoding: value, as: UTF8.self)
    }
  }
}
