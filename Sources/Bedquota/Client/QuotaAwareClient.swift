import AWSClient
import AWSWire
public import AdmissionControl
public import BedrockQuotas
import HTTPTypes
import Synchronization
import Tracing

/// Invokes one model as fast as the account's quotas allow, and is practically never throttled.
///
/// It finds the quotas that bind the id, meters what requests reserve and use, and sends each request when there is room for it.
/// A request that is throttled all the same goes back to the front of the queue.
///
/// ## Usage
///
/// Make one client for an id, and share it among all tasks of the process:
///
/// ```swift
/// try await BedquotaSession.with { session in
///   let client = try await QuotaAwareClient("us.amazon.nova-pro-v1:0", session: session)
///   let reply = try await client.send(ModelRequest(prompt: "How are you?", maxTokens: 200))
///   print(reply.text ?? "", reply.usage?.output ?? 0)
/// }
/// ```
///
/// A web service streams the reply, and immediately refuses requests whose replies would come too late:
///
/// ```swift
/// var options = QuotaAwareClient.Options()
/// options.deadline = .seconds(20)
/// let client = try await QuotaAwareClient(id, session: session, options: options)
/// do {
///   for try await event in try await client.stream(ModelRequest(prompt: prompt, maxTokens: 500)) {
///     if let text = event.text { try await write(text) }
///   }
/// } catch let refusal as Refusal {
///   try await answer(429, refusal.description)
/// }
/// ```
///
/// Needs the IAM actions `bedrock:InvokeModelWithResponseStream` and `bedrock:InvokeModel`, on bedrock-mantle
/// `bedrock-mantle:CreateInference`, and those for reading quotas.
public final class QuotaAwareClient: Sendable {
  public struct Options: Sendable {
    /// The endpoint that takes the requests, and whose quotas are kept; nil: bedrock-runtime, but bedrock-mantle for a model that is
    /// there alone. On bedrock-mantle, requests are Chat Completions, Responses or Messages.
    public var endpoint: QuotaEndpoint?
    /// How to model the window in which Bedrock enforces a quota per minute.
    public var profile: LimiterConfiguration.Profile = .auto
    /// Attempts for a request, the first included; 1 or more. A router sends it to each other candidate once besides, if the one before
    /// could not serve it. Throttled attempts don't count: a throttled request waits for its
    /// quota until the deadline, or until no request of the client got a reply for 5 minutes or ``patience``, whichever is longer.
    public var attemptsMax = 4
    /// How long a request may take, to the last byte of its reply, including all waiting; nil: no deadline.
    public var deadline: Duration?
    /// Tokens per minute to begin with if no quota is known; above 0.
    public var assumedTokensPerMinute: Int64 = 100_000
    /// max_tokens for requests that have none, because such a request reserves the model's maximum output; nil: they are sent
    /// unchanged.
    public var maxTokensWhenUnset: Int?
    /// The service tier for requests that name none: `default`, `priority`, `flex` or `reserved`; nil: they are sent unchanged.
    public var serviceTier: String?
    /// How much of the service tier `reserved` the account has bought for the model. Then its requests use all of it, and overflow only
    /// where the quotas have room. nil: the client finds out from the replies whether there is some, and is careful.
    public var reservedCapacity: ReservedCapacity?
    /// Whether to call Bedrock's CountTokens before each request; otherwise the input is estimated. It costs a call per request
    /// and needs the IAM action `bedrock:CountTokens`.
    public var countsTokens = false
    /// Whether to read from CloudWatch how much of the quotas is in use, and begin with the rest. It needs the IAM actions
    /// `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData`; without them the client begins with the whole quota.
    public var looksAtRecentUse = true
    /// How long a request waits for a service that can't be reached or has no room; attempts that can't be paid then don't count
    /// against ``attemptsMax``. 0: its attempts decide.
    public var patience: Duration = .zero
    /// Whether a request is sent again after its connection was lost, although the model may have run and the reply may be paid
    /// twice.
    public var resendsAfterLoss = false
    /// Whether a request that was sent is sent again after the service was silent for too long, although the model may still run
    /// and the reply may be paid twice.
    public var resendsAfterTimeout = false
    /// A stream that nobody reads from for this long is closed, so that it doesn't keep its reservation forever.
    public var streamIdleMax: Duration = .seconds(300)
    /// Shares the quotas with other processes through a store; nil: this process has them to itself.
    public var fleet: Fleet?
    /// How callers share the queue, and the client the quotas with other programs.
    package var sharing = QuotaSharing()
    /// Called when a later reading of the account's quotas changes a limit, such as with `L-1234 tpm 200000 -> 400000`.
    package var onLimitChange: @Sendable (String) -> Void = { _ in }
    /// Seconds that pass in the service in one real second, for an emulator whose clock runs faster.
    package var timeScale = 1.0
    /// A clock that never goes back; only differences count.
    package var clock: @Sendable () -> Duration = { AWSClient.uptimeOfProcess() }
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// Returns a random number from 0 to 1, which scales a pause.
    package var dice: @Sendable () -> Double = { .random(in: 0...1) }

