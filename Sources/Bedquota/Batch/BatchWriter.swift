import Foundation

/// Appends batches of results to the output and makes them safe on disk.
actor BatchWriter {
  private let executor = FileExecutor(label: "bedquota.batch.output")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let file: FileHandle
  private let journal: BatchJournal
  /// The output's length, all of it safe on disk.
  private var bytes: UInt64
  /// The first failure. Nothing is written after it, because what the disk holds beyond ``bytes`` isn't known.
  private var failure: BedquotaError?

  /// Opens an output, and creates it if it doesn't exist.
  /// - Parameters:
  ///   - journal: the journal of the same run.
  ///   - bytes: the length that the journal confirms; the output is cut off there.
  init(_ url: URL, journal: BatchJournal, bytes: UInt64) throws {
    if !FileManager.default.fileExists(atPath: url.path), !FileManager.default.createFile(atPath: url.path, contents: nil) {
      throw BedquotaError(.file, "\(url.path) can't be written.", parameters: ["outputFile"])
    }
    file = try FileHandle(forWritingTo: url)
    try file.truncate(atOffset: bytes)
    try file.seekToEnd()
    self.journal = journal
    self.bytes = bytes
  }

  /// Writes the next batch; the results first, then the journal's line about them.
  /// - Parameter next: takes the batch when it is its turn, so that batches are written in the order of their results.
  /// - Throws: ``BedquotaError`` (`file`).
  func write(_ next: @Sendable () -> ResultBatch) throws(BedquotaError) {
    if let failure { throw failure }
    let batch = next()
    guard !batch.isEmpty else { return }
    do {
      try file.write(contentsOf: batch.lines)
      try file.synchronize()
      bytes += UInt64(batch.lines.count)
      try journal.append(batch.records, bytes: bytes)
    } catch {
      let failure = BedquotaError(
        .file, "The output can't be written: \(BedquotaError.reason(of: error)). Fix the cause, then resume the run.",
        parameters: ["resume"], underlying: error)
      self.failure = failure
      throw failure
    }
  }
}
