import Foundation

/// Says in a person's words where a JSON file is wrong: the line, and what was expected there.
enum JSONProblem {
  static func describe(_ error: DecodingError, in data: Data) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "line \(line(of: context.codingPath, in: data)): \"\(key.stringValue)\" is missing"
    case .typeMismatch(let type, let context):
      "line \(line(of: context.codingPath, in: data)): \"\(name(context.codingPath))\" is not \(spoken(type))"
    case .valueNotFound(let type, let context):
      "line \(line(of: context.codingPath, in: data)): \"\(name(context.codingPath))\" is null, not \(spoken(type))"
    case .dataCorrupted: "line \(syntaxErrorLine(in: data) ?? 1): not valid JSON"
    @unknown default: "line 1: not readable"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String { path.last { $0.intValue == nil }?.stringValue ?? "the file" }

  private static func spoken(_ type: Any.Type) -> String {
    switch "\(type)" {
    case "String": "a text"
    case "Double", "Int": "a number"
    case "Bool": "true or false"
    case let name where name.hasPrefix("Array"): "a list"
    default: "an object"
    }
  }

  /// The line where the data stop being JSON; nil where all of them are.
  static func syntaxErrorLine(in data: Data) -> Int? {
    var scanner = JSONScanner(Array(data))
    guard let offset = scanner.firstSyntaxError() else { return nil }
    return data.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
  }

  /// The line where the value of a coding path begins; of the nearest enclosing one where the last step isn't there.
  static func line(of path: [any CodingKey], in data: Data) -> Int {
    var scanner = JSONScanner(Array(data))
    var offset = scanner.skipSpace()
    for key in path {
      guard let next = key.intValue.map({ scanner.enterArray(at: $0) }) ?? scanner.enterObject(at: key.stringValue) else { break }
      offset = next
    }
    return data.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
  }
}

/// Steps through well-formed JSON to find where something stands. Only used to explain errors.
private struct JSONScanner {
  let bytes: [UInt8]
  var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  @discardableResult
  mutating func skipSpace() -> Int {
    while let byte = current, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    return position
  }

  mutating func enterArray(at index: Int) -> Int? {
    guard current == UInt8(ascii: "[") else { return nil }
    position += 1
    for _ in 0..<index {
      skipSpace()
      guard current != UInt8(ascii: "]"), current != nil else { return nil }
      skipValue()
      skipSpace()
      if current == UInt8(ascii: ",") { position += 1 }
    }
    return skipSpace()
  }

  mutating func enterObject(at key: String) -> Int? {
    guard current == UInt8(ascii: "{") else { return nil }
    position += 1
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { return nil }
      let start = position + 1
      skipValue()
      let found = String(decoding: bytes[start..<max(start, position - 1)], as: UTF8.self)
      skipSpace()
      position += 1  // The colon.
      skipSpace()
      if found == key { return position }
      skipValue()
      skipSpace()
      if current == UInt8(ascii: ",") { position += 1 }
    }
  }

  private mutating func skipValue() {
    var depth = 0
    repeat {
      guard let byte = current else { return }
      switch byte {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        position += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        position += 1
      default:
        position += 1
        if depth == 0 { skipScalar() }
      }
    } while depth > 0
  }

  private mutating func skipScalar() {
    while let byte = current, !",]}: \n\r\t".utf8.contains(byte) { position += 1 }
  }

  private mutating func skipString() {
    position += 1
    while let byte = current, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
    position += 1
  }

  // MARK: Syntax

  /// Where the text stops being JSON; nil where all of it is.
  mutating func firstSyntaxError() -> Int? {
    skipSpace()
    guard checkValue(depth: 0) else { return min(position, bytes.count) }
    skipSpace()
    return position == bytes.count ? nil : position
  }

  /// Steps over one value; false at the byte that can't be right.
  private mutating func checkValue(depth: Int) -> Bool {
    guard let byte = current, depth < 512 else { return false }
    switch byte {
    case UInt8(ascii: "\""):
      let start = position
      skipString()
      // A text that never ends is to blame where it begins.
      if position > bytes.count || bytes[start..<position].contains(10) {
        position = start
        return false
      }
      return true
    case UInt8(ascii: "["): return checkList(closing: UInt8(ascii: "]")) { $0.checkValue(depth: depth + 1) }
    case UInt8(ascii: "{"):
      return checkList(closing: UInt8(ascii: "}")) { scanner in
        guard scanner.current == UInt8(ascii: "\""), scanner.checkValue(depth: depth + 1) else { return false }
        scanner.skipSpace()
        guard scanner.current == UInt8(ascii: ":") else { return false }
        scanner.position += 1
        scanner.skipSpace()
        return scanner.checkValue(depth: depth + 1)
      }
    default:
      let start = position
      skipScalar()
      let word = String(decoding: bytes[start..<position], as: UTF8.self)
      if ["true", "false", "null"].contains(word) || Double(word) != nil { return true }
      position = start
      return false
    }
  }

  private mutating func checkList(closing: UInt8, item: (inout JSONScanner) -> Bool) -> Bool {
    position += 1
    skipSpace()
    if current == closing {
      position += 1
      return true
    }
    while true {
      guard item(&self) else { return false }
      skipSpace()
      guard let byte = current else { return false }
      position += 1
      if byte == closing { return true }
      guard byte == UInt8(ascii: ",") else {
        position -= 1
        return false
      }
      skipSpace()
    }
  }
}
