import AWSWire
import Foundation

/// Writes results as they come, or in the order of the input, and makes them safe several times a second.
actor BatchOutput {
  private static let batchMax = 200

  private let file: FileHandle
  private let journal: BatchJournal
  private let isOrdered: Bool
  private var bytes: UInt64
  private var batch = Data()
  private var records: [Int] = []
  /// Results that wait for earlier ones, by their place among those of this run, and who waits with them: so they are never
  /// more than there are workers.
  private var early: [Int: (index: Int, line: Data, waiter: CheckedContinuation<Void, any Error>)] = [:]
  private var nextPlace = 0
  private var isAbandoned = false

  init(_ url: URL, journal: BatchJournal, bytes: UInt64, isOrdered: Bool) throws {
    if !FileManager.default.fileExists(atPath: url.path), !FileManager.default.createFile(atPath: url.path, contents: nil) {
      throw BedquotaError(.file, "\(url.path) can't be written.")
    }
    file = try FileHandle(forWritingTo: url)
    try file.truncate(atOffset: bytes)
    try file.seekToEnd()
    self.journal = journal
    self.bytes = bytes
    self.isOrdered = isOrdered
  }

  /// In order: returns when all before it are written.
  /// - Parameters:
  ///   - place: the how-manieth record of this run it is, from 0.
  ///   - result: the model's reply or an error, as a member of the line.
  func write(_ record: BatchRecord, place: Int, _ result: JSONValue.Member) async throws {
    var line = JSONValue.object([.init("recordId", .string(record.recordID)), result]).data
    line.append(0x0A)
    guard isOrdered, place != nextPlace else {
      try take(record.index, line)
      if isOrdered { try takeThoseThatWaited() }
      return
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
        if isAbandoned { return waiter.resume(throwing: CancellationError()) }
        early[place] = (record.index, line, waiter)
      }
    } onCancel: {
      Task { await self.abandon() }
    }
  }

  private func takeThoseThatWaited() throws {
    nextPlace += 1
    while let next = early.removeValue(forKey: nextPlace) {
      nextPlace += 1
      do {
        try take(next.index, next.line)
        next.waiter.resume()
      } catch {
        next.waiter.resume(throwing: error)
        throw error
      }
    }
  }

  /// The run has failed: what waits for an earlier result waits for ever.
  private func abandon() {
    isAbandoned = true
    for (_, entry) in early { entry.waiter.resume(throwing: CancellationError()) }
    early = [:]
  }

  private func take(_ index: Int, _ line: Data) throws {
    batch.append(line)
    records.append(index)
    if records.count >= Self.batchMax || batch.count > 4 << 20 { try flush() }
  }

  /// Makes safe what has come in.
  func flush() throws {
    guard !records.isEmpty else { return }
    do {
      try file.write(contentsOf: batch)
      try file.synchronize()
      bytes += UInt64(batch.count)
      try journal.append(records, bytes: bytes)
    } catch {
      throw BedquotaError(
        .file,
        "The output can't be written: \((error as? CocoaError)?.localizedDescription ?? "\(error)"). Run again with --resume.")
    }
    batch = Data()
    records = []
  }
}
