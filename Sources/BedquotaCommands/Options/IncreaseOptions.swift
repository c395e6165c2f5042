import ArgumentParser
import Bedquota
import BedrockQuotas

/// What to ask AWS for.
struct IncreaseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Ask for this value.", valueName: "n"))
  var value: Double?

  @Option(help: ArgumentHelp("Ask for this multiple of the account's value.", valueName: "x"))
  var factor: Double?

  @Option(
    help: ArgumentHelp(
      "The quota: rpm, tpm, tpd or concurrent. (default: the one that throttled, else tpm, rpm or tpd)", valueName: "name"))
  var measure: QuotaMeasure?

  @Option(help: ArgumentHelp("Take the evidence from this many hours. (default: 168, a week)", valueName: "hours"))
  var hours: Double?

  func validate() throws {
    if value != nil, factor != nil { throw ValidationError("--value can't be combined with --factor.") }
    if let value, !(value.isFinite && value > 0 && value <= IncreaseObstacle.valueMax) {
      throw ValidationError("--value takes a number above 0, at most 10000000000.")
    }
    if let factor, !(factor.isFinite && factor > 1 && factor <= 1_000) {
      throw ValidationError("--factor takes a number above 1, at most 1000.")
    }
    _ = try window()
  }

  var wish: IncreaseWish { value.map { .value($0) } ?? factor.map { .factor($0) } ?? .proposed }

  func window() throws -> UsageWindow {
    do {
      return try UsageWindow(hours: hours ?? 168)
    } catch let error as BedquotaError {
      throw ValidationError(Failure(error)?.text(for: self) ?? error.message)
    }
  }
}

extension AccountReader {
  /// What to ask for, and why.
  func increasePlan(for id: InvokedID, _ options: IncreaseOptions) async throws -> IncreasePlan {
    let window = try options.window()
    let reports = try await usage(of: [id], in: window, needsQuotas: true, endpoint: .runtime)
    progress?.update("Reading increase requests in \(region) …")
    return try await session.increases.plan(for: reports[0], options.wish, measure: options.measure, facts: facts)
  }
}
