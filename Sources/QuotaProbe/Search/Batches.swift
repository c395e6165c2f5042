/// Steps mode: batches of rising size, the n-th with n times as many trials, until more than half of one is throttled.
struct Batches: Sendable {
  enum Answered {
    /// The batch isn't over.
    case pending
    /// The next batch begins at this instant.
    case next(at: Int64)
    case stop(ProbeStop)
  }

  let size: TrialSize
  private var number = 1
  private var left: Int
  private var spacing: Int64

  init(size: TrialSize, _ options: ProbeOptions) {
    self.size = size
    left = options.requestsPerBatch
    spacing = Self.spacing(left)
  }

  /// All trials of a batch are sent within a second, evenly spaced.
  private static func spacing(_ count: Int) -> Int64 { Departure.spacing(Double(count)) }

  mutating func send(due: Int64, _ options: ProbeOptions) -> Departure {
    let isFirst = left == number * options.requestsPerBatch
    left -= 1
    return Departure(
      size: size, kind: .batch, startsStep: isFirst, spacing: spacing, nextDue: left > 0 ? due + spacing : nil)
  }

  /// - Parameter throttleRate: the share of the present batch that was throttled, 0 to 1; nil before any answer.
  mutating func answered(throttleRate: Double?, at now: Int64, _ context: SearchContext) -> Answered {
    guard left == 0, context.log.inFlight == 0 else { return .pending }
    if (throttleRate ?? 0) > Tuning.Batches.throttledMax { return .stop(.throttledBatch) }
    if number >= context.options.batchesMax { return .stop(.batchesDone) }
    number += 1
    left = number * context.options.requestsPerBatch
    spacing = Self.spacing(left)
    return .next(at: now + context.options.delay)
  }
}
