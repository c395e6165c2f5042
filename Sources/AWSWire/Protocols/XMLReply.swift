package import Foundation
import XMLCoder

/// Reads XML of AWS's query protocol, whose replies are small and flat. Anything else is refused before it is parsed: the parser
/// descends into elements by recursion, and expands entities.
package enum XMLReply {
  /// Why a document isn't read.
  package struct Refusal: Error {
    package var reason: String
  }

  /// More than any reply of STS or CloudWatch nests.
  static let depthMax = 32
  static let bytesMax = 1_024 * 1_024
  static let elementsMax = 20_000

  /// - Throws: ``Refusal``, or the decoder's error.
  package static func decode<Value: Decodable>(_ type: Value.Type, from body: Data) throws -> Value {
    try check(body)
    return try XMLDecoder().decode(type, from: body)
  }

  /// - Throws: ``Refusal`` for a document that is too large or too deep, or declares anything of its own.
  static func check(_ body: Data) throws(Refusal) {
    guard body.count <= bytesMax else { throw Refusal(reason: "over \(bytesMax) bytes") }
    let bytes = [UInt8](body)
    // Foundation's parser traps where a name isn't.
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Refusal(reason: "not UTF-8") }
    var (depth, elements, index) = (0, 0, 0)
    while index < bytes.count {
      guard bytes[index] != 0 else { throw Refusal(reason: "a zero byte") }
      guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else {
        index += 1
        continue
      }
      let first = bytes[index + 1]
      guard first != UInt8(ascii: "!") else { throw Refusal(reason: "a declaration, comment or CDATA section") }
      let end = endOfTag(bytes, from: index + 1)
      if first == UInt8(ascii: "/") {
        depth -= 1
      } else if first != UInt8(ascii: "?") {
        elements += 1
        if bytes[end - 1] != UInt8(ascii: "/") { depth += 1 }
      }
      guard depth <= depthMax, elements <= elementsMax else { throw Refusal(reason: "too many elements") }
      index = end + 1
    }
  }

  /// The position of the `>` that ends a tag; those in quotes don't.
  private static func endOfTag(_ bytes: [UInt8], from start: Int) -> Int {
    var quote: UInt8?
    for index in start..<bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index
      }
    }
    return bytes.count
  }
}
