import AWSClient
public import AdmissionControl
public import BedrockQuotas
import Foundation
import HTTPTypes
import Synchronization
import Tracing

/// Invokes one model as fast as the account's quotas allow, and practically never gets throttled.
///
/// It finds the quotas that bind the id, keeps their books while requests run, and sends each request when there is room for it. A
/// request that is throttled all the same goes back to the front of the queue.
///
/// ```swift
/// let client = try await QuotaAwareClient("us.amazon.nova-pro-v1:0", session: session)
/// let reply = try await client.send(ModelRequest(prompt: "How are you?", maxTokens: 200))
/// print(reply.text ?? "", client.statistics)
/// ```
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
    /// Written into requests that have no max_tokens, for such a one reserves all that the model can put out; nil: they stay as they are.
    public var maxTokensWhenUnset: Int?
    /// Asks Bedrock's CountTokens before each request; else input is estimated. It costs a call, and takes `bedrock:CountTokens`.
    public var countsTokens = false
    /// Looks in CloudWatch what others use of the quotas, and begins with what they leave. It takes `cloudwatch:ListMetrics` and
    /// `cloudwatch:GetMetricData`; without them it begins with all of the quota.
    public var looksAtRecentUse = true
    /// A stream that nobody reads for so long is closed, so that it holds no quota for ever.
    public var streamIdleMax: Duration = .seconds(300)
    /// Seconds of the server in one of ours, for an emulator whose time runs faster.
    package var timeScale = 1.0

    public init() {}
  }

  public let resolution: Resolution
  package let session: BedquotaSession
  let options: Options
  package let limiter: Limiter
  let telemetry: ClientTelemetry
  let streams: StreamWatch
  private let burndown: Int
  private let limits: [Limit]
  private let book: Mutex<Book>

  /// What is kept beside the limiter's own books.
  private struct Book: Sendable {
    var statistics = StatisticsRecorder()
    var estimator = TokenEstimator()
    var notes: [String]
    var countsTokens: Bool
    /// When quotas were read, by our clock; nil: they may not be.
    var limitsReadAt: ContinuousClock.Instant?
  }

  /// A client that takes the quotas as they are told, and believes that nobody else uses them.
  /// - Parameter resolution: the id to invoke, and its quotas; see ``QuotaContext``.
  public convenience init(_ resolution: Resolution, session: BedquotaSession, options: Options = Options()) {
    self.init(resolution, session: session, options: options, recentUse: nil)
  }

  private init(_ resolution: Resolution, session: BedquotaSession, options: Options, recentUse: RecentUse?) {
    self.resolution = resolution
    self.session = session
    self.options = options
    let quotas = QuotaLimits(resolution, assumedTokensPerMinute: options.assumedTokensPerMinute)
    var notes = quotas.notes + [recentUse?.note].compactMap { $0 }
    burndown = resolution.outputBurndown ?? 1
    if resolution.outputBurndown == nil {
      notes.append("What an output token counts is not known for \(resolution.id); it is taken as 1.")
    }
    limits = quotas.limits
    telemetry = ClientTelemetry(model: resolution.id)
    streams = StreamWatch(idleMax: options.streamIdleMax)
    var configuration = LimiterConfiguration(limits: limits, profile: options.profile)
    if let recentUse {
      for limit in limits { configuration.sharesAtStart[limit.measure] = recentUse.start(limit.measure.quotaMeasure) }
    }
    limiter = options.timeScale == 1 ? Limiter(configuration) : Limiter(configuration, timeScale: options.timeScale)
    book = Mutex(Book(notes: notes, countsTokens: options.countsTokens, limitsReadAt: .now))
  }

  /// Finds the quotas of an id in the account, and makes a client of them.
  /// - Parameter id: a model id, an inference profile's id, or the ARN of one.
  /// - Throws: ``BedquotaError`` (`request`) for what can't be an id; ``AWSClientError`` where quotas can't be read.
  public convenience init(_ id: String, session: BedquotaSession, options: Options = Options()) async throws {
    let facts = Facts.builtIn
    guard let invoked = InvokedID(id, facts: facts) else {
      throw BedquotaError(.request, "\"\(id.prefix(300))\" is no model id, inference profile id or ARN.")
    }
    let context = try await session.discovery.context(for: [invoked], facts: facts)
    if let problem = context.quotasProblem { throw problem }
    await self.init(id, invoked, in: context, session: session, options: options)
  }

  /// - Parameters:
  ///   - id: as it was given.
  ///   - context: what it is resolved in; where CloudWatch may not be read, that is no reason to fail.
  package convenience init(
    _ id: String, _ invoked: InvokedID, in context: QuotaContext, session: BedquotaSession, options: Options
  ) async {
    let use = options.looksAtRecentUse ? try? await session.recentUse(of: id, invoked, context: context) : nil
    self.init(context.resolver.resolve(invoked, id: id), session: session, options: options, recentUse: use)
  }

  public var statistics: ClientStatistics { book.withLock { $0.statistics }.statistics(limits) }

  /// How things stand in words, where there is something to know: an unknown quota, requests without max_tokens.
  public var notes: [String] { book.withLock { $0.notes } }

  /// Takes no new requests, and returns when those that wait and those under way have ended.
  public func drain() async { await limiter.drain() }

  // MARK: - Invoking

  /// Sends a request when there is room for it, and again where that makes sense.
  /// - Throws: ``Refusal`` where it can't go or not in time; ``AWSClientError`` for what Bedrock says of it in the end;
  ///   `CancellationError`.
  public func send(_ request: ModelRequest) async throws -> ModelReply {
    try await following(request) { request, cost, course in
      let reply = try await attempts(cost, &course) { reservation, timeout in
        do {
          let reply = try await call(request, timeout: timeout)
          settle(reservation, reply, request)
          return reply
        } catch {
          reservation.settle(outcome(of: error, request))
          throw error
        }
      }
      end(course, reply.usage, error: nil)
      return reply
    }
  }

  /// Sends a request when there is room for it, and gives the reply as it comes.
  ///
  /// Until the first event is there, it is sent again where that makes sense; a stream that breaks later ends with an error.
  /// - Throws: as ``send(_:)``.
  public func stream(_ request: ModelRequest) async throws -> ModelStream {
    try await following(request) { request, cost, course in
      let sent = try await attempts(cost, &course) { reservation, timeout in
        do {
          var events = EventStreamReader(
            try await session.client.open(request.operation(resolution.id, streamed: true), timeout: timeout),
            operation: request.api.streamed
          ).makeAsyncIterator()
          let first = try await events.next()
          return ModelStream.Opened(reservation, events: events, first: first)
        } catch {
          reservation.settle(outcome(of: error, request))
          throw error
        }
      }
      return ModelStream(self, request, sent, course)
    }
  }

  /// Counts a request in, and its failure out.
  private func following<Output>(
    _ request: ModelRequest, _ body: (ModelRequest, Cost, inout RequestCourse) async throws -> Output
  ) async throws -> Output {
    book.withLock { $0.statistics.update { $0.requests += 1 } }
    var course = RequestCourse(span: telemetry.startSpan(request))
    do {
      let request = filled(request)
      let cost = try await cost(of: request, counting: book.withLock { $0.countsTokens })
      return try await body(request, cost, &course)
    } catch {
      end(course, nil, error: error)
      throw error
    }
  }

  private func attempts<Output: ~Copyable>(
    _ cost: Cost, _ course: inout RequestCourse, _ perform: (consuming Reservation, Duration?) async throws -> Output
  ) async throws -> Output {
    while true {
      let reservation = try await course.waiting { [attempts = course.attempts, left = left(course)] in
        try await limiter.reserve(cost, deadline: left, isRetry: attempts > 0)
      }
      course.attempts += 1
      book.withLock { $0.statistics.sent() }
      do {
        return try await perform(reservation, left(course))
      } catch {
        let failure = InvocationFailure(error)
        if case .throttled = failure {
          book.withLock { $0.statistics.update { $0.throttled += 1 } }
          telemetry.throttled()
          await readLimitsAgain()
        }
        guard failure != .permanent, failure != .throttled(.tokensPerDay), course.attempts < options.attemptsMax else {
          throw error
        }
        book.withLock { $0.statistics.update { $0.retries += 1 } }
        telemetry.retried()
        // For a quota the limiter knows when; for the service's own trouble only time helps.
        if failure == .capacity || failure == .lost {
          let pause = Double.random(in: 0...min(20_000, Double(250 << min(course.attempts, 6))))
          try await Task.sleep(for: .milliseconds(pause / options.timeScale))
        }
      }
    }
  }

  private func left(_ course: RequestCourse) -> Duration? { options.deadline.map { max(.zero, $0 - course.took) } }

  private func call(_ request: ModelRequest, timeout: Duration?) async throws -> ModelReply {
    try await session.client.invokeOnce(request, id: resolution.id, timeout: timeout)
  }

  // MARK: - Limits

  /// At most so often: Service Quotas is asked by others as well.
  private static let limitsReadEvery = Duration.seconds(60)

  /// A quota that was changed while we run shows as throttling first. Where `servicequotas:GetServiceQuota` isn't allowed, the limiter
  /// learns it from that alone.
  private func readLimitsAgain() async {
    let isDue = book.withLock { book in
      guard let last = book.limitsReadAt, last.duration(to: .now) * options.timeScale >= Self.limitsReadEvery else {
        return false
      }
      book.limitsReadAt = .now
      return true
    }
    guard isDue else { return }
    let bound = resolution.quotas.map(\.quota).filter { $0.appliedValue != nil && $0.name.scope != .other }
    for quota in bound {
      guard let measure = Measure(quota.name.measure), measure != .tokensPerDay else { continue }
      do {
        let operation = try ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: quota.code)
        guard let read = try await session.client.call(operation).value else { continue }
        let value = Int64(min(max(read, 0), 1e12))
        guard limiter.snapshot.meters.first(where: { $0.measure == measure })?.limit != value else { continue }
        limiter.setLimit(measure, value)
        tellOnce("\(quota.code) was changed while requests ran; it is \(value) now.")
      } catch {
        if (error as? AWSClientError)?.service?.status == 403 { book.withLock { $0.limitsReadAt = nil } }
        return
      }
    }
  }

  // MARK: - Cost

  private func filled(_ request: ModelRequest) -> ModelRequest {
    guard request.maxTokens == nil, resolution.modelID?.makesVectors != true else { return request }
    guard let fill = options.maxTokensWhenUnset else {
      tellOnce(
        "Requests without max_tokens reserve \(resolution.maxOutputTokens.map { "\($0) tokens each" } ?? "the model's maximum"), whatever the reply needs; set max_tokens."
      )
      return request
    }
    return request.filling(maxTokens: fill, for: resolution.modelID)
  }

  /// What a request reserves: its input, and max_tokens or else all that the model can put out.
  package func cost(of request: ModelRequest, counting: Bool = false) async throws -> Cost {
    let counted = counting ? try await countTokens(request) : nil
    let input = Int64(counted ?? request.estimatedInputTokens)
    let maxTokens =
      resolution.modelID?.makesVectors == true ? 0 : Int64(request.maxTokens ?? resolution.maxOutputTokens ?? 4_096)
    // Beyond max_tokens only where output counts several times over; the ledger keeps that as debt.
    var cost = Cost(input: input, maxTokens: maxTokens, key: UInt64(64 - maxTokens.leadingZeroBitCount))
    cost.known = Amounts(tokens: counted.map(Int64.init) ?? input * 3 / 4)
    return cost
  }

  /// nil where Bedrock doesn't count for this model, or may not be asked; it isn't asked again then.
  private func countTokens(_ request: ModelRequest) async throws -> Int? {
    do {
      return try await session.client.countTokens(request, id: resolution.id)
    } catch let error as AWSClientError where error.code == .service {
      book.withLock { $0.countsTokens = false }
      tellOnce("Tokens can't be counted beforehand, so input is estimated. \(error.message)")
      return nil
    }
  }

  private func tellOnce(_ note: String) {
    book.withLock { book in
      if !book.notes.contains(note) { book.notes.append(note) }
    }
  }

  // MARK: - Settling

  private func settle(_ reservation: consuming Reservation, _ reply: ModelReply, _ request: ModelRequest) {
    reservation.settle(used: used(reply.usage, request, outputBytes: (reply.text ?? "").utf8.count))
  }

  /// Enters what a reply used; where it doesn't say, what its text comes to.
  func used(_ usage: TokenUsage?, _ request: ModelRequest, outputBytes: Int) -> Amounts {
    let inputBytes = request.inputBytes
    let (counted, tokens) = book.withLock { book -> (TokenUsage, Int64) in
      if let usage { book.estimator.learn(usage, inputBytes: inputBytes, outputBytes: outputBytes) }
      let counted = usage ?? book.estimator.usage(inputBytes: inputBytes, outputBytes: outputBytes)
      let tokens = counted.quotaTokens(burndown: burndown)
      book.statistics.used(
        input: counted.input, output: counted.output, quotaTokens: tokens, isEstimate: usage == nil)
      return (counted, tokens)
    }
    telemetry.used(counted)
    return Amounts(tokens: tokens)
  }

  /// What a stream has come to so far, by its bytes.
  func estimate(_ request: ModelRequest, outputBytes: Int) -> Amounts {
    let inputBytes = request.inputBytes
    let estimator = book.withLock { $0.estimator }
    return Amounts(tokens: estimator.usage(inputBytes: inputBytes, outputBytes: outputBytes).quotaTokens(burndown: burndown))
  }

  /// - Parameter outputBytes: of a stream that broke off; nil: nothing came, or nobody knows how far the model was.
  func outcome(of error: any Error, _ request: ModelRequest, outputBytes: Int? = nil) -> Outcome {
    if let outputBytes, outputBytes > 0 { return .failed(used: estimate(request, outputBytes: outputBytes)) }
    switch InvocationFailure(error) {
    case .throttled(let reason): return .throttled(reason)
    case .capacity: return .capacity
    case .permanent where !(error is CancellationError): return .failed(used: .zero)
    case .lost, .permanent:
      let inputBytes = request.inputBytes
      let estimator = book.withLock { $0.estimator }
      return .failed(used: Amounts(tokens: estimator.average(inputBytes: inputBytes).quotaTokens(burndown: burndown)))
    }
  }

  /// The end of a request, for the statistics and who else counts.
  func end(_ course: RequestCourse, _ usage: TokenUsage?, error: (any Error)?) {
    let took = course.took
    let end: ClientTelemetry.End = error == nil ? .succeeded : error is Refusal ? .refused : .failed
    book.withLock { book in
      book.statistics.update { counts in
        switch end {
        case .succeeded: counts.succeeded += 1
        case .failed: counts.failed += 1
        case .refused:
          counts.failed += 1
          counts.refused += 1
        }
      }
      book.statistics.ended(waited: course.waited, took: took)
    }
    telemetry.ended(end, waited: course.waited, took: took)
    ClientTelemetry.end(course.span, usage, waited: course.waited, attempts: course.attempts, error: error)
  }
}

/// How far a request has come.
struct RequestCourse: Sendable {
  let start = ContinuousClock.now
  let span: any Span
  var waited = Duration.zero
  /// Times that it was sent.
  var attempts = 0

  init(span: any Span) { self.span = span }

  var took: Duration { start.duration(to: .now) }

  mutating func waiting<Output: ~Copyable>(_ body: () async throws -> Output) async throws -> Output {
    let begin = ContinuousClock.now
    defer { waited += begin.duration(to: .now) }
    return try await body()
  }
}
