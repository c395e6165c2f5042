import AWSWire
import AdmissionControl
import Testing

@testable import Bedquota

/// What becomes of a request, event by event: no server, no clock, no sleeping.
struct RequestCourseTests {
  // MARK: - One reply

  @Test func aReplyIsSettledWithWhatItUsed() {
    var run = CourseRun(metering: .runtime(burndown: 5))
    #expect(run.begin() == .reserve(tokens: 126, waitMax: nil, isRetry: false))
    #expect(run.granted(after: .seconds(3)) == .send(timeout: nil))
    run.course.headArrived()
    let usage = TokenUsage(input: 3, output: 40, cacheRead: 7, cacheWrite: 2)
    let end = run.replied(usage, outputBytes: 160, after: .seconds(2))
    #expect(end.outcome == .completed(Amounts(tokens: 3 + 2 + 5 * 40)))
    #expect(end.charge == .init(usage: usage, quotaTokens: 205, isEstimate: false))
    #expect(end.end?.result == .succeeded && end.end?.usage == usage && end.end?.error == nil)
    #expect(end.end?.waited == .seconds(3) && end.end?.took == .seconds(5) && end.end?.attempts == 1)
  }

  @Test func aReplyThatDoesNotSayIsEstimatedByItsBytes() {
    var run = CourseRun()
    run.sendFirst()
    run.course.headArrived()
    let end = run.replied(nil, outputBytes: 400)
    #expect(end.charge?.isEstimate == true && end.end?.usage == nil)
    // Four bytes of text for a token, of the request as of the reply.
    #expect(end.outcome == .completed(Amounts(tokens: Int64(CourseRun.inputBytes / 4 + 100))))
  }

  @Test func tokensAreCountedFirstWhereAskedFor() {
    var run = CourseRun(countsTokens: true)
    #expect(run.begin() == .countTokens)
    #expect(run.counted(7) == .reserve(tokens: 107, waitMax: nil, isRetry: false))
    var uncounted = CourseRun(countsTokens: true)
    #expect(uncounted.begin() == .countTokens)
    #expect(uncounted.counted(nil) == .reserve(tokens: 126, waitMax: nil, isRetry: false))
  }

  // MARK: - Attempts that fail

  struct Failure: CustomTestStringConvertible, Sendable {
    var name: String
    var error: any Error
    /// What the attempt is settled with.
    var outcome: Outcome
    /// nil: it is not sent again.
    var pause: Duration?
    /// Whether the service has the request whole, as far as is known.
    var wasSentWhole = true
    /// Whether the service had no room for it, so that the next attempt is a retry to the limiter.
    var hadNoRoom: Bool {
      let throttles: [Outcome] = [.requests, .tokens, .unknown].map { .throttled($0) }
      return throttles.contains(outcome) || outcome == .capacity
    }
    var testDescription: String { name }

    /// By a request whose input is 8 tokens of text, where no reply has told how much output is usual.
    static let lost = Outcome.failed(used: Amounts(tokens: Int64(CourseRun.inputBytes / 4)))

    static let all: [Failure] = [
      Failure(
        name: "requests", error: service(429, "Too many requests, slow down"), outcome: .throttled(.requests), pause: .zero),
      Failure(name: "tokens", error: service(429, "Too many tokens, wait"), outcome: .throttled(.tokens), pause: .zero),
      Failure(name: "429 without words", error: service(429, ""), outcome: .throttled(.unknown), pause: .zero),
      Failure(
        name: "tokens per day", error: service(429, "Too many tokens per day, wait"), outcome: .throttled(.tokensPerDay),
        pause: nil),
      Failure(name: "503", error: service(503, "", "ServiceUnavailableException"), outcome: .capacity, pause: .milliseconds(250)),
      Failure(name: "500", error: service(500, "", "SomethingNew"), outcome: .capacity, pause: .milliseconds(250)),
      Failure(
        name: "model timeout", error: service(408, "", "ModelTimeoutException"), outcome: .failed(used: .zero),
        pause: .milliseconds(250)),
      Failure(
        name: "quota exceeded", error: service(400, "resubmit later", "ServiceQuotaExceededException"), outcome: .capacity,
        pause: .milliseconds(250)),
      Failure(name: "denied", error: service(403, "", "AccessDeniedException"), outcome: .failed(used: .zero), pause: nil),
      Failure(name: "connection", error: AWSClientError(.transport, "broke"), outcome: lost, pause: nil, wasSentWhole: false),
      Failure(
        name: "no connection", error: transport(.unsent), outcome: .failed(used: .zero), pause: .milliseconds(250),
        wasSentWhole: false),
      Failure(
        name: "no file", error: transport(.exhausted), outcome: .cancelled, pause: .milliseconds(250), wasSentWhole: false),
      Failure(name: "timeout", error: AWSClientError(.timeout, "silent"), outcome: lost, pause: nil, wasSentWhole: false),
      Failure(name: "no reply", error: AWSClientError(.response, "HTML"), outcome: lost, pause: nil, wasSentWhole: false),
      Failure(
        name: "no credentials", error: AWSClientError(.credentials, "none"), outcome: .failed(used: .zero), pause: nil,
        wasSentWhole: false),
      Failure(name: "cancelled", error: CancellationError(), outcome: lost, pause: nil, wasSentWhole: false),
      Failure(
        name: "cancelled before it was sent", error: UnsentCancellation(), outcome: .cancelled, pause: nil, wasSentWhole: false),
    ]

