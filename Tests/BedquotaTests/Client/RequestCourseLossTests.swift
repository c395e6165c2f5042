import AWSWire
import AdmissionControl
import Testing

@testable import Bedquota

/// What is sent again, how often and for how long: an attempt that may be paid is not one that can't be.
struct RequestCourseLossTests {
  private typealias Failure = RequestCourseTests.Failure
  private let broke = AWSClientError(.transport, "broke")
  private let silent = AWSClientError(.timeout, "silent")

  @Test(arguments: [false, true])
  func aLostConnectionIsSentAgainOnlyIfAllowed(isAllowed: Bool) {
    var run = CourseRun(resendsAfterLoss: isAllowed)
    run.sendFirst()
    run.course.headArrived()
    run.course.partArrived(bytes: 40, usage: nil)
    let action = run.failed(broke)
    // Ten tokens of output have arrived.
    #expect(action.charge?.quotaTokens == Int64(CourseRun.inputBytes / 4 + 10))
    #expect((action.pause != nil) == isAllowed && (action.end == nil) == isAllowed)
    // It adds nothing to the load of a service that had room for it.
    if isAllowed {
      #expect(run.resumed() == .reserve(tokens: 126, waitMax: nil, isRetry: false))
      #expect(run.granted() == .send(timeout: nil, after: .loss))
    }
  }

  /// Each of them may be paid, so their number is bounded whatever the patience.
  @Test func lossesAreBoundedByAttempts() {
    var run = CourseRun(attemptsMax: 3, patience: .seconds(900), resendsAfterLoss: true)
    run.sendFirst()
    for _ in 0..<2 {
      #expect(run.failed(broke).pause != nil)
      _ = run.resumed()
      _ = run.granted()
    }
    #expect(run.failed(broke).end?.attempts == 3)
  }

  @Test(arguments: [false, true])
  func silenceIsNotSentAgainUnlessAllowed(isAllowed: Bool) {
    var run = CourseRun(patience: .seconds(900), resendsAfterLoss: true, resendsAfterTimeout: isAllowed)
    run.sendFirst()
    #expect((run.failed(silent).pause != nil) == isAllowed)
  }

  /// Though a throttle alone would be sent again.
  @Test func whatHasArrivedIsPaidWhateverErrorFollows() {
    var run = CourseRun()
    run.sendFirst()
    run.course.headArrived()
    run.course.partArrived(bytes: 40, usage: nil)
    let action = run.failed(Failure.service(200, "Too many tokens, wait"))
    #expect(action.pause == nil && action.charge?.isLost == true)
  }

  @Test func anAttemptThatCannotBePaidDoesNotCountWhilePatienceLasts() {
    var run = CourseRun(attemptsMax: 1, patience: .seconds(100))
    run.sendFirst()
    for _ in 0..<9 {
      #expect(run.failed(Failure.transport(.unsent), after: .seconds(11)).pause != nil)
      _ = run.resumed()
      _ = run.granted()
    }
    #expect(run.failed(Failure.transport(.unsent), after: .seconds(20)).end?.result == .failed)
  }

  /// Whatever the attempts are: a throttle is a refusal.
  @Test func aThrottledRequestWaitsWhileOthersAreAnswered() {
    var run = CourseRun(attemptsMax: 1)
    run.sendFirst()
    for _ in 0..<30 {
      #expect(
        run.failed(Failure.all[0].error, answeredAgo: .seconds(20), after: .seconds(60))
          == .retry(.throttled(.requests), pause: .zero))
      _ = run.resumed()
      _ = run.granted()
    }
    #expect(run.failed(Failure.all[0].error, answeredAgo: .seconds(301)).end?.result == .failed)
  }

  @Test func theRetryBudgetBoundsLoadAndNotLives() {
    var run = CourseRun()
    run.sendFirst()
    _ = run.failed(Failure.all[0].error)
    _ = run.resumed()
    #expect(run.stopped(Refusal.retryBudget) == .pause(.milliseconds(250)))
    #expect(run.resumed() == .reserve(tokens: 126, waitMax: nil, isRetry: true))
    #expect(run.stopped(Refusal.retryBudget) == .pause(.milliseconds(500)))
    #expect(run.stopped(Refusal.draining).end?.result == .refused)
  }

  /// Waiting beyond the deadline would end with another refusal, which hides why.
  @Test func aRetryWithoutBudgetThatCannotComeInTimeSaysSo() {
    var run = CourseRun(deadline: .seconds(1))
    run.sendFirst()
    _ = run.failed(Failure.all[0].error)
    _ = run.resumed()
    #expect(run.stopped(Refusal.retryBudget) == .pause(.milliseconds(250)))
    _ = run.resumed(after: .milliseconds(250))
    let end = run.stopped(Refusal.retryBudget, after: .milliseconds(300)).end
    #expect(end?.result == .refused && (end?.error as? Refusal)?.code == .retryBudget)
  }

  /// Sent after its deadline, it would be paid and given up at once.
  @Test func whatIsTooLateIsNotSent() {
    var run = CourseRun(deadline: .milliseconds(10))
    _ = run.begin()
    let action = run.granted(after: .seconds(1))
    #expect(action.outcome == .cancelled && action.end?.result == .refused && action.end?.attempts == 0)
    let error = action.end?.error as? AWSClientError
    #expect(error?.message.contains("0.01 s") == true && error?.parameters == ["deadline"])
  }

  @Test func aPauseThatOutlastsTheDeadlineIsNotWaitedFor() {
    var run = CourseRun(deadline: .milliseconds(200))
    run.sendFirst()
    let end = run.failed(Failure.service(503, "", "x"), dice: 1).end
    #expect((end?.error as? AWSClientError)?.service?.status == 503)
  }
}
