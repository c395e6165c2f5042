import AWSServer
import AWSWire
import BedrockQuotas
import Foundation

/// CreateModelInvocationJob, GetModelInvocationJob, ListModelInvocationJobs and StopModelInvocationJob in one Region.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelInvocationJob.html and the pages beside it
struct BatchJobService: Sendable {
  /// The default of `timeoutDurationInHours` isn't documented; it is the most that a request may ask for.
  private static let hours = 24...168

  let runtime: BedrockRuntimeService
  let bedrock: BedrockService
  let background: BackgroundJobs
  let s3: S3Access
  let jobs: SubmittedJobs<BatchJob>

  func create(_ request: ServerRequest) throws(AWSFault) -> ServerResponse {
    let body = try request.jsonObject()
    let name = try Self.name(body, bedrock)
    guard let role = body["roleArn"]?.string else { throw .missing("roleArn") }
    guard let arn = ARN(role), arn.service == "iam", arn.resource.hasPrefix("role/") else {
      throw bedrock.invalid("roleArn", role, "Member must be the ARN of a role")
    }
    guard let modelID = body["modelId"]?.string else { throw .missing("modelId") }
    let hours = body["timeoutDurationInHours"]?.integer ?? Self.hours.upperBound
    guard Self.hours.contains(hours) else {
      throw bedrock.invalid("timeoutDurationInHours", "\(hours)", "Member must be between 24 and 168")
    }
    let kind = body["modelInvocationType"]?.string ?? "InvokeModel"
    guard ["InvokeModel", "Converse"].contains(kind) else {
      throw bedrock.invalid("modelInvocationType", kind, "Member must satisfy enum value set: [InvokeModel, Converse]")
    }
    let input = try S3Location(in: body, "inputDataConfig", "s3InputDataConfig")
    let output = try S3Location(in: body, "outputDataConfig", "s3OutputDataConfig")
    let tags = try bedrock.tags(body["tags"])
    try ResourceTags.check(tags.count)
    let target = try runtime.target(modelID)
    let isConverse = kind == "Converse"
    try runtime.checkBatch(target, isConverse: isConverse)
    let folder = try s3.outputFolder(for: output)
    let quotas = runtime.directory.batchQuotas(of: target.model)
    let start = runtime.clock.moment
    let (job, isNew) = try jobs.add(
      token: body["clientRequestToken"]?.string, body: request.body,
      isFull: { Self.full($0, target.model, quotas) },
      { number, id, arn in
        BatchJob(
          number: number, id: id, arn: arn, name: name, modelID: modelID, model: target.model, isConverse: isConverse,
          timeoutHours: hours,
          shown: ["roleArn", "inputDataConfig", "outputDataConfig", "vpcConfig", "clientRequestToken"].compactMap { member in
            body[member].map { .init(member, $0) }
          }, submitTime: runtime.clock.date)
      })
    if isNew {
      try bedrock.resourceTags.add(tags, to: job.arn)
      let work = BatchJobWork(
        job: job, jobs: jobs, runtime: runtime, target: target, quotas: quotas, s3: folder, input: input, output: output,
        start: start)
      background.add { await work.run() }
    }
    return .json(JSONValue.object([.init("jobArn", .string(job.arn))]).data)
  }

  func get(_ reference: String) throws(AWSFault) -> ServerResponse { .json(try known(reference).json.data) }

  func list(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let listing = try JobListing(
      "ListModelInvocationJobs", query, statuses: BatchJob.Status.allCases.map(\.rawValue), sortBy: "CreationTime",
      service: bedrock)
    return listing.page(jobs.all.map(\.item), member: "invocationJobSummaries")
  }

  func stop(_ reference: String) throws(AWSFault) -> ServerResponse {
    let job = try known(reference)
    let time = runtime.clock.date
    guard jobs.update(job.id, { $0.stop(at: time) }) == true else {
      throw AWSFault(
        code: "ConflictException", message: "The job \(job.name) has ended (\(job.status.rawValue)) and can't be stopped.",
        status: 400)
    }
    return .json(Data("{}".utf8))
  }

  private func known(_ reference: String) throws(AWSFault) -> BatchJob {
    if let found = jobs.find(reference) { return found }
    throw AWSFault(
      code: "ResourceNotFoundException", message: "Could not find the model invocation job \(reference.prefix(200)).", status: 404
    )
  }

  /// The refusal of another job of a model; nil if there is room.
  private static func full(_ jobs: [BatchJob], _ model: ModelID, _ quotas: BatchQuotas) -> AWSFault? {
    let open = jobs.count { !$0.isOver && $0.model == model }
    guard let limit = quotas.jobs, Double(open) >= limit else { return nil }
    return AWSFault(
      code: "ServiceQuotaExceededException",
      message:
        "The account has reached its quota of \(Int(clamping: limit)) in-progress and submitted batch inference jobs using \(model).",
      status: 400)
  }

  private static func name(_ body: JSONValue, _ bedrock: BedrockService) throws(AWSFault) -> String {
    guard let name = body["jobName"]?.string else { throw .missing("jobName") }
    let isSound = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-+.".utf8.contains($0) }
    guard (1...63).contains(name.utf8.count), isSound, name.utf8.first?.isASCIIAlphanumeric == true else {
      throw bedrock.invalid(
        "jobName", name, "Member must satisfy regular expression pattern: [a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9\\+\\-\\.]){0,63}")
    }
    return name
  }
}