    static func transport(_ delivery: AWSClientError.Delivery) -> AWSClientError {
      var error = AWSClientError(.transport, "no connection")
      error.delivery = delivery
      return error
    }

    static func service(_ status: Int, _ message: String, _ code: String = "ThrottlingException") -> AWSClientError {
      AWSClientError(
        .service, message, service: .init(code: code, message: message, status: status, requestID: nil, body: []))
    }
  }

  /// At dice of a half, a pause after the first attempt is a half of half a second.
  @Test(arguments: Failure.all)
  func whatAFailureMeans(failure: Failure) {
    var run = CourseRun()
    run.sendFirst()
    let action = run.failed(failure.error, dice: 0.5)
    #expect(action.outcome == failure.outcome)
    #expect(run.course.wasSentWhole == failure.wasSentWhole)
    guard let pause = failure.pause else {
      #expect(action.end?.result == .failed && action.end?.attempts == 1)
      return
    }
    #expect(action == .retry(failure.outcome, pause: pause))
    #expect(run.resumed(after: pause) == .reserve(tokens: 126, waitMax: nil, isRetry: failure.hadNoRoom))
  }

  @Test func throttledThenSuccess() {
    var run = CourseRun()
    run.sendFirst()
    #expect(run.failed(Failure.all[0].error) == .retry(.throttled(.requests), pause: .zero))
    #expect(run.resumed() == .reserve(tokens: 126, waitMax: nil, isRetry: true))
    #expect(run.granted(after: .seconds(10)) == .send(timeout: nil, after: .failure))
    #expect(!run.course.wasSentWhole)
    run.course.headArrived()
    let end = run.replied(TokenUsage(input: 3, output: 4))
    #expect(end.outcome == .completed(Amounts(tokens: 7)) && end.end?.attempts == 2 && end.end?.waited == .seconds(10))
  }

  @Test func theLastAttemptGivesTheErrorToTheCaller() {
    var run = CourseRun(attemptsMax: 2)
    run.sendFirst()
    #expect(run.failed(Failure.service(503, "", "x")) == .retry(.capacity, pause: .milliseconds(250)))
    _ = run.resumed()
    _ = run.granted()
    let action = run.failed(Failure.service(503, "", "x"))
    #expect(action.outcome == .capacity)
    #expect((action.end?.error as? AWSClientError)?.service?.status == 503 && action.end?.attempts == 2)
  }

