import Crypto
import Foundation

/// Which results of a run are safe on disk, in a file beside the output: a line for each batch of results, with the output's
/// length after it.
///
/// A batch is written to the output and flushed to the disk before its line is. So the output up to the length in the journal's
/// last line holds exactly the records that the journal names. To resume a run, the output is cut there: nothing is lost, and
/// nothing is there twice.
struct BatchJournal: Sendable {
  private struct Header: Codable, Equatable {
    var input: String
    var model: String
  }

  private struct Entry: Codable {
    var bytes: UInt64
    var records: [Int]
  }

  /// A journal that a run goes on with.
  struct Resumed: Sendable {
    var journal: BatchJournal
    /// Records that have a result.
    var done = RecordSet()
    /// The output's length with these results.
    var bytes: UInt64 = 0
  }

  private let handle: FileHandle

  static func url(for output: URL) -> URL { output.appendingPathExtension("progress") }

  /// Tells one input from another: its size and its first megabyte.
  private static func fingerprint(_ input: URL) throws -> String {
    let file = try FileHandle(forReadingFrom: input)
    let head = try file.read(upToCount: 1 << 20) ?? Data()
    let hash = SHA256.hash(data: head).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
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

  /// Opens the journal of an earlier run, and cuts off it what a crash left unfinished. If the crash came before there was any
  /// result, it begins a new one.
  /// - Throws: ``BedquotaError`` (`file`) where the files don't belong together.
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
      throw mismatch("\(url.path) is of another input or model; choose another output file.")
    }
    var done = RecordSet()
    var bytes: UInt64 = 0
    var soundBytes = header.line.count + 1
    // A line that was cut off has no end.
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

  /// - Parameter bytes: the output's length with these records in it, flushed.
  func append(_ records: [Int], bytes: UInt64) throws {
    try handle.write(contentsOf: try JSONEncoder().encode(Entry(bytes: bytes, records: records)) + Data("\n".utf8))
    try handle.synchronize()
  }
}
