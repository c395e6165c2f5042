import AWSWire
import AdmissionControl

@testable import Bedquota

/// A course with a clock that is moved by hand and an estimator of its own.
struct CourseRun {
  /// Bytes of the request's text: 8 tokens as a rule, and 26 at most, with what JSON adds.
  static let inputBytes = 32

  var course: RequestCourse
  private var estimator = TokenEstimator()
  private var now = Duration.seconds(1_000)

  init(
    attemptsMax: Int = 4, deadline: Duration? = nil, metering: TokenMetering = .runtime(burndown: 1),
    countsTokens: Bool = false, patience: Duration = .zero, resendsAfterLoss: Bool = false, resendsAfterTimeout: Bool = false
  ) {
    let rules = RequestCourse.Rules(
      attemptsMax: attemptsMax, deadline: deadline, metering: metering, countsTokens: countsTokens, patience: patience,
      resendsAfterLoss: resendsAfterLoss, resendsAfterTimeout: resendsAfterTimeout)
    course = RequestCourse(
      InputSize(["text": .string(String(repeating: "a", count: Self.inputBytes))]), maxTokens: 100,
      allowance: OutputAllowance(maxTokens: 100), rules: rules, at: now)
  }

  mutating func begin() -> RequestCourse.Action { course.begin(estimator, at: now) }

  mutating func counted(_ tokens: Int?) -> RequestCourse.Action { course.counted(tokens, estimator, at: now) }

  mutating func granted(after time: Duration = .zero) -> RequestCourse.Action { at(time) { $0.granted(at: $1) } }

  mutating func resumed(after time: Duration = .zero) -> RequestCourse.Action { at(time) { $0.resumed(at: $1) } }

  mutating func stopped(_ error: any Error, after time: Duration = .zero) -> RequestCourse.Action {
    at(time) { $0.stopped(error, at: $1) }
  }

  /// - Parameter answeredAgo: how long ago the service answered another request.
  mutating func failed(
    _ error: any Error, dice: Double = 0.5, answeredAgo: Duration? = nil, after time: Duration = .zero
  ) -> RequestCourse.Action {
    let estimator = estimator
    return at(time) { course, now in
      course.failed(error, estimator, dice: dice, answeredAt: answeredAgo.map { now - $0 }, at: now)
    }
  }

  mutating func replied(
    _ usage: TokenUsage?, outputBytes: Int = 0, endsAtLength: Bool = false, after time: Duration = .zero
  ) -> RequestCourse.Action {
    now += time
    return course.replied(usage, outputBytes: outputBytes, endsAtLength: endsAtLength, &estimator, at: now)
  }

  mutating func streamEnded() -> RequestCourse.Action { course.streamEnded(&estimator, at: now) }

  mutating func streamBroke(_ error: any Error) -> RequestCourse.Action { course.streamBroke(error, &estimator, at: now) }

  /// Up to the sending of the first attempt.
  mutating func sendFirst() {
    _ = begin()
    _ = granted()
  }

  /// Up to the first event of a stream.
  mutating func openStream() {
    sendFirst()
    course.headArrived()
    course.streamBegan(estimator)
  }

  private mutating func at(
    _ time: Duration, _ event: (inout RequestCourse, Duration) -> RequestCourse.Action
  ) -> RequestCourse.Action {
    now += time
    return event(&course, now)
  }
}

/// Equal but for the errors and the ends that they carry, which tests look at one by one.
extension RequestCourse.Action: Equatable {
  static func == (one: Self, other: Self) -> Bool {
    switch (one, other) {
    case (.none, .none), (.countTokens, .countTokens): true
    case (.reserve(let cost, let waitMax, let isRetry), .reserve(let cost2, let waitMax2, let isRetry2)):
      cost.reserved == cost2.reserved && waitMax == waitMax2 && isRetry == isRetry2
    case (.send(let timeout, let cause), .send(let timeout2, let cause2)): timeout == timeout2 && cause == cause2
    case (.update(let used), .update(let used2)): used == used2
    case (.retry(let outcome, let pause), .retry(let outcome2, let pause2)): outcome == outcome2 && pause == pause2
    case (.pause(let pause), .pause(let pause2)): pause == pause2
    default: false
    }
  }
}

extension RequestCourse.Action {
  static func reserve(tokens: Int64, waitMax: Duration?, isRetry: Bool) -> Self {
    .reserve(Cost(reserved: Amounts(tokens: tokens)), waitMax: waitMax, isRetry: isRetry)
  }

  var charge: RequestCourse.Charge? {
    switch self {
    case .settle(_, let charge, _): charge
    case .resend(_, let charge, _): charge
    default: nil
    }
  }

  /// How long to wait before the next attempt; nil if there is none.
  var pause: Duration? {
    switch self {
    case .retry(_, let pause), .resend(_, _, let pause), .pause(let pause): pause
    default: nil
    }
  }

  var end: RequestCourse.End? {
    switch self {
    case .settle(_, _, let end), .giveUp(_, _, let end): end
    default: nil
    }
  }
}
