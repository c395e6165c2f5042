import Synchronization

/// Collects the results of a run and passes them to the writer, in the order of the input or as they arrive.
///
/// A worker whose result waits for an earlier one waits too, so there are never more such results than workers.
final class BatchOutput: Sendable {
  private struct State: Sendable {
    var order: ResultOrder
    var batch = ResultBatch()
    /// Workers whose results wait for earlier ones, by their position.
    var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
    /// The run has failed, so earlier results may never come.
    var isCancelled = false
    /// Results that have arrived.
    var arrived = 0
    /// Results that are safe on disk.
    var written = 0
    /// Those of them that are errors.
    var errors = 0
  }

  private let writer: BatchWriter
  private let state: Mutex<State>

  init(_ writer: BatchWriter, isOrdered: Bool) {
    self.writer = writer
    state = Mutex(State(order: ResultOrder(isOrdered: isOrdered)))
  }

  /// The results that are safe on disk, and those of them that are errors.
  var counts: (results: Int, errors: Int) { state.withLock { ($0.written, $0.errors) } }
  var waitingFor: String? { writer.waitingFor }

  /// Results that have arrived and are not in the output yet.
  var unwritten: Int { max(0, state.withLock { $0.arrived - $0.written } - writer.unrecorded) }

  /// The error with which writing ends, and how many results are lost with it.
  func lossStated(in error: BedquotaError) -> BedquotaError {
    let lost = unwritten
    guard lost > 0 else { return error }
    var error = error
    let (results, are, records) = lost == 1 ? ("1 result", "is", "its record") : ("\(lost) results", "are", "their records")
    error.message +=
      " \(results) that could not be written \(are) lost; a run that resumes sends \(records) again and pays twice."
    return error
  }

  /// Takes a result. If the output is ordered, it returns when all results before this one have been taken.
  /// - Parameters:
  ///   - result: nil if the record is left for another run.
  ///   - position: zero-based position of the record within this run.
  /// - Throws: ``BedquotaError`` (`file`) if the output can't be written; `CancellationError`.
  func write(_ result: BatchResult?, position: Int) async throws {
    let (waiters, isFull) = state.withLock { state in
      if result != nil { state.arrived += 1 }
      let ready = state.order.arrived(result, position: position)
      for case let (_, result?) in ready { state.batch.append(result) }
      return (ready.compactMap { state.waiters.removeValue(forKey: $0.position) }, state.batch.isFull)
    }
    for waiter in waiters { waiter.resume() }
    if isFull { try await flush() }
    try await turn(of: position)
  }

  /// Writes the results that have arrived and makes them safe on disk.
  /// - Throws: ``BedquotaError`` (`file`); `CancellationError` while it waits for a full disk.
  func flush() async throws {
    try await writer.write { [self] in
      state.withLock { state in
        defer { state.batch = ResultBatch() }
        return state.batch
      }
    } written: { [self] batch in
      state.withLock { state in
        state.written += batch.records.count
        state.errors += batch.errors
      }
    }
  }

  /// Waits until all results before a position have been taken.
  private func turn(of position: Int) async throws {
    guard state.withLock({ $0.order.isWaiting(position) }) else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
        let answer = state.withLock { state -> Result<Void, any Error>? in
          if state.isCancelled { return .failure(CancellationError()) }
          guard state.order.isWaiting(position) else { return .success(()) }
          state.waiters[position] = waiter
          return nil
        }
        if let answer { waiter.resume(with: answer) }
      }
    } onCancel: {
      cancel()
    }
  }

  private func cancel() {
    let waiters = state.withLock { state in
      state.isCancelled = true
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume(throwing: CancellationError()) }
  }
}
