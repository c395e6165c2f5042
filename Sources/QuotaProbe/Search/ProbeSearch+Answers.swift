import BedrockQuotas

/// What follows from an answer, before the plateau.
extension ProbeSearch {
  mutating func react(to outcome: ProbeOutcome, of id: Int, at now: Int64) {
    if case .throttled = outcome { lastThrottledAt = max(lastThrottledAt, log.entries[id].sentAt) }
    switch phase {
    case .first(let tries): first(outcome, tries: tries, at: now)
    case .burst:
      if case .throttled = outcome, firstThrottled == nil {
        firstThrottled = log.entries.firstIndex { $0.isThrottled && $0.sentAt >= log.entries[burstStart].sentAt }
      }
    case .plateau:
      if case .throttled = outcome, isRefilled {
        isRefilled = false
        plateaus.append((log.entries[id].sentAt, Int64.max))
      }
    case .batches(let number):
      if batchLeft == 0, log.inFlight == 0 { endBatch(number, at: now) }
    case .holding: reactHolding(to: outcome, of: id, at: now)
    case .together(let left): reactTogether(to: outcome, left: left, at: now)
    default: break
    }
  }

  /// The first request of the burst.
  private var burstStart: Int { steps.firstIndex { $0.kind == .burst }.map { steps[..<$0].reduce(0) { $0 + $1.attempted } } ?? 0 }

  /// Nanoseconds to wait after the n-th request that got nothing.
  private static let pauses: [Int64] = [5, 15, 40, 65].map { $0 * 1_000_000_000 }

  private mutating func first(_ outcome: ProbeOutcome, tries: Int, at now: Int64) {
    switch outcome {
    case .accepted:
      begin(at: now)
    case .throttled(let refusal):
      guard !prior.isZero, tries < Self.pauses.count else { return end(.alwaysThrottled) }
      // Too large for a bucket of a few seconds, perhaps.
      if refusal != .requests, !options.byReservation {
        shape = Self.shape(tokens: max(shape.reservation / 4, options.tokensPerRequestMin))
      }
      phase = .first(tries: tries + 1)
      dueAt = now + Self.pauses[tries]
    default:
      guard tries < 6 else { return end(outcome == .capacity ? .onlyCapacity : .noAnswer) }
      phase = .first(tries: tries + 1)
      dueAt = now + (1_000_000_000 << Int64(tries))
    }
  }

  /// The first answer is there.
  private mutating func begin(at now: Int64) {
    if options.mode == .steps { return beginBatch(1, at: now) }
    if options.measure == .concurrent { return beginTogether(at: now) }
    guard options.byReservation else { return beginBurst(at: now) }
    if log.keptMax > ProbeHold.keptMax { return end(.longAnswers) }
    if log.accepted < ProbeHold.proofs { dueAt = now } else { beginHolding(at: now) }
  }

  mutating func count(_ outcome: ProbeOutcome, of entry: ProbeLog.Entry) {
    switch outcome {
    case .accepted:
      steps[entry.step].succeeded += 1
      steps[entry.step].tokens += Int64(entry.final)
    case .throttled: steps[entry.step].throttled += 1
    default: steps[entry.step].errors += 1
    }
  }

  /// The step that a request of now belongs to.
  mutating func step(at now: Int64) -> Int {
    let kind: ProbeStep.Kind =
      switch phase {
      case .first: .first
      case .burst, .again: .burst
      case .batches: .batch
      case .holding: hold.fullAt == nil ? .burst : .hold
      case .together: .together
      default: isWatching ? .watch : .plateau
      }
    let target = 60e9 / Double(max(spacing, 1))
    if let last = steps.last, last.kind == kind {
      let isNewBatch: Bool =
        if case .batches(let number) = phase { batchLeft == number * options.requestsPerBatch } else { false }
      let isNewRound = rounds.last == log.entries.count || (kind == .together && together.first == log.entries.count)
      let differs = isNewRound || (abs(last.targetRate / target - 1) > 0.1 && now - last.startedAt > 5_000_000_000)
      if kind == .first || (kind == .batch ? !isNewBatch : !differs) { return steps.count - 1 }
    }
    steps.append(ProbeStep(kind: kind, startedAt: now, endedAt: now, targetRate: target))
    return steps.count - 1
  }

  // MARK: Steps mode

  private mutating func beginBatch(_ number: Int, at start: Int64) {
    phase = .batches(number)
    batchLeft = number * options.requestsPerBatch
    // A batch leaves within a second, evenly.
    spacing = Self.spacing(Double(batchLeft))
    dueAt = start
  }

  private mutating func endBatch(_ number: Int, at now: Int64) {
    if (steps.last?.throttleRate ?? 0) > 0.5 { return end(.throttledBatch) }
    if number >= options.batchesMax { return end(.batchesDone) }
    beginBatch(number + 1, at: now + options.delay)
  }
}
