import AWSClient
public import AdmissionControl
public import BedrockQuotas
import Foundation
import HTTPTypes
import Synchronization

/// Invokes one model as fast as the account's quotas allow, and practically never gets throttled.
///
/// It finds the quotas that bind the id, keeps their books while requests run, and sends each request when there is room for it. A
/// request that is throttled all the same goes back to the front of the queue.
///
/// Needs the IAM actions `bedrock:InvokeModel` (and for streams `bedrock:InvokeModelWithResponseStream`), and those that reading quotas takes.
public final class QuotaAwareClient: Sendable {
  public struct Options: Sendable {
    /// What is believed of the window that Bedrock enforces a quota in.
    public var profile: LimiterConfiguration.Profile = .auto
    /// Attempts for a request, the first included.
    public var attemptsMax = 4
    /// How long a request may take with all its waiting; nil: as long as it needs.
    public var deadline: Duration?
    /// Where no quota is known: tokens per minute to begin with.
    public var assumedTokensPerMinute: Int64 = 100_000

    public init() {}
  }

  /// What the requests of a client came to.
  public struct Statistics: Sendable, Equatable {
    /// Requests that were asked for.
    public var requests = 0
    public var succeeded = 0
    public var failed = 0
    /// Attempts that Bedrock refused for a quota.
    public var throttled = 0
    /// Attempts after the first.
    public var retries = 0
    public var inputTokens = 0
    public var outputTokens = 0
    public var quotaTokens: Int64 = 0
  }

  public let resolution: Resolution
  /// How things stand in words, where there is something to know: an unknown quota, an unknown burndown.
  public let notes: [String]
  private let session: BedquotaSession
  private let options: Options
  package let limiter: Limiter
  private let burndown: Int
  private let counts = Mutex(Statistics())

  public var statistics: Statistics { counts.withLock { $0 } }

  /// - Parameters:
  ///   - resolution: the id to invoke, and its quotas; see ``QuotaContext``.
  public init(_ resolution: Resolution, session: BedquotaSession, options: Options = Options()) {
    self.resolution = resolution
    self.session = session
    self.options = options
    var notes: [String] = []
    var limits = resolution.quotas.map(\.quota).compactMap { quota -> Limit? in
      guard quota.name.scope != .other, let value = quota.value else { return nil }
      let doubled =
        quota.name.measure == .tpd && resolution.scope == .crossRegion && quota.name.text.contains("doubled for cross-region")
      let measure: Measure? =
        switch quota.name.measure {
        case .rpm: .requestsPerMinute
        case .tpm: .tokensPerMinute
        case .tpd: .tokensPerDay
        case .concurrent: .concurrency
        default: nil
        }
      return measure.map { Limit($0, Int64(min(max(value, 0), 1e12)) * (doubled ? 2 : 1)) }
    }
    var configuration = LimiterConfiguration(limits: limits, profile: options.profile)
    if !limits.contains(where: { $0.measure == .tokensPerMinute || $0.measure == .requestsPerMinute }) {
      notes.append(
        "No quota per minute is known for \(resolution.id): it begins with \(options.assumedTokensPerMinute) tokens per minute and learns."
      )
      limits.append(Limit(.tokensPerMinute, options.assumedTokensPerMinute * 2))
      configuration.limits = limits
    }
    burndown = resolution.outputBurndown ?? 1
    if resolution.outputBurndown == nil {
      notes.append("What an output token counts is not known for \(resolution.id); it is taken as 1.")
    }
    self.notes = notes
    limiter = Limiter(configuration)
  }

  // MARK: - Invoking

  /// Sends a request when there is room for it, and again where that makes sense.
  /// - Throws: ``Refusal`` where it can't go or not in time; ``AWSClientError`` for what Bedrock says of it in the end;
  ///   `CancellationError`.
  public func send(_ request: ModelRequest) async throws -> ModelReply {
    counts.withLock { $0.requests += 1 }
    do {
      let reply = try await attempts(request)
      counts.withLock { $0.succeeded += 1 }
      return reply
    } catch {
      counts.withLock { $0.failed += 1 }
      throw error
    }
  }

  /// What a request reserves: its input, and max_tokens or else all that the model can put out.
  package func cost(of request: ModelRequest) -> Cost {
    let input = Int64(request.estimatedInputTokens)
    let maxTokens = Int64(request.maxTokens ?? resolution.maxOutputTokens ?? 4_096)
    // Beyond max_tokens only where output counts several times over; the ledger keeps that as debt.
    var cost = Cost(input: input, maxTokens: maxTokens, key: UInt64(64 - maxTokens.leadingZeroBitCount))
    cost.known = Amounts(tokens: input * 3 / 4)
    return cost
  }

  private func attempts(_ request: ModelRequest) async throws -> ModelReply {
    let cost = cost(of: request)
    let start = ContinuousClock.now
    for attempt in 1... {
      let left = options.deadline.map { $0 - start.duration(to: .now) }
      let reservation = try await limiter.reserve(cost, deadline: left, isRetry: attempt > 1)
      do {
        let reply = try await call(request)
        settle(reservation, reply.usage, cost)
        return reply
      } catch {
        let failure = InvocationFailure(error)
        reservation.settle(outcome(failure, error, cost))
        if case .throttled = failure { counts.withLock { $0.throttled += 1 } }
        guard failure != .permanent, failure != .throttled(.tokensPerDay), attempt < options.attemptsMax else { throw error }
        counts.withLock { $0.retries += 1 }
        // For a quota the limiter knows when; for the service's own trouble only time helps.
        if failure == .capacity || failure == .lost {
          try await Task.sleep(for: .milliseconds(Int64.random(in: 0...min(20_000, 250 << min(attempt, 6)))))
        }
      }
    }
    preconditionFailure("every attempt returns or throws")
  }

  private func outcome(_ failure: InvocationFailure, _ error: any Error, _ cost: Cost) -> Outcome {
    switch failure {
    case .throttled(let reason): .throttled(reason)
    case .capacity: .capacity
    // How far the model came nobody knows.
    case .lost: .failed(used: cost.reserved)
    case .permanent: error is CancellationError ? .failed(used: cost.reserved) : .failed(used: .zero)
    }
  }

  private func settle(_ reservation: consuming Reservation, _ usage: TokenUsage?, _ cost: Cost) {
    // A reply that doesn't say is taken to have used all that it reserved.
    guard let usage else { return reservation.settle(.completed(cost.reserved)) }
    let tokens = usage.quotaTokens(burndown: burndown)
    counts.withLock { counts in
      counts.inputTokens += usage.input
      counts.outputTokens += usage.output
      counts.quotaTokens += tokens
    }
    reservation.settle(used: Amounts(tokens: tokens))
  }

  private func call(_ request: ModelRequest) async throws -> ModelReply {
    switch request.api {
    case .converse:
      let (_, body) = try await session.client.callOnce(BedrockRuntimeAPI.converse(resolution.id, body: request.body.data))
      return ModelReply(body: body, usage: TokenUsage(converse: (try? JSONValue(body))?["usage"]))
    case .invokeModel:
      let (stream, body) = try await session.client.callOnce(
        BedrockRuntimeAPI.invokeModel(resolution.id, body: request.body.data))
      return ModelReply(body: body, usage: TokenUsage(headers: stream.head.headerFields))
    }
  }
}
