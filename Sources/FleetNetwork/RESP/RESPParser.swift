import NIOCore

/// Parses replies in RESP2 and RESP3 as their bytes arrive, each byte once.
///
/// It trusts nothing: lengths and depths are bounded, and memory is taken only for what has arrived.
struct RESPParser {
  private struct Frame {
    enum Kind { case array, map, push, attribute }
    var kind: Kind
    var missing: Int
    var values: [RESPValue] = []
  }

  private enum Bulk { case text, verbatim, error }

  /// Bytes that have been read and are kept, so that small replies don't move what follows them.
  private static let readBytesMax = 65_536

  private let limits: RESPLimits
  private var buffer = ByteBuffer()
  private var stack: [Frame] = []
  /// A text whose header has been read.
  private var bulk: (kind: Bulk, count: Int)?
  /// Bytes that hold no end of a line.
  private var scanned = 0
  /// Values and bytes of the present reply.
  private var values = 0
  private var bytes = 0

  init(limits: RESPLimits = RESPLimits()) {
    self.limits = limits
  }

  mutating func append(_ bytes: inout ByteBuffer) {
    if buffer.readableBytes == 0 { swap(&buffer, &bytes) } else { buffer.writeBuffer(&bytes) }
  }

  /// The next reply; nil if more bytes are needed.
  /// - Throws: ``RESPFailure``; then nothing that follows can be understood.
  mutating func next() throws(RESPFailure) -> RESPValue? {
    while let value = try nextScalar() {
      if let whole = close(value) {
        (values, bytes) = (0, 0)
        if buffer.readerIndex > Self.readBytesMax { buffer.discardReadBytes() }
        return whole
      }
    }
    return nil
  }

  /// Reads until a value is complete that holds no other values; headers of arrays go onto the stack.
  private mutating func nextScalar() throws(RESPFailure) -> RESPValue? {
    while true {
      if let bulk {
        guard let value = try readBulk(bulk.kind, bulk.count) else { return nil }
        self.bulk = nil
        return value
      }
      guard let line = try readLine() else { return nil }
      if let value = try parse(line) { return value }
    }
  }

  private mutating func readLine() throws(RESPFailure) -> [UInt8]? {
    let view = buffer.readableBytesView.dropFirst(scanned)
    guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
      scanned = buffer.readableBytes
      if scanned > limits.lineBytesMax { throw RESPFailure("a line is too long") }
      return nil
    }
    let count = end - buffer.readerIndex + 1
    scanned = 0
    guard count <= limits.lineBytesMax, let line = buffer.readBytes(length: count), line.dropLast().last == UInt8(ascii: "\r")
    else {
      throw RESPFailure("a line has no proper end")
    }
    try self.count(bytes: count)
    return line.dropLast(2)
  }

  private mutating func readBulk(_ kind: Bulk, _ count: Int) throws(RESPFailure) -> RESPValue? {
    guard buffer.readableBytes >= count + 2 else { return nil }
    guard let text = buffer.readBytes(length: count), buffer.readBytes(length: 2) == [13, 10] else {
      throw RESPFailure("a text has no proper end")
    }
    switch kind {
    case .text: return .bytes(text)
    case .error: return .error(String(decoding: text, as: UTF8.self))
    case .verbatim:
      // Three letters say what kind of text it is.
      guard text.count >= 4, text[3] == UInt8(ascii: ":") else { throw RESPFailure("a verbatim text has no kind") }
      return .bytes(Array(text.dropFirst(4)))
    }
  }

  private mutating func count(bytes count: Int) throws(RESPFailure) {
    bytes += count
    if bytes > limits.replyBytesMax { throw RESPFailure("a reply is too long") }
  }

  /// - Returns: nil if the line is the header of a value that follows.
  private mutating func parse(_ line: [UInt8]) throws(RESPFailure) -> RESPValue? {
    values += 1
    guard values <= limits.valuesMax else { throw RESPFailure("a reply has too many values") }
    guard let type = line.first else { throw RESPFailure("a line is empty") }
    let rest = line.dropFirst()
    let text = String(decoding: rest, as: UTF8.self)
    switch type {
    case UInt8(ascii: "+"), UInt8(ascii: "("): return .simple(text)
    case UInt8(ascii: "-"): return .error(text)
    case UInt8(ascii: ":"): return .integer(try number(text))
    case UInt8(ascii: "_"): return .null
    case UInt8(ascii: ","): return .double(try double(text))
    case UInt8(ascii: "#"):
      guard text == "t" || text == "f" else { throw RESPFailure("a boolean is neither true nor false") }
      return .boolean(text == "t")
    case UInt8(ascii: "$"): return try begin(.text, text)
    case UInt8(ascii: "="): return try begin(.verbatim, text)
    case UInt8(ascii: "!"): return try begin(.error, text)
    case UInt8(ascii: "*"), UInt8(ascii: "~"): return try begin(.array, text)
    case UInt8(ascii: "%"): return try begin(.map, text)
    case UInt8(ascii: ">"): return try begin(.push, text)
    case UInt8(ascii: "|"): return try begin(.attribute, text)
    default: throw RESPFailure("a value has an unknown type")
    }
  }

  private func number(_ text: String) throws(RESPFailure) -> Int64 {
    guard let number = Int64(text) else { throw RESPFailure("a number is none") }
    return number
  }

  private func double(_ text: String) throws(RESPFailure) -> Double {
    guard text.utf8.count <= 64, let number = Double(text) else { throw RESPFailure("a number is none") }
    return number
  }

  private mutating func begin(_ kind: Bulk, _ text: String) throws(RESPFailure) -> RESPValue? {
    let count = try number(text)
    if count == -1 { return .null }
    guard 0...Int64(limits.bulkBytesMax) ~= count else { throw RESPFailure("a text is too long") }
    try self.count(bytes: Int(count) + 2)
    bulk = (kind, Int(count))
    return nil
  }

  private mutating func begin(_ kind: Frame.Kind, _ text: String) throws(RESPFailure) -> RESPValue? {
    let count = try number(text)
    if count == -1 { return .null }
    let perElement: Int64 = kind == .map || kind == .attribute ? 2 : 1
    guard 0...Int64(limits.valuesMax) ~= count, Int(count * perElement) <= limits.valuesMax - values else {
      throw RESPFailure("a reply has too many values")
    }
    guard stack.count < limits.depthMax else { throw RESPFailure("a reply is too deep") }
    if count == 0 {
      // An empty attribute says nothing about the value that follows.
      return kind == .attribute ? nil : Self.value(kind, [])
    }
    stack.append(Frame(kind: kind, missing: Int(count * perElement)))
    return nil
  }

  /// Puts a value where it belongs.
  /// - Returns: the whole reply once it is complete.
  private mutating func close(_ value: RESPValue) -> RESPValue? {
    var value = value
    while let last = stack.indices.last {
      stack[last].values.append(value)
      stack[last].missing -= 1
      guard stack[last].missing == 0 else { return nil }
      let frame = stack.removeLast()
      // An attribute comes before the value that it is about, and counts for nothing.
      if frame.kind == .attribute { return nil }
      value = Self.value(frame.kind, frame.values)
    }
    return value
  }

  private static func value(_ kind: Frame.Kind, _ values: [RESPValue]) -> RESPValue {
    switch kind {
    case .array, .attribute: .array(values)
    case .map: .map(values)
    case .push: .push(values)
    }
  }
}
