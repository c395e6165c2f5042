import Bedquota
import Reports

extension BatchRun {
  /// Runs to the end, or until Ctrl-C or SIGTERM, with a line of progress.
  /// - Parameters:
  ///   - client: what the run sends with.
  ///   - records: the number of records in the whole input.
  func run(
    with client: any ModelClient, records: Int, _ console: Console
  ) async throws -> (summary: RunSummary, signal: Interruption.Signal?) {
    let start = ContinuousClock.now
    let (progress, signal) = try await ProgressLine.with(console, "Sending …", plainEvery: .seconds(30)) { line in
      async let _: Void = tell(client, records: records, line, console, since: start)
      return try await Interruption.handling(
        stop: { self.stop(line, console) },
        loss: { RunText.aborted(unwritten: self.unwritten, inFlight: self.inFlight, spelling: .options) }
      ) { try await run() }
    }
    let summary = RunSummary(
      progress, client.total, scopes: [RunScope](client), records: records,
      seconds: start.duration(to: .now) / .seconds(1), isInterrupted: signal != nil)
    return (summary, signal)
  }

  private func stop(_ line: ProgressLine, _ console: Console) {
    stop()
    line.note(RunText.stopping(inFlight: inFlight), console)
  }

  /// Updates the line twice a second until it is cancelled.
  private func tell(
    _ client: any ModelClient, records: Int, _ line: ProgressLine, _ console: Console, since start: ContinuousClock.Instant
  ) async {
    var isWaiting = false
    while (try? await Task.sleep(for: .milliseconds(500))) != nil {
      // Whole seconds, so that the rate doesn't flicker at the start.
      let seconds = max(0.5, (start.duration(to: .now) / .seconds(1)).rounded(.down))
      let waitingFor = waitingFor
      // A line that stays, because the line of progress is seldom seen in a file.
      if let waitingFor, !isWaiting { line.note(RunText.waiting(for: waitingFor), console) }
      isWaiting = waitingFor != nil
      line.update(
        RunText.progress(progress, client.total, records: records, seconds: seconds, waitingFor: waitingFor))
    }
  }
}
