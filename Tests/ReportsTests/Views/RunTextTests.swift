import BedrockQuotas
import Reports
import Testing

@testable import Bedquota

/// What a run says at its end.
struct RunTextTests {
  private func summary(_ progress: BatchRun.Progress, records: Int = 10, isInterrupted: Bool = false) -> RunSummary {
    let resolution = Resolution(id: "m", scope: .onDemand, status: .unknown)
    return RunSummary(
      progress, ClientStatistics(), scopes: [RunScope(resolution, ClientStatistics())], records: records, seconds: 1,
      isInterrupted: isInterrupted)
  }

  private func progress(succeeded: Int = 0, failed: Int = 0, done: Int = 0, failedBefore: Int = 0, reason: String? = nil)
    -> BatchRun.Progress
  {
    var progress = BatchRun.Progress()
    (progress.succeeded, progress.failed, progress.done) = (succeeded, failed, done)
    (progress.failedBefore, progress.reason) = (failedBefore, reason)
    return progress
  }

  @Test func aWholeRunIsASuccess() {
    #expect(RunText.failure(summary(progress(succeeded: 6, done: 4)), allowsFailures: false) == nil)
  }

  @Test func failuresAreCounted() {
    let found = summary(progress(succeeded: 5, failed: 1, done: 4, failedBefore: 1))
    #expect(
      RunText.failure(found, allowsFailures: false)
        == "2 records have an error for a result; retryFailed sends them again, allowFailures accepts them.")
    #expect(RunText.failure(found, allowsFailures: true) == nil)
    #expect(found.left == 0)
  }

  @Test func anEarlyEndHasAReason() {
    let found = summary(progress(succeeded: 3, reason: "The token is expired"))
    #expect(
      RunText.failure(found, allowsFailures: true)
        == "The run has ended early: The token is expired. 7 records are left; resume sends them.")
  }

  @Test(
    arguments: [
      (0, 0, nil),
      (1, 0, "bedquota: aborted: 1 result that is not on disk is lost. resume sends its record again, and pays again."),
      (0, 1, "bedquota: aborted: 1 request in flight may be paid. resume sends its record again, and pays again."),
      (
        1_200, 3,
        "bedquota: aborted: 1,200 results that are not on disk are lost; 3 requests in flight may be paid. resume sends their records again, and pays again."
      ),
    ] as [(Int, Int, String?)])
  func anAbortSaysWhatItLoses(unwritten: Int, inFlight: Int, expected: String?) {
    #expect(RunText.aborted(unwritten: unwritten, inFlight: inFlight) == expected)
  }

  @Test func whatIsLeftIsNoSuccess() {
    let found = progress(succeeded: 9)
    #expect(
      RunText.failure(summary(found), allowsFailures: true) == "The run has ended early. 1 record is left; resume sends it.")
    #expect(RunText.failure(summary(found, isInterrupted: true), allowsFailures: true) == nil)
    #expect(
      RunText.summary(summary(found, isInterrupted: true), outputFile: "o").hasSuffix("Interrupted, 1 left; resume with resume."))
  }
}
