import Synchronization

extension BatchRun {
  /// The options that all clients have.
  private var own: QuotaAwareClient.Options { client.firstClient.options }

  /// Handles one record after the other, until the input ends or the run stops.
  func work() async throws {
    while !state.withLock({ $0.isStopping }) {
      // What is sent while results can't be written is paid and may be lost.
      guard output.waitingFor == nil else {
        try await own.sleep(.milliseconds(200))
        continue
      }
      let next: RecordReader.Entry?
      do { next = try await reader.next() } catch let error as BedquotaError {
        // What is in flight may still end.
        return stop(because: error.message)
      }
      guard let next else { return }
      try await output.write(try await result(of: next), position: next.position)
    }
  }

  /// - Returns: nil if the record is left for another run.
  private func result(of entry: RecordReader.Entry) async throws -> BatchResult? {
    let record = entry.record
    let resolution = client.formingClient.resolution
    guard let request = record.request(for: resolution.modelID, api: options.api, on: resolution.endpoint) else {
      return BatchResult(record, RecordFailure(problem: record.problem ?? "The body is not valid JSON."))
    }
    do {
      let reply = try await send(request, entry.position)
      state.withLock { $0.lastReply = own.clock() }
      return BatchResult(record, reply)
    } catch {
      try Task.checkCancellation()
      let now = own.clock()
      let (isStopping, sinceReply) = state.withLock { ($0.isStopping, now - $0.lastReply) }
      switch RecordVerdict(error, isStopping: isStopping, patience: own.patience, sinceReply: sinceReply) {
      case .result: return BatchResult(record, RecordFailure(error))
      case .left: return nil
      case .endsRun(let reason):
        stop(because: reason)
        return nil
      }
    }
  }

  /// Sends a request that ``stop()`` drops if it waits.
  private func send(_ request: ModelRequest, _ position: Int) async throws -> ModelReply {
    let gate = SendGate()
    let task = Task { [client] in try await client.send(request, gate: gate) }
    gate.onDrop { task.cancel() }
    let isStopping = state.withLock { state in
      state.began(position, gate)
      return state.isStopping
    }
    if isStopping { gate.close() }
    defer { state.withLock { $0.ended(position) } }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
