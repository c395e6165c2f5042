import AWSWire

/// Looks at JSON that passes by, in pieces cut anywhere, and keeps the little of it that tells what a reply used.
///
/// It keeps short texts, numbers and structure of the outer levels, as JSON that the ordinary readers take. Long texts are counted and
/// dropped, so that a reply of any length takes little memory. Whether there is anything to read in what is kept, it says itself: most
/// events of a stream bring text alone, and are never read.
///
/// The structure is followed, not checked: the reader of what is kept does that.
struct JSONSieve: Sendable {
  /// The levels that are kept; `response.usage.input_tokens_details.cached_tokens` needs them all.
  private static let levels = 4
  /// The most that is kept of one text: enough for the message of an error.
  private static let textKeptMax = 1_024
  /// The most that is kept in all.
  static let keptMax = 256 * 1_024
  /// What stays allocated for the next event.
  private static let capacityMax = 16 * 1_024
  /// The longest name that means anything.
  private static let nameMax = 40

  /// The outer levels, without most of their long texts.
  private(set) var kept: [UInt8] = []
  /// Bytes of the model's text, in UTF-8 and without escapes.
  private(set) var textBytes = 0
  /// Whether something was found that tells of usage, of the end or of an error.
  private(set) var isTelling = false
  /// Whether the outermost object or array has been closed.
  private(set) var isClosed = false
  /// Whether more would have been kept than is allowed.
  private(set) var isOverfull = false

  private let names: MemberNames
  private var level = 0
  private var member = MemberNames.Meaning.none
  /// Whether the value of `member` comes next.
  private var awaitsValue = false
  /// Whether the array of choices has just been opened.
  private var isAtFirstChoice = false
  /// The level of an object whose texts repeat what was streamed; nil outside of it.
  private var repeatedLevel: Int?

  private var isInString = false
  private var escape = JSONEscape()
  /// Whether the string is the model's text.
  private var isText = false
  /// Bytes that are kept of the string; nil if no more of it is.
  private var room: Int?
  /// The beginning of the last string, which may turn out to be a name.
  private var word: [UInt8] = []
  private var wordHasEscape = false

  init(_ names: MemberNames) { self.names = names }

  /// Begins another text.
  mutating func reset() {
    if kept.capacity > Self.capacityMax { kept = [] } else { kept.removeAll(keepingCapacity: true) }
    (textBytes, isTelling, isClosed, isOverfull) = (0, false, false, false)
    (level, member, awaitsValue, isAtFirstChoice, repeatedLevel) = (0, .none, false, false, nil)
    (isInString, escape, isText, room) = (false, JSONEscape(), false, nil)
    word.removeAll(keepingCapacity: true)
  }

