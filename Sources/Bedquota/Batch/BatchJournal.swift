import AWSWire
import Crypto
import Foundation

/// Records which results of a run are safe on disk. The journal is a file beside the output, with a line for each batch of
/// results and the output's length in bytes after that batch.
///
/// A batch is written to the output and flushed to the disk before the journal gets its line. The output, up to the length in the
/// journal's last line, therefore holds exactly the records that the journal names. A run that resumes cuts the output there, so
/// no result is lost or repeated.
struct BatchJournal: Sendable {
  private struct Header: Codable, Equatable {
    var input: String
    var model: String
  }

  private struct Entry: Codable {
    var bytes: UInt64
    var records: [Int]
  }

  /// The journal of an earlier run, opened to resume it.
  struct Resumed: Sendable {
    var journal: BatchJournal
    /// Records that have a result.
    var done = RecordSet()
    /// The output's length in bytes with these results.
    var bytes: UInt64 = 0
  }

  private let handle: FileHandle

  static func url(for output: URL) -> URL { output.appendingPathExtension("progress") }

  /// Identifies an input by its size in bytes and a hash of its first megabyte.
  private static func fingerprint(_ input: URL) throws -> String {
    let file = try FileHandle(forReadingFrom: input)
    let head = try file.read(upToCount: 1 << 20) ?? Data()
    let hash = Hex.encode(SHA256.hash(data: head).prefix(8))
    return "\(try file.seekToEnd())-\(hash)"
  }

  /// Begins a journal.
  /// - Parameter model: the invoked id.
  /// - Throws: ``BedquotaError`` (`file`).
  init(for output: URL, input: URL, model: String) throws {
    let url = Self.url(for: output)
    let header = try JSONEncoder().encode(Header(input: try Self.fingerprint(input), model: model))
    guard FileManager.default.createFile(atPath: url.path, contents: header + Data("\n".utf8)) else {
      throw BedquotaError(.file, "\(url.path) can't be written.", parameters: ["outputFile"])
    }
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    try handle.synchronize()
  }

  private init(handle: FileHandle) { self.handle = handle }

  /// Opens the journal of an earlier run and cuts off a line that a crash left incomplete. If the journal has no complete header
  /// and the output is empty, it begins a new journal.
  /// - Throws: ``BedquotaError`` (`file`) if the files don't belong to the same run.
  static func resume(_ output: URL, input: URL, model: String) throws -> Resumed {
    let url = url(for: output)
    let outputBytes = (try? FileManager.default.attributesOfItem(atPath: output.path)[.size] as? UInt64) ?? 0
    guard var lines = try? LineReader(url), let header = try lines.next(), header.isWhole else {
      guard outputBytes == 0 else {
        throw mismatch("\(output.path) can't be resumed: \(url.path) is missing. Choose another output file.")
      }
      return Resumed(journal: try BatchJournal(for: output, input: input, model: model))
    }
    guard (try? JSONDecoder().decode(Header.self, from: header.line)) == Header(input: try fingerprint(input), model: model)
    else {
      throw mismatch("\(url.path) belongs to another input or model; choose another output file.")
    }
    var done = RecordSet()
    var bytes: UInt64 = 0
    var soundBytes = header.line.count + 1
    // A line without a newline was cut off by a crash.
    while let (line, isWhole) = try lines.next(), isWhole {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: line) else { break }
      for record in entry.records { done.insert(record) }
      bytes = entry.bytes
      soundBytes += line.count + 1
    }
    guard outputBytes >= bytes else {
      throw mismatch(
        "\(output.path) is shorter than \(url.path) says, so replies are lost; start again with another output file.")
    }
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: UInt64(soundBytes))
    try handle.seekToEnd()
    return Resumed(journal: BatchJournal(handle: handle), done: done, bytes: bytes)
  }

  private static func mismatch(_ message: String) -> BedquotaError {
    BedquotaError(.file, message, parameters: ["outputFile"])
  }

  /// - Parameter bytes: the output's length in bytes, with these records flushed to it.
  func append(_ records: [Int], bytes: UInt64) throws {
    try handle.write(contentsOf: try JSONEncoder().encode(Entry(bytes: bytes, records: records)) + Data("\n".utf8))
    try handle.synchronize()
  }
}
