import Bedquota
import Reports

extension BatchRun {
  /// Runs to the end, or until Ctrl-C, with a line of progress.
  /// - Parameters:
  ///   - client: the client that the run sends with.
  ///   - records: the number of records in the whole input.
  func run(with client: QuotaAwareClient, records: Int, _ console: Console) async throws -> RunSummary {
    let start = ContinuousClock.now
    let (progress, signal) = try await Interruption.handling(stop: { self.stop() }) {
      try await ProgressLine.with(console, "Sending …", plainEvery: .seconds(30)) { line in
        async let _: Void = tell(client, records: records, line, since: start)
        return try await run()
      }
    }
    return RunSummary(
      progress, client.statistics, resolution: client.resolution, seconds: start.duration(to: .now) / .seconds(1),
      isInterrupted: signal != nil)
  }

  /// Updates the line twice a second until it is cancelled.
  private func tell(
    _ client: QuotaAwareClient, records: Int, _ line: ProgressLine, since start: ContinuousClock.Instant
  ) async {
    while (try? await Task.sleep(for: .milliseconds(500))) != nil {
      // Whole seconds, so that the rate doesn't flicker at the start.
      let seconds = max(0.5, (start.duration(to: .now) / .seconds(1)).rounded(.down))
      line.update(RunText.progress(progress, client.statistics, records: records, seconds: seconds))
    }
  }
}
