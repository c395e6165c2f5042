/// Follows the lines of a `text/event-stream`, cut anywhere, and passes on the data of its events without keeping them.
///
/// It reads what `ServerSentEventDecoder` reads, whose description has the source.
struct EventLineCutter: Sendable {
  enum Part {
    /// A part of an event's data.
    case data(UnsafeRawBufferPointer)
    /// A line of data follows another one.
    case lineFeed
    /// The event is complete; without data, it is none.
    case end
  }

  private enum Place: Sendable { case name, data, ignored }

  private static let dataName = Array("data".utf8)
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// The longest name that means anything, behind the mark with which a stream may begin.
  private static let nameMax = 8

  private var place = Place.name
  private var name: [UInt8] = []
  /// Whether the last line ended with a carriage return, so that a line feed belongs to it.
  private var skipsLineFeed = false
  private var skipsSpace = false
  private var isFirstLine = true
  private var hasData = false
  /// Whether the event has a line so far.
  private var hasLines = false

  /// Whether the bytes so far end with an event, so that another one may follow them.
  var isAtBoundary: Bool { !hasLines && place == .name && name.isEmpty }

  /// Takes the next part from the beginning of the bytes; nil if they are used up.
  mutating func next(_ rest: inout UnsafeRawBufferPointer) -> Part? {
    while let first = rest.first {
      if skipsLineFeed {
        skipsLineFeed = false
        if first == 0x0A {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
          continue
        }
      }
      let run = rest.prefix { $0 != 0x0A && $0 != 0x0D }
      guard run.isEmpty else {
        if let part = read(run, &rest) { return part }
        continue
      }
      skipsLineFeed = first == 0x0D
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
      if let part = endLine() { return part }
    }
    return nil
  }

  /// Reads a part of a line, or of its first field.
  private mutating func read(_ run: Slice<UnsafeRawBufferPointer>, _ rest: inout UnsafeRawBufferPointer) -> Part? {
    guard place == .name else {
      var data = run
      if skipsSpace, run.first == UInt8(ascii: " ") { data = run.dropFirst() }
      skipsSpace = false
      rest = UnsafeRawBufferPointer(rebasing: rest[run.endIndex...])
      return place == .data && !data.isEmpty ? .data(UnsafeRawBufferPointer(rebasing: data)) : nil
    }
    let field = run.prefix { $0 != UInt8(ascii: ":") }
    name.append(contentsOf: field.prefix(Self.nameMax - min(name.count, Self.nameMax)))
    // A name that goes on beyond what is kept is no name of interest.
    if field.count > 0, name.count >= Self.nameMax { place = .ignored }
    let hasColon = field.endIndex < run.endIndex
    rest = UnsafeRawBufferPointer(rebasing: rest[(field.endIndex + (hasColon ? 1 : 0))...])
    guard hasColon else { return nil }
    guard isData else {
      place = .ignored
      return nil
    }
    (place, skipsSpace) = (.data, true)
    return beginData()
  }

  private var isData: Bool {
    place == .name && (name == Self.dataName || (isFirstLine && name == Self.byteOrderMark + Self.dataName))
  }

  private mutating func beginData() -> Part? {
    defer { (hasData, hasLines) = (true, true) }
    return hasData ? .lineFeed : nil
  }

  private mutating func endLine() -> Part? {
    let isEmpty = place == .name && (name.isEmpty || (isFirstLine && name == Self.byteOrderMark))
    let namesData = isData
    name.removeAll(keepingCapacity: true)
    (place, isFirstLine) = (.name, false)
    guard isEmpty else {
      // A field without a colon has an empty value.
      if namesData { return beginData() }
      hasLines = true
      return nil
    }
    defer { (hasData, hasLines) = (false, false) }
    return hasData ? .end : nil
  }
}