    public init() {}
  }

  /// The id that it invokes, and the quotas that bind it.
  public let resolution: Resolution
  package let session: BedquotaSession
  let options: Options
  package let limiter: Limiter
  /// nil if the model has no quotas for long prompts.
  let longContext: LongContext?
  /// nil if no fleet shares the quotas.
  let fleet: ClientFleet?
  let reserved: ReservedTier
  let telemetry: ClientTelemetry
  let streams: StreamWatch
  let metering: TokenMetering
  let limits: [Limit]
  let book: Mutex<ClientBook>

  /// A client for an id whose quotas are known already. It assumes that nobody else uses them, until replies show otherwise.
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
    metering = TokenMetering(resolution)
    if resolution.outputBurndown == nil, metering != .mantle {
      notes.append("How many quota tokens an output token of \(resolution.id) takes is not known; the client assumes 1.")
    }
    limits = quotas.limits.map(options.sharing.part)
    telemetry = ClientTelemetry(model: resolution.id)
    streams = StreamWatch(idleMax: options.streamIdleMax, background: session.background, sleep: options.sleep)
    var configuration = LimiterConfiguration(limits: limits, profile: options.profile)
    options.sharing.apply(to: &configuration)
    FleetMembership.apply(options.fleet, to: &configuration, limits)
    if let recentUse {
      for limit in limits { configuration.sharesAtStart[limit.measure] = recentUse.start(limit.measure.quotaMeasure) }
    }
    limiter = options.timeScale == 1 ? Limiter(configuration) : Limiter(configuration, timeScale: options.timeScale)
    longContext = LongContext(resolution, ordinary: limits, options: options)
    fleet = ClientFleet(options, resolution, limiter, limits: limits, longContext)
    reserved = ReservedTier(options)
    book = Mutex(
      ClientBook(
        notes: notes, countsTokens: options.countsTokens, mantlePaths: MantlePaths(resolution.modelID), at: options.clock()))
  }

  /// Finds the quotas of an id in the account, and makes a client that keeps within them.
  /// - Parameters:
  ///   - id: a model id, an inference profile's id, or the ARN of one.
  ///   - session: reads the quotas and carries the calls.
  ///   - options: how the quotas are used.
  /// - Throws: ``BedquotaError`` (`request`) for text that can't be an id; `AWSClientError` if quotas can't be read.
  public convenience init(_ id: String, session: BedquotaSession, options: Options = Options()) async throws {
    let facts = Facts.builtIn
    guard let invoked = InvokedID(id, facts: facts) else {
      throw BedquotaError(.request, "\"\(id.prefix(300))\" is not a model id, inference profile id or ARN.")
    }
    let context = try await session.discovery.context(for: [invoked], facts: facts)
    if let problem = context.quotasProblem { throw problem }
    try await self.init(invoked, in: context, session: session, options: options)
  }

  /// A client for an id whose quotas were read already. If CloudWatch can't be read, it starts with the whole quota.
  /// - Parameter context: what the id is resolved against.
  /// - Throws: ``BedquotaError`` (`request`) for an id that the endpoint of the options can't take.
  package convenience init(
    _ id: InvokedID, in context: QuotaContext, session: BedquotaSession, options: Options
  ) async throws {
    let resolution = try context.resolution(of: id, on: options.endpoint)
    // The store of a fleet knows what is used.
    let looks = options.looksAtRecentUse && resolution.endpoint == .runtime && options.fleet == nil
    let use = looks ? try? await session.recentUse(of: id, context: context) : nil
    self.init(resolution, session: session, options: options, recentUse: use)
  }

  /// Counts and times of the requests so far.
  public var statistics: ClientStatistics {
    let now = options.clock()
    return book.withLock { $0.statistics }.statistics(limitsNow, at: now)
  }

  /// Sentences about unexpected conditions: an unknown quota, requests without max_tokens, a changed quota.
  public var notes: [String] { book.withLock { $0.notes } }

  // MARK: - Invoking

  /// Sends a request when the quota has room for it, and retries it if that makes sense and can't be paid twice.
  ///
  /// The reply is read as a stream where the model streams, so that a model that works isn't taken for one that is silent. That
  /// needs the IAM action `bedrock:InvokeModelWithResponseStream`; without it the reply is read in one piece. So is a reply of Chat
  /// Completions, whose chunks don't hold all that the whole reply has. The reply is whole even if the body says `stream`.
  /// - Throws: `Refusal` if the limiter refuses it; `AWSClientError` if its last attempt fails; ``BedquotaError`` (`request`) if its
  ///   operation would drop the bound of the output; `CancellationError`.
  public func send(_ request: ModelRequest) async throws -> ModelReply { try await send(request, gate: nil) }

  /// Sends a request as ``send(_:)`` does.
  /// - Parameter gate: drops the request while it waits.
  package func send(_ request: ModelRequest, gate: SendGate?) async throws -> ModelReply {
    try checkShape(of: request)
    try await waitForFirstReplies()
    var (running, first) = begin(request)
    running.gate = gate
    let attempt = try await attempt(&running, first, exchange)
    return finish(&running, attempt)
  }

  /// Settles a whole reply.
  func finish(_ running: inout RunningRequest, _ attempt: consuming Attempt<ModelReply>) -> ModelReply {
    var reply = attempt.reply
    let endsAtLength = reply.json.map(ReplyForm.endsAtLength) ?? false
    let outputBytes = (reply.text ?? "").utf8.count
    running.course.tier?.read(reply.json)
    let action = apply(&running) { course, estimator, now in
      course.replied(reply.usage, outputBytes: outputBytes, endsAtLength: endsAtLength, &estimator, at: now)
    }
    settle(attempt.reservation, action, &running)
    reply.endedByQuota = action.endedByQuota
    return reply
  }

  /// Sends a request once, and waits for its whole reply.
  func exchange(
    _ running: inout RunningRequest, _ reservation: inout Reservation, _ limits: ReplyLimits
  ) async throws -> ModelReply {
    var refusal: AWSClientError?
    let streaming = book.withLock { $0.streamsWholeReplies }
    let reply = try await routed(running.request.api) { route in
      try await session.inference.invoke(running.request, to: route, limits: limits, streaming: streaming) {
        switch $0 {
        case .head(let headers): headArrived(&running, headers)
        case .event(let bytes, let usage):
          if let used = running.course.partArrived(bytes: bytes, usage: usage) { reservation.update(used: used) }
        case .unstreamed(let error): refusal = error
        }
      }
    }
    if refusal != nil { book.withLock { $0.streamsWholeReplies = false } }
    return reply
  }

  /// Sends a request when the quota has room for it, and returns the reply as a stream.
  ///
  /// Until its first event arrives, the request is retried if that makes sense; a stream that breaks later ends with an error.
  /// - Throws: as ``send(_:)``.
  public func stream(_ request: ModelRequest) async throws -> ModelStream {
    try checkShape(of: request)
    var (running, first) = begin(request)
    let attempt = try await attempt(&running, first) { running, _, limits in try await open(&running, limits) }
    return finish(&running, attempt)
  }

  /// Sends a request once, and waits for the first event of its reply.
  func open(_ running: inout RunningRequest, _ limits: ReplyLimits) async throws -> ModelStream.Start {
    let (request, api) = (running.request, running.request.api)
    let stream = try await routed(api) { route in
      try await session.inference.open(request.operation(route, streamed: true), limits: limits)
    }
    headArrived(&running, stream.head.headerFields)
    var events = ReplyEvents(stream, of: api)
    guard let first = try await events.next() else { throw ReplyForm.endedEarly(api.streamed) }
    return ModelStream.Start(events: events, first: first)
  }

  /// Hands a stream that has begun to its reader.
  func finish(_ running: inout RunningRequest, _ attempt: consuming Attempt<ModelStream.Start>) -> ModelStream {
    book.withLock { running.course.streamBegan($0.estimator) }
    return ModelStream(self, running, attempt)
  }
}
