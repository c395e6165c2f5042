import AWSWire
import BedrockQuotas
import Foundation

/// A batch inference job: what it was asked, and how far it is. Its changes are methods; ``BatchJobWork`` does the reading and writing.
struct BatchJob: SubmittedJob {
  /// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_GetModelInvocationJob.html, "status"
  enum Status: String, Sendable, CaseIterable {
    case submitted = "Submitted"
    case validating = "Validating"
    /// It waits for its turn.
    case scheduled = "Scheduled"
    case inProgress = "InProgress"
    case completed = "Completed"
    /// Its time was over before all records were processed.
    case partiallyCompleted = "PartiallyCompleted"
    /// Its time was over before it began.
    case expired = "Expired"
    case failed = "Failed"
    case stopping = "Stopping"
    case stopped = "Stopped"

    var isOver: Bool {
      switch self {
      case .completed, .partiallyCompleted, .expired, .failed, .stopped: true
      case .submitted, .validating, .scheduled, .inProgress, .stopping: false
      }
    }
  }

  struct Counts: Sendable, Equatable {
    var total = 0
    var processed = 0
    var succeeded = 0
    var failed = 0
    var inputTokens = 0
    var outputTokens = 0

    /// `manifest.json.out`
    ///
    /// Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-results.html
    var manifest: JSONValue {
      .object(
        records + [.init("inputTokenCount", .integer(inputTokens)), .init("outputTokenCount", .integer(outputTokens))])
    }

    var records: [JSONValue.Member] {
      [
        .init("totalRecordCount", .integer(total)), .init("processedRecordCount", .integer(processed)),
        .init("successRecordCount", .integer(succeeded)), .init("errorRecordCount", .integer(failed)),
      ]
    }
  }

  static let kind = "model-invocation-job"

  let number: Int
  let id: String
  let arn: String
  let name: String
  /// As the request has it: of a model or an inference profile.
  let modelID: String
  let model: ModelID
  let isConverse: Bool
  let timeoutHours: Int
  /// Members of the request that the job is shown with: `roleArn`, `inputDataConfig`, ….
  let shown: [JSONValue.Member]
  let submitTime: Date
  private(set) var status = Status.submitted
  private(set) var message: String?
  private(set) var lastModified: Date
  private(set) var endTime: Date?
  private(set) var counts = Counts()

  init(
    number: Int, id: String, arn: String, name: String, modelID: String, model: ModelID, isConverse: Bool, timeoutHours: Int,
    shown: [JSONValue.Member], submitTime: Date
  ) {
    self.number = number
    self.id = id
    self.arn = arn
    self.name = name
    self.modelID = modelID
    self.model = model
    self.isConverse = isConverse
    self.timeoutHours = timeoutHours
    self.shown = shown
    self.submitTime = submitTime
    lastModified = submitTime
  }

  var isOver: Bool { status.isOver }
  var expiration: Date { submitTime.addingTimeInterval(Double(timeoutHours) * 3_600) }

  /// Moves to the next status of its course; has no effect once the job is being stopped, or has ended.
  mutating func move(to next: Status, at time: Date) {
    guard !isOver, status != .stopping, status != next else { return }
    set(next, time)
  }

  /// Notes what was read and written.
  mutating func note(_ counts: Counts, at time: Date) {
    self.counts = counts
    lastModified = time
  }

  /// - Returns: false if the job has ended.
  mutating func stop(at time: Date) -> Bool {
    guard !isOver else { return false }
    if status != .stopping { set(.stopping, time) }
    return true
  }

  /// Ends the job: stopped, if that was asked for.
  mutating func end(_ status: Status, _ message: String? = nil, at time: Date) {
    guard !isOver else { return }
    let isStopping = self.status == .stopping && status != .failed
    set(isStopping ? .stopped : status, time)
    self.message = isStopping ? nil : message
    endTime = time
  }

  private mutating func set(_ status: Status, _ time: Date) {
    self.status = status
    lastModified = time
  }

  /// As GetModelInvocationJob and ListModelInvocationJobs show it.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("jobArn", .string(arn)), .init("jobName", .string(name)), .init("modelId", .string(modelID)),
      .init("status", .string(status.rawValue)), .init("submitTime", .string(submitTime.ISO8601Format())),
      .init("lastModifiedTime", .string(lastModified.ISO8601Format())),
      .init("jobExpirationTime", .string(expiration.ISO8601Format())), .init("timeoutDurationInHours", .integer(timeoutHours)),
      .init("modelInvocationType", isConverse ? "Converse" : "InvokeModel"),
    ]
    if let message { members.append(.init("message", .string(message))) }
    if let endTime { members.append(.init("endTime", .string(endTime.ISO8601Format()))) }
    return .object(members + shown + counts.records)
  }

  var item: JobListing.Item {
    .init(number: number, status: status.rawValue, name: name, submitTime: submitTime, encoded: json.data)
  }
}
