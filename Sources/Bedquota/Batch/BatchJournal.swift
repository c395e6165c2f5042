import Crypto
import Foundation

/// What of a run is safe on disk, in a file beside the output: a line for each batch of results, with how long the output was
/// after it.
///
/// A batch is written to the output and flushed to the disk before its line is, so at any moment the output up to the last line's
/// length holds exactly the records that the lines name. Going on cuts the output there: nothing is lost, and nothing is there twice.
struct BatchJournal {
  private struct Header: Codable, Equatable {
    var input: String
    var model: String
  }

  private struct Entry: Codable {
    var bytes: UInt64
    var records: [Int]
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

  /// Begins a new one.
  init(for output: URL, input: URL, model: String) throws {
    let url = Self.url(for: output)
    let header = try JSONEncoder().encode(Header(input: try Self.fingerprint(input), model: model))
    guard FileManager.default.createFile(atPath: url.path, contents: header + Data("\n".utf8)) else {
      throw BedquotaError(.file, "\(url.path) can't be written.")
    }
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    try handle.synchronize()
  }

  /// Goes on with one that is there, and cuts what a crash left unfinished off both files. Where the crash came before there was
  /// any result, it begins a new one.
  /// - Returns: the journal, and which records are done.
  static func resume(_ output: URL, input: URL, model: String) throws -> (journal: BatchJournal, done: RecordSet, bytes: UInt64) {
    let url = url(for: output)
    let outputBytes = (try? FileManager.default.attributesOfItem(atPath: output.path)[.size] as? UInt64) ?? 0
    guard var lines = try? LineReader(url), let header = try lines.next(), header.isWhole else {
      guard outputBytes == 0 else {
        throw BedquotaError(.file, "\(output.path) can't be gone on with: \(url.path) is missing. Choose another --output-file.")
      }
      return (try BatchJournal(for: output, input: input, model: model), RecordSet(), 0)
    }
    guard (try? JSONDecoder().decode(Header.self, from: header.line)) == Header(input: try fingerprint(input), model: model)
    else {
      throw BedquotaError(.file, "\(url.path) is of another input or model; choose another --output-file.")
    }
    var done = RecordSet()
    var bytes: UInt64 = 0
    var sound = header.line.count + 1
    // A line that was cut off has no end.
    while let (line, isWhole) = try lines.next(), isWhole {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: line) else { break }
      for record in entry.records { done.insert(record) }
      bytes = entry.bytes
      sound += line.count + 1
    }
    guard outputBytes >= bytes else {
      throw BedquotaError(
        .file, "\(output.path) is shorter than \(url.path) says, so replies are lost; start again with another --output-file.")
    }
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: UInt64(sound))
    try handle.seekToEnd()
    return (BatchJournal(handle: handle), done, bytes)
  }

  private init(handle: FileHandle) { self.handle = handle }

  /// - Parameter bytes: the output's length with these records in it, flushed.
  func append(_ records: [Int], bytes: UInt64) throws {
    try handle.write(contentsOf: try JSONEncoder().encode(Entry(bytes: bytes, records: records)) + Data("\n".utf8))
    try handle.synchronize()
  }
}
