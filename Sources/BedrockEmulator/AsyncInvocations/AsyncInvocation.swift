import AWSWire
import Foundation

/// An asynchronous invocation.
struct AsyncInvocation: SubmittedJob {
  enum Status: String, Sendable, CaseIterable {
    case inProgress = "InProgress"
    case completed = "Completed"
    case failed = "Failed"
  }

  static let kind = "async-invoke"

  let number: Int
  let id: String
  let arn: String
  let modelARN: String
  let token: String?
  /// As the request has it.
  let outputDataConfig: JSONValue
  let submitTime: Date
  /// What it has taken of the concurrency quotas; nil once it was given back.
  private var lease: QuotaLedger.Lease?
  var status = Status.inProgress
  var failureMessage: String?
  var endTime: Date?

  init(
    number: Int, id: String, arn: String, modelARN: String, token: String?, outputDataConfig: JSONValue, submitTime: Date,
    lease: QuotaLedger.Lease?
  ) {
    self.number = number
    self.id = id
    self.arn = arn
    self.modelARN = modelARN
    self.token = token
    self.outputDataConfig = outputDataConfig
    self.submitTime = submitTime
    self.lease = lease
  }

  /// Takes the lease out, to be settled.
  mutating func takeLease() -> QuotaLedger.Lease? {
    defer { lease = nil }
    return lease
  }

  var isOver: Bool { status != .inProgress }

  mutating func end(_ status: Status, _ message: String? = nil, at time: Date) {
    self.status = status
    failureMessage = message
    endTime = time
  }

  /// As GetAsyncInvoke and ListAsyncInvokes show it.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("invocationArn", .string(arn)), .init("modelArn", .string(modelARN)), .init("status", .string(status.rawValue)),
      .init("submitTime", .string(submitTime.ISO8601Format())),
      .init("lastModifiedTime", .string((endTime ?? submitTime).ISO8601Format())),
      .init("outputDataConfig", outputDataConfig),
    ]
    if let token { members.append(.init("clientRequestToken", .string(token))) }
    if let failureMessage { members.append(.init("failureMessage", .string(failureMessage))) }
    if let endTime { members.append(.init("endTime", .string(endTime.ISO8601Format()))) }
    return .object(members)
  }

  var item: JobListing.Item {
    .init(number: number, status: status.rawValue, submitTime: submitTime, encoded: json.data)
  }
}
