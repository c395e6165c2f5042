import AWSServer
import AWSWire
import Foundation

/// StartAsyncInvoke, GetAsyncInvoke and ListAsyncInvokes in one Region.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_StartAsyncInvoke.html and the pages beside it
struct AsyncInvokeService: Sendable {
  /// An invocation takes this many times the latency of a reply.
  private static let latencies = 20.0

  let region: String
  let runtime: BedrockRuntimeService
  let bedrock: BedrockService
  let background: BackgroundJobs
  let s3: S3Access
  let invocations: SubmittedJobs<AsyncInvocation>

  // MARK: - Starting

  func start(_ request: ServerRequest) throws(AWSFault) -> ServerResponse {
    let body = try request.jsonObject()
    guard let modelID = body["modelId"]?.string else { throw .missing("modelId") }
    let target = try runtime.target(modelID)
    guard let model = AsyncModel(target.model), let pool = target.asyncPool else {
      throw .invalid("The model \(target.model) doesn't support asynchronous invocation. Use InvokeModel or Converse.")
    }
    guard let input = body["modelInput"], input.members?.isEmpty == false else { throw .missing("modelInput") }
    let location = try S3Location(in: body, "outputDataConfig", "s3OutputDataConfig")
    let folder = try s3.outputFolder(for: location)
    let token = body["clientRequestToken"]?.string
    let tags = try bedrock.tags(body["tags"])
    try ResourceTags.check(tags.count)
    var lease: QuotaLedger.Lease?
    let now = runtime.clock.moment
    let (job, isNew) = try invocations.add(
      token: token, body: request.body,
      isFull: { _ in
        switch runtime.enforcer.reserve(pool: pool, tokens: 0) {
        case .admitted(let granted):
          lease = granted
          return nil
        case .throttled: return RuntimeError.throttling.fault()
        }
      },
      { number, id, arn in
        AsyncInvocation(
          number: number, id: id, arn: arn, modelARN: "arn:aws:bedrock:\(region)::foundation-model/\(target.model)", token: token,
          outputDataConfig: body["outputDataConfig"] ?? .null, submitTime: runtime.clock.date, lease: lease)
      },
      onRefusal: {
        runtime.metrics.record(InvocationRecord(modelID: target.dimension, outcome: .throttled), at: runtime.clock.date)
      })
    if isNew {
      try bedrock.resourceTags.add(tags, to: job.arn)
      let output = AsyncOutput(
        model: model, modelInput: input, folder: location.appending(job.id), seed: SplitMix64.mix(UInt64(job.number)))
      background.add { await work(job, output, folder, target, since: now) }
    }
    return .json(JSONValue.object([.init("invocationArn", .string(job.arn))]).data)
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
    for var job in invocations.reset() {
      if let lease = job.takeLease() { runtime.enforcer.settle(lease, tokens: 0) }
    }
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