  /// What was kept, as a value; nil if it isn't JSON or too much.
  var json: JSONValue? { isOverfull ? nil : try? JSONValue(kept) }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    while index < bytes.count {
      if isInString { addString(bytes, &index) } else { addStructure(bytes, &index) }
    }
  }

  private mutating func keep(_ run: UnsafeRawBufferPointer) {
    guard level <= Self.levels, !isOverfull else { return }
    if kept.count + run.count > Self.keptMax { isOverfull = true } else { kept.append(contentsOf: run) }
  }

  private mutating func keep(_ byte: UInt8) {
    guard level <= Self.levels, !isOverfull else { return }
    if kept.count >= Self.keptMax { isOverfull = true } else { kept.append(byte) }
  }

  // MARK: - Structure

  private mutating func addStructure(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) {
    let byte = bytes[index]
    switch byte {
    case UInt8(ascii: "\""): beginString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
    case UInt8(ascii: "}"), UInt8(ascii: "]"): close(byte)
    case UInt8(ascii: ":"):
      keep(byte)
      member = wordHasEscape ? .telling : names.meaning(of: word)
      awaitsValue = true
    case UInt8(ascii: ","):
      keep(byte)
      (member, awaitsValue) = (.none, false)
    case 0x20, 0x0A, 0x0D, 0x09: break
    default:
      let start = index
      repeat { index += 1 } while index < bytes.count && Self.isWord(bytes[index])
      if awaitsValue { beginWord(byte) }
      isAtFirstChoice = false
      return keep(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
    }
    index += 1
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D, 0x00...0x20: false
    default: true
    }
  }

  /// A number, `true`, `false` or `null`: the last two tell nothing.
  private mutating func beginWord(_ first: UInt8) {
    if member == .telling, first != UInt8(ascii: "n"), first != UInt8(ascii: "f") { isTelling = true }
    awaitsValue = false
  }

  private mutating func open(_ byte: UInt8) {
    if awaitsValue {
      switch member {
      case .telling: isTelling = true
      case .repeating:
        isTelling = true
        if repeatedLevel == nil { repeatedLevel = level }
      default: break
      }
    }
    isAtFirstChoice = awaitsValue && member == .choices && byte == UInt8(ascii: "[")
    // A container one level too deep is kept without its content.
    if level == Self.levels { keep(byte) }
    level += 1
    if level <= Self.levels { keep(byte) }
    (member, awaitsValue) = (.none, false)
  }

  private mutating func close(_ byte: UInt8) {
    // A chunk without choices has the usage.
    if isAtFirstChoice { isTelling = true }
    isAtFirstChoice = false
    if level <= Self.levels { keep(byte) }
    level -= 1
    if level == Self.levels { keep(byte) }
    if level == repeatedLevel { repeatedLevel = nil }
    isClosed = level == 0
    (member, awaitsValue) = (.none, false)
  }

  // MARK: - Strings

  private mutating func beginString() {
    keep(UInt8(ascii: "\""))
    isInString = true
    isText = awaitsValue && member == .text && repeatedLevel == nil
    room = Self.textKeptMax
    wordHasEscape = false
    isAtFirstChoice = false
    word.removeAll(keepingCapacity: true)
  }

  private mutating func addString(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) {
    let start = index
    if escape.isOpen {
      let added = escape.add(bytes[index])
      if isText { textBytes += added }
      index += 1
      // Room for all of it was there when it began.
      if room != nil { keep(UnsafeRawBufferPointer(rebasing: bytes[start..<index])) }
      return
    }
    index = JSONText.plainEnd(bytes, from: index)
    // Control characters don't belong into strings, which the reader of what is kept will find.
    while index < bytes.count, bytes[index] < 0x20 { index = JSONText.plainEnd(bytes, from: index + 1) }
    if index > start { addRun(UnsafeRawBufferPointer(rebasing: bytes[start..<index])) }
    guard index < bytes.count else { return }
    if bytes[index] == UInt8(ascii: "\"") {
      endString()
    } else {
      escape.begin()
      wordHasEscape = true
      if let left = room, left >= JSONEscape.bytesMax {
        room = left - JSONEscape.bytesMax
        keep(UInt8(ascii: "\\"))
      } else {
        room = nil
      }
    }
    index += 1
  }

  private mutating func addRun(_ run: UnsafeRawBufferPointer) {
    if isText { textBytes += run.count }
    if word.count < Self.nameMax { word.append(contentsOf: run.prefix(Self.nameMax - word.count)) }
    guard let left = room else { return }
    if run.count <= left {
      keep(run)
      room = left - run.count
    } else {
      keep(UnsafeRawBufferPointer(rebasing: run.prefix(left)))
      room = nil
    }
  }

  private mutating func endString() {
    isInString = false
    keep(UInt8(ascii: "\""))
    guard awaitsValue else { return }
    awaitsValue = false
    switch member {
    case .telling: if !word.isEmpty || wordHasEscape { isTelling = true }
    case .type: if wordHasEscape || MemberNames.tellsByType(word) { isTelling = true }
    default: break
    }
  }
}
