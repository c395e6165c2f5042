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

  /// Goes on with one that is there, and cuts what a crash left unfinished off both files.
  /// - Returns: the journal, and which records are done.
  static func resume(_ output: URL, input: URL, model: String) throws -> (journal: BatchJournal, done: RecordSet, bytes: UInt64) {
    let url = url(for: output)
    guard let text = try? Data(contentsOf: url) else {
      throw BedquotaError(.file, "There is nothing to resume: \(url.path) is missing.")
    }
    var done = RecordSet()
    var bytes: UInt64 = 0
    var sound = 0
    var isFirst = true
    // A line that was cut off has no end.
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      if isFirst {
        let header = try? JSONDecoder().decode(Header.self, from: Data(line))
        guard header == Header(input: try fingerprint(input), model: model) else {
          throw BedquotaError(.file, "\(url.path) is of another input or model; choose another --output-file.")
        }
        isFirst = false
      } else {
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) else { break }
        for record in entry.records { done.insert(record) }
        bytes = entry.bytes
      }
      sound += line.count + 1
    }
    guard !isFirst else { throw BedquotaError(.file, "\(url.path) is damaged; start again without --resume.") }
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
