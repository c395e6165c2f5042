import AWSWire
import Crypto
import Foundation

/// The lines of a journal. Each ends with a sum over itself and the line before, so that a changed or missing line is noticed.
enum JournalLine {
  /// The first line.
  struct Header: Codable, Equatable {
    static let format = 2

    /// nil in journals of versions before 0.2, which have `input` and no sums.
    var format: Int? = Self.format
    /// The invoked id.
    var model: String
    /// The process that writes the journal.
    var process: Int32?
    /// Of a shard, the size of the whole input in bytes, on which its cuts depend.
    var cutBytes: UInt64?
  }

  /// A batch of results that is safe on disk.
  struct Entry: Codable, Equatable {
    /// The output's length in bytes, with these results.
    var bytes: UInt64
    /// The keys of the results' records, in the order of the output.
    var records: [String]
  }

  /// - Parameter previous: the sum of the line before; empty for the first.
  /// - Returns: the line with its newline, and its sum.
  static func encode(_ value: some Encodable, after previous: String) throws -> (line: Data, sum: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let content = try encoder.encode(value).dropLast()
    let sum = sum(of: content, after: previous)
    return (content + Data("\(marker)\(sum)\"}\n".utf8), sum)
  }

  /// The content of a line and the sum that it states; nil if it states none.
  static func split(_ line: [UInt8]) -> (content: ArraySlice<UInt8>, sum: String)? {
    let tail = line.suffix(tailBytes)
    guard tail.count == tailBytes, tail.starts(with: marker.utf8), tail.suffix(2) == [UInt8(ascii: "\""), UInt8(ascii: "}")]
    else {
      return nil
    }
    return (line.dropLast(tailBytes), String(decoding: tail.dropFirst(marker.utf8.count).dropLast(2), as: UTF8.self))
  }

  static func sum(of content: some DataProtocol, after previous: String) -> String {
    var hash = SHA256()
    hash.update(data: Data(previous.utf8))
    hash.update(data: content)
    return Hex.encode(hash.finalize().prefix(8))
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ content: ArraySlice<UInt8>) -> Value? {
    try? JSONDecoder().decode(type, from: Data(content) + Data("}".utf8))
  }

  private static let marker = ",\"sum\":\""
  /// Marker, 16 digits, quote and brace.
  private static let tailBytes = marker.utf8.count + 18
}
