import AWSServer

/// What a test has set for increase requests: how the next ones are answered, and what becomes of those that are filed.
struct IncreaseCourse: Sendable {
  /// A state that a request reaches at some age.
  struct Step: Sendable {
    var afterSeconds: Double
    var status: QuotaIncreaseRequest.Status
  }

  /// The most refusals and steps of a course.
  static let lengthMax = 1_000

  /// The codes of the next answers, each given once.
  var refusals: [String] = []
  /// In the order of time.
  var steps: [Step] = []

  /// The errors of RequestServiceQuotaIncrease, with AWS's descriptions.
  ///
  /// Source: botocore 1.44.8, `service-quotas/2019-06-24/service-2.json`.
  static let messages = [
    "AccessDeniedException": "You do not have sufficient permission to perform this action.",
    "DependencyAccessDeniedException": "You can't perform this action because a dependency does not have access.",
    "IllegalArgumentException": "Invalid input was provided.",
    "InvalidResourceStateException": "The resource is in an invalid state.",
    "NoSuchResourceException": "The specified resource does not exist.",
    "QuotaExceededException":
      "You have exceeded your service quota. To perform the requested action, remove some of the relevant resources, or use Service Quotas to request a service quota increase.",
    "ResourceAlreadyExistsException": "The specified resource already exists.",
    "ServiceException": "Something went wrong.",
    "TooManyRequestsException":
      "Due to throttling, the request was denied. Slow down the rate of request calls, or request an increase for this quota.",
  ]

  /// The next scripted refusal, which is used up; nil if none is left.
  mutating func nextRefusal() -> AWSFault? {
    guard !refusals.isEmpty else { return nil }
    let code = refusals.removeFirst()
    return AWSFault(code: code, message: Self.messages[code] ?? "", status: code == "ServiceException" ? 500 : nil)
  }

  /// The state of a request of this age, in seconds; nil before the first step.
  func status(ofAge age: Double) -> QuotaIncreaseRequest.Status? { steps.last { $0.afterSeconds <= age }?.status }
}
