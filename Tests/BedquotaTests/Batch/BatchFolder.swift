import AWSWire
import Foundation

@testable import Bedquota

/// A folder with an input, removed with the value.
final class BatchFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
  var input: URL { url.appending(path: "in.jsonl") }
  let output: URL
  var journal: URL { URL(filePath: output.path + ".progress") }

  init(lines: Int = 3, output: String = "out.jsonl") throws {
    self.output = url.appending(path: output)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try write((0..<lines).map(Self.line))
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  static func line(_ index: Int) -> String { "{\"recordId\":\"r\(index)\",\"modelInput\":{\"number\":\(index)}}" }

  func write(_ lines: [String]) throws { try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: input) }

  func open(resumes: Bool = false, retriesFailed: Bool = false, model: String = "m") throws -> BatchFiles {
    var options = BatchRun.Options()
    (options.resumes, options.retriesFailed) = (resumes, retriesFailed)
    return try BatchFiles.open(BatchInput(input), output, models: [model], options: options)
  }

  /// The records that a run would still send.
  func left(_ files: BatchFiles) async throws -> [String] {
    let reader = try RecordReader(BatchInput(input), done: files.done)
    var left: [String] = []
    while let entry = try await reader.next() { left.append(entry.record.recordID) }
    return left
  }

  static func result(_ index: Int, isError: Bool = false) -> BatchResult {
    let record = BatchRecord(index: index, line: Data(line(index).utf8))
    let answer = isError ? "\"error\":{\"errorCode\":400}" : "\"modelOutput\":{}"
    return BatchResult(key: record.key, line: Data("{\"recordId\":\"r\(index)\",\(answer)}\n".utf8), isError: isError)
  }

  /// Writes results as a run would, and closes the files.
  func run(_ results: [BatchResult], resumes: Bool = false) async throws {
    let output = BatchOutput(BatchWriter(try open(resumes: resumes), patience: .zero), isOrdered: false)
    for (position, result) in results.enumerated() {
      try await output.write(result, position: position)
      try await output.flush()
    }
  }

  /// The decompressed output's ids, in order; empty for a line that is no result.
  func identifiers() throws -> [String] {
    let file = try AppendedFile(output.path, isNew: false)
    var lines = LineReader(Gzip.isGzip(output) ? GunzippedBytes(file.source) : file.source)
    var found: [String] = []
    while let line = try lines.next() {
      found.append((try? JSONValue(line.bytes))?["recordId"]?.string ?? "")
    }
    return found
  }

  func append(_ text: String, to url: URL) throws {
    let file = try FileHandle(forWritingTo: url)
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }
}
