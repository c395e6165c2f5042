import Foundation
import Synchronization

/// Appends batches of results to the output and makes them safe on disk.
actor BatchWriter {
  /// How long to wait before a full disk is tried again.
  private static let pause = Duration.milliseconds(200)

  private let executor = FileExecutor(label: "bedquota.batch.output")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private var output: AppendedFile
  private var journal: BatchJournal
  private let isCompressed: Bool
  private let patience: Duration
  /// The batch that is being written; it stays until it is safe.
  private var batch = ResultBatch()
  /// Whether the batch's lines are in the output, and only the journal's line is missing.
  private var isInOutput = false {
    didSet {
      let count = isInOutput ? batch.records.count : 0
      unrecordedCount.withLock { $0 = count }
    }
  }
  /// The first failure. Nothing is written after it.
  private var failure: BedquotaError?
  private let waiting = Mutex<String?>(nil)
  private let unrecordedCount = Mutex(0)

  /// - Parameter patience: how long to wait for a full disk.
  init(_ files: BatchFiles, patience: Duration) {
    (output, journal, isCompressed) = (files.output, files.journal, files.isCompressed)
    self.patience = patience
  }

  /// What the writer waits for, as a sentence without a full stop; nil if it doesn't wait.
  nonisolated var waitingFor: String? { waiting.withLock { $0 } }

  /// Results that are in the output, though the journal doesn't say so; a run that resumes finds them there.
  nonisolated var unrecorded: Int { unrecordedCount.withLock { $0 } }

  /// Writes the next batch; the results first, then the journal's line about them.
  /// - Parameters:
  ///   - next: takes the batch when it is its turn, so that batches are written in the order of their results.
  ///   - written: is told of each batch that is safe.
  /// - Throws: ``BedquotaError`` (`file`); `CancellationError` while it waits for a full disk, after which the batch can still be
  ///   written.
  func write(_ next: @Sendable () -> ResultBatch, written: @Sendable (ResultBatch) -> Void) throws {
    if let failure { throw failure }
    // A batch whose writing was cancelled goes first.
    if batch.isEmpty { batch = next() }
    while !batch.isEmpty {
      do {
        try save()
      } catch let error as CancellationError {
        throw error
      } catch {
        let failure =
          error as? BedquotaError
          ?? BedquotaError(
            .file, "The output can't be written: \(BedquotaError.reason(of: error)). Fix the cause, then resume the run.",
            parameters: ["resume"], underlying: error)
        self.failure = failure
        throw failure
      }
      written(batch)
      batch = next()
    }
  }

  private func save() throws {
    if !isInOutput {
      let lines = isCompressed ? Gzip.member(batch.lines) : batch.lines
      try whileFull { try output.append(lines) }
      isInOutput = true
    }
    try whileFull { try journal.append(batch.records, bytes: output.bytes) }
    isInOutput = false
  }

  /// Tries again as long as the disk is full. Each failed attempt has left the file as it was.
  private func whileFull(_ attempt: () throws -> Void) throws {
    var waited = Duration.zero
    defer { waiting.withLock { $0 = nil } }
    while true {
      do { return try attempt() } catch let error as SystemFailure where error.isFullDisk && waited < patience {
        try Task.checkCancellation()
        waiting.withLock { $0 = "the disk is full, so results can't be written" }
        // The writer has a thread of its own.
        Thread.sleep(forTimeInterval: Self.pause / .seconds(1))
        waited += Self.pause
      }
    }
  }
}
