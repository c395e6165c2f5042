import AWSWire
import Foundation

/// Describes faults of a JSON file for people: the line and the value that was expected there.
enum JSONProblem {
  static func describe(_ error: DecodingError, in data: Data) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "line \(line(of: context.codingPath, in: data)): \"\(key.stringValue)\" is missing"
    case .typeMismatch(let type, let context):
      "line \(line(of: context.codingPath, in: data)): \"\(name(context.codingPath))\" is not \(spoken(type))"
    case .valueNotFound(let type, let context):
      "line \(line(of: context.codingPath, in: data)): \"\(name(context.codingPath))\" is null, not \(spoken(type))"
    case .dataCorrupted(let context):
      "line \(line(of: context.codingPath, in: data)): \"\(name(context.codingPath))\" can't be read"
    @unknown default: "line 1: not readable"
    }
  }

  /// The first line that is not JSON; nil if there is none.
  static func syntaxErrorLine(in data: Data) -> Int? {
    var reader = JSONReader(Array(data))
    do {
      try reader.skipValue()
      try reader.readEnd()
      return nil
    } catch {
      return lineNumber(at: error.offset, in: data)
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

  private static func lineNumber(at offset: Int, in data: Data) -> Int {
    data.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
  }

  /// The line of the value at a coding path, or of the innermost value on the path that exists.
  private static func line(of path: [any CodingKey], in data: Data) -> Int {
    var reader = JSONReader(Array(data))
    reader.skipSpace()
    var offset = reader.position
    try? find(path[...], in: &reader, offset: &offset)
    return lineNumber(at: offset, in: data)
  }

  /// Moves to the value at a path. The data have been decoded once, so they are well-formed.
  private static func find(
    _ path: ArraySlice<any CodingKey>, in reader: inout JSONReader, offset: inout Int
  ) throws(JSONReader.Failure) {
    offset = reader.position
    guard let key = path.first else { return try reader.skipValue() }
    let rest = path.dropFirst()
    var found = offset
    if let wanted = key.intValue {
      var index = 0
      try reader.readArray { reader throws(JSONReader.Failure) in
        defer { index += 1 }
        if index == wanted { try find(rest, in: &reader, offset: &found) } else { try reader.skipValue() }
      }
    } else {
      try reader.readObject { reader, name throws(JSONReader.Failure) in
        if name.elementsEqual(key.stringValue.utf8) {
          try find(rest, in: &reader, offset: &found)
        } else {
          try reader.skipValue()
        }
      }
    }
    offset = found
  }
}