  /// Half a second, doubled, up to sixteen; the dice decide how much of it.
  @Test(arguments: [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 16), (90, 16)])
  func pausesGrow(attempts: Int, seconds: Double) {
    let failure = InvocationFailure(AWSClientError(.transport, "broke"))
    #expect(failure.pause(after: attempts, dice: 1) == .seconds(seconds))
    #expect(failure.pause(after: attempts, dice: 0) == .zero)
    #expect(failure.pause(after: attempts, dice: 0.5) == .seconds(seconds / 2))
  }

  @Test func aReplyThatBreaksAfterItsHeadWasSentWhole() {
    var run = CourseRun()
    run.sendFirst()
    run.course.headArrived()
    let action = run.failed(AWSClientError(.transport, "broke"), dice: 0)
    #expect(action.outcome == Failure.lost && action.pause == nil && action.charge?.isLost == true)
    #expect(run.course.wasSentWhole)
  }

  // MARK: - Deadlines, refusals, cancellation

  @Test func aDeadlineCountsAllTheWaiting() {
    var run = CourseRun(deadline: .seconds(10))
    #expect(run.begin() == .reserve(tokens: 126, waitMax: .seconds(10), isRetry: false))
    #expect(run.granted(after: .seconds(4)) == .send(timeout: .seconds(6)))
    #expect(run.failed(Failure.all[0].error, after: .seconds(5)) == .retry(.throttled(.requests), pause: .zero))
    #expect(run.resumed(after: .seconds(3)) == .reserve(tokens: 126, waitMax: .zero, isRetry: true))
    let end = run.stopped(Refusal.expired)
    #expect(end.end?.result == .refused && end.outcome == nil && end.end?.attempts == 1)
  }

  @Test func aRefusalIsCountedAsOne() {
    var run = CourseRun()
    _ = run.begin()
    let end = run.stopped(Refusal.draining, after: .seconds(2)).end
    #expect(end?.result == .refused && end?.error is Refusal && end?.waited == .seconds(2) && end?.attempts == 0)
  }

  @Test(arguments: ["waiting", "counting", "pausing"])
  func cancelledWithoutAReservation(state: String) {
    var run = CourseRun(countsTokens: state == "counting")
    if state == "pausing" {
      run.sendFirst()
      _ = run.failed(Failure.transport(.unsent))
    } else {
      _ = run.begin()
    }
    let action = run.stopped(CancellationError())
    #expect(action.outcome == nil && action.end?.result == .failed && action.end?.error is CancellationError)
    // Whatever comes later changes nothing.
    #expect(run.granted() == .none && run.resumed() == .none && run.stopped(Refusal.draining) == .none)
  }

  // MARK: - Streams

  @Test func aStreamIsUpdatedAndSettled() {
    var run = CourseRun(metering: .runtime(burndown: 5))
    run.openStream()
    #expect(run.course.eventArrived(bytes: 0, usage: nil) == .none)
    #expect(run.course.eventArrived(bytes: 40, usage: nil) == .update(Amounts(tokens: Int64(CourseRun.inputBytes / 4 + 50))))
    #expect(run.course.eventArrived(bytes: 40, usage: nil) == .update(Amounts(tokens: Int64(CourseRun.inputBytes / 4 + 100))))
    #expect(run.course.eventArrived(bytes: 0, usage: TokenUsage(input: 9, output: 20)) == .none)
    let end = run.streamEnded()
    #expect(end.outcome == .completed(Amounts(tokens: 109)) && end.end?.result == .succeeded)
    #expect(run.streamEnded() == .none && run.streamBroke(CancellationError()) == .none)
  }

  @Test func aStreamThatBreaksCostsWhatCame() {
    var run = CourseRun()
    run.openStream()
    _ = run.course.eventArrived(bytes: 400, usage: nil)
    let end = run.streamBroke(AWSClientError(.transport, "broke"))
    #expect(end.outcome == .failed(used: Amounts(tokens: Int64(CourseRun.inputBytes / 4 + 100))))
    #expect(end.charge?.isLost == true && end.charge?.usage.output == 100)
    #expect(end.end?.result == .failed && end.end?.attempts == 1)
  }

  @Test func aStreamThatBreaksAfterItsUsageIsCharged() {
    var run = CourseRun()
    run.openStream()
    _ = run.course.eventArrived(bytes: 4, usage: TokenUsage(input: 9, output: 20))
    let end = run.streamBroke(AWSClientError(.transport, "broke"))
    #expect(end.outcome == .completed(Amounts(tokens: 29)) && end.charge?.quotaTokens == 29)
    #expect(end.end?.result == .failed)
  }

  /// Its reader left before there was any text: the model may have run.
  @Test func anEmptyStreamThatIsAbandoned() {
    var run = CourseRun()
    run.openStream()
    #expect(run.streamBroke(CancellationError()).outcome == Failure.lost)
  }

  /// A retry would give the caller the beginning twice.
  @Test func aStreamThatHasBegunIsNotSentAgain() {
    var run = CourseRun()
    run.openStream()
    #expect(run.failed(Failure.all[0].error) == .none)
  }
}
