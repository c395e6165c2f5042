import AWSServer
import AWSWire
import Foundation

/// StartAsyncInvoke, GetAsyncInvoke and ListAsyncInvokes in one Region.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_StartAsyncInvoke.html and the pages beside it
struct AsyncInvokeService: Sendable {
  /// How many times the latency of a reply an invocation takes.
  private static let latencies = 20.0

  let account: EmulatedAccount
  let runtime: BedrockRuntimeService
  let bedrock: BedrockService
  let background: BackgroundJobs
  let s3: S3Access
  let invocations: SubmittedJobs<AsyncInvocation>

  init(
    account: EmulatedAccount, runtime: BedrockRuntimeService, bedrock: BedrockService, background: BackgroundJobs, s3: S3Access
  ) {
    self.account = account
    self.runtime = runtime
    self.bedrock = bedrock
    self.background = background
    self.s3 = s3
    let tags = bedrock.resourceTags
    invocations = SubmittedJobs(kind: "async-invoke") { tags.removeAll(from: $0.arn) }
  }

  // MARK: - Starting

  func start(_ request: ServerRequest) throws(AWSFault) -> ServerResponse {
    let body = try bedrock.json(request)
    guard let modelID = body["modelId"]?.string else { throw bedrock.missing("modelId") }
    let target = try runtime.target(modelID)
    guard let model = AsyncModel(target.model), let pool = target.asyncPool else {
      throw .invalid("The model \(target.model) doesn't support asynchronous invocation. Use InvokeModel or Converse.")
    }
    guard let input = body["modelInput"], input.members?.isEmpty == false else { throw bedrock.missing("modelInput") }
    let location = try place(body)
    let token = body["clientRequestToken"]?.string
    let tags = try bedrock.tags(body["tags"])
    try ResourceTags.check(tags.count)
    var hash = FNV1a()
    hash.add(request.body)
    var lease: QuotaLedger.Lease?
    let now = runtime.clock.moment
    let job = try invocations.add(
      token: token, body: hash.value,
      isFull: { _ in
        switch runtime.enforcer.reserve(pool: pool, tokens: 0) {
        case .admitted(let granted):
          lease = granted
          return nil
        case .throttled: return RuntimeError.throttling.fault()
        }
      },
      { number, id in
        AsyncInvocation(
          number: number, id: id, arn: "arn:aws:bedrock:\(account.region):\(account.accountID):async-invoke/\(id)",
          modelARN: "arn:aws:bedrock:\(account.region)::foundation-model/\(target.model)", token: token,
          outputDataConfig: body["outputDataConfig"] ?? .null, submitTime: runtime.clock.date, lease: lease)
      },
      onRefusal: {
        runtime.metrics.record(InvocationRecord(modelID: target.dimension, outcome: .throttled), at: runtime.clock.date)
      })
    // Without a lease, the same token has started it before.
    if lease != nil {
      try bedrock.resourceTags.add(tags, to: job.arn)
      let output = AsyncOutput(
        model: model, modelInput: input, folder: location.folder.appending(job.id), seed: SplitMix64.mix(UInt64(job.number)))
      background.add { await work(job, output, location.s3, target, since: now) }
    }
    return .json(JSONValue.object([.init("invocationArn", .string(job.arn))]).data)
  }

  /// Where the output goes.
  private func place(_ body: JSONValue) throws(AWSFault) -> (folder: S3Location, s3: S3Folder) {
    let member = "outputDataConfig.s3OutputDataConfig.s3Uri"
    guard let uri = body["outputDataConfig"]?["s3OutputDataConfig"]?["s3Uri"]?.string else { throw bedrock.missing(member) }
    let location = try S3Location(uri, member: member)
    let s3 = try s3.required()
    do {
      try s3.prepare(location)
    } catch {
      throw .invalid(error.message)
    }
    return (location, s3)
  }

  private func work(
    _ job: AsyncInvocation, _ output: AsyncOutput, _ s3: S3Folder, _ target: InvocationTarget,
    since start: EmulatorClock.Moment
  ) async {
    let seconds = runtime.settings.latency * Self.latencies
    do {
      try await runtime.clock.sleep(Int64(seconds * 1e9), after: start)
    } catch {
      return  // The server stops.
    }
    // A reset forgets the job.
    guard invocations.find(job.id) != nil else { return }
    do {
      try output.write(to: s3)
      // A client that sees the end finds the quota free.
      giveBack(job)
      invocations.update(job.id) { $0.end(.completed, at: runtime.clock.date) }
      var record = InvocationRecord(modelID: target.dimension, outcome: .success)
      record.latencyMilliseconds = runtime.clock.milliseconds(since: start)
      runtime.metrics.record(record, at: runtime.clock.date)
    } catch {
      giveBack(job)
      invocations.update(job.id) { $0.end(.failed, error.message, at: runtime.clock.date) }
      runtime.metrics.record(InvocationRecord(modelID: target.dimension, outcome: .clientError), at: runtime.clock.date)
    }
  }

  /// Gives back what an invocation has taken of the concurrency quotas.
  private func giveBack(_ job: AsyncInvocation) {
    if let lease = invocations.update(job.id, { $0.takeLease() }) ?? nil { runtime.enforcer.settle(lease, tokens: 0) }
  }

  /// Forgets all invocations.
  func reset() {
    for job in invocations.all { giveBack(job) }
    invocations.reset()
  }

  // MARK: - Showing

  func get(_ arn: String) throws(AWSFault) -> ServerResponse {
    guard let found = invocations.find(arn), found.arn == arn else {
      throw .invalid("There is no asynchronous invocation \(arn.prefix(200)) in this account and Region.")
    }
    return .json(found.json.data)
  }

  func list(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let listing = try JobListing(
      "ListAsyncInvokes", query, statuses: AsyncInvocation.Status.allCases.map(\.rawValue), sortBy: "SubmissionTime",
      service: bedrock)
    return listing.page(invocations.all.map(\.item), member: "asyncInvokeSummaries")
  }
}
