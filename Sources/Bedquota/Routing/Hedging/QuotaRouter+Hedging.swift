import AdmissionControl
import Synchronization

/// Sends a request a second time, to another candidate, if the first byte of its reply is late.
extension QuotaRouter {
  /// Late is later than the first bytes of 99 of 100 replies. The reply that comes first counts, the other attempt is cancelled; what it
  /// used is settled, and may be paid. So hedging buys short waits with tokens, and nobody does it unasked.
  ///
  /// A second attempt goes to the first other candidate that has room at once, or nowhere.
  public struct Hedging: Sendable, Equatable {
    /// The largest part of all quota tokens that second attempts reserve, above 0 to 0.5.
    public var tokensShareMax: Double

    public init(tokensShareMax: Double = 0.02) { self.tokensShareMax = tokensShareMax }
  }

  /// - Parameters:
  ///   - message: the request.
  ///   - work: sends it; nil is for one that isn't hedged.
  func hedged<Value: Sendable>(
    _ message: ModelRequest, _ work: @escaping @Sendable (HedgeRole?) async throws -> Value
  ) async throws -> Value {
    guard book.withLock({ $0.hedges != nil }), candidates.count > 1 else { return try await work(nil) }
    let request = HedgedRequest()
    return try await withThrowingTaskGroup(of: (isSecond: Bool, result: Result<Value, any Error>).self) { group in
      group.addTask {
        defer { request.happened(.over) }
        return (false, await Self.result { try await work(HedgeRole(request)) })
      }
      group.addTask { [self] in
        await (
          true,
          Self.result {
            guard let late = await late(request), let second = second(message, late: late) else { throw HedgeEnded() }
            return try await work(HedgeRole(request, second: second))
          }
        )
      }
      defer { group.cancelAll() }
      for try await (isSecond, result) in group {
        switch result {
        case .success(let value) where request.decides(isSecond: isSecond): return value
        // An error of the first ends the request, unless the second has a reply: the first has been elsewhere too.
        case .failure(let error) where !isSecond && request.claim(isSecond: false): throw error
        case .success, .failure: continue
        }
      }
      throw CancellationError()
    }
  }

  private static func result<Value>(_ work: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await work()) } catch { return .failure(error) }
  }

  /// Waits until an attempt is late.
  /// - Returns: its candidate; nil if its reply has begun in time, or nobody knows what late is.
  private func late(_ request: HedgedRequest) async -> Int? {
    var timer: Task<Void, Never>?
    defer { timer?.cancel() }
    for await event in request.events {
      switch event {
      case .sent(let candidate):
        timer?.cancel()
        guard let time = book.withLock({ $0.hedges?.lateAfter }) else { continue }
        timer = Task { [self] in
          if (try? await sleep(time)) != nil { request.happened(.late(candidate: candidate)) }
        }
      case .waiting: timer?.cancel()
      case .late(let candidate): return candidate
      case .over: return nil
      }
    }
    return nil
  }

  /// - Returns: nil if no other candidate has room now, or the tokens aren't there.
  private func second(_ message: ModelRequest, late: Int) -> HedgeRole.Second? {
    let now = now
    let ready = book.withLock { $0.chooser.ready(at: now) }.subtracting(CandidateSet(late))
    for candidate in ready.ordered() {
      let client = candidates[candidate].client
      guard let prepared = try? client.prepared(message) else { continue }
      let (limiter, cost) = client.admission(of: prepared.bounds)
      guard limiter.eta(of: Request(cost: cost)) == .zero else { continue }
      let tokens = cost.reserved.tokens + cost.burndownExtra + cost.reserved.inputTokens
      return book.withLock { $0.hedges?.take(tokens) ?? false } ? .init(late: late, tokens: tokens) : nil
    }
    return nil
  }
}
