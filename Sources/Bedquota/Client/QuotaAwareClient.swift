import AWSClient
import AWSWire
public import AdmissionControl
public import BedrockQuotas
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
  let burndown: Int
  private let limits: [Limit]
  let book: Mutex<Book>

  /// What is kept beside the limiter's own books.
  struct Book: Sendable {
    var statistics = StatisticsRecorder()
    var estimator = TokenEstimator()
    var notes: [String]
    var countsTokens: Bool
    /// When quotas were read, by our clock; nil: they may not be.
    var limitsReadAt: ContinuousClock.Instant?
  }

  /// A client that takes the quotas as they are told, and believes that nobody else uses them.
  /// - Parameters:
  ///   - resolution: the id to invoke, and its quotas; see ``QuotaContext``.
  ///   - session: carries the calls.
  ///   - options: how the quotas are used.
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
  /// - Parameters:
  ///   - id: a model id, an inference profile's id, or the ARN of one.
  ///   - session: reads the quotas and carries the calls.
  ///   - options: how the quotas are used.
  /// - Throws: ``BedquotaError`` (`request`) for what can't be an id; `AWSClientError` where quotas can't be read.
  public convenience init(_ id: String, session: BedquotaSession, options: Options = Options()) async throws {
    let facts = Facts.builtIn
    guard let invoked = InvokedID(id, facts: facts) else {
      throw BedquotaError(.request, "\"\(id.prefix(300))\" is no model id, inference profile id or ARN.")
    }
    let context = try await session.discovery.context(for: [invoked], facts: facts)
    if let problem = context.quotasProblem { throw problem }
    await self.init(invoked, in: context, session: session, options: options)
  }

  /// - Parameters:
  ///   - context: what it is resolved in; where CloudWatch may not be read, that is no reason to fail.
  package convenience init(
    _ id: InvokedID, in context: QuotaContext, session: BedquotaSession, options: Options
  ) async {
    let use = options.looksAtRecentUse ? try? await session.recentUse(of: id, context: context) : nil
    self.init(context.resolver.resolve(id), session: session, options: options, recentUse: use)
  }

  public var statistics: ClientStatistics { book.withLock { $0.statistics }.statistics(limits) }

  /// How things stand in words, where there is something to know: an unknown quota, requests without max_tokens.
  public var notes: [String] { book.withLock { $0.notes } }

  /// Takes no new requests, and returns when those that wait and those under way have ended.
  public func drain() async { await limiter.drain() }

  // MARK: - Invoking

  /// Sends a request when there is room for it, and again where that makes sense.
  /// - Throws: `Refusal` where it can't go or not in time; `AWSClientError` for what Bedrock says of it in the end;
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
          // Nobody waits for it: Service Quotas may be slow, or out of reach.
          Task { await readLimitsAgain() }
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
}
