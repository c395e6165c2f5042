import AWSWire
import Foundation
import Testing

@testable import AWSClient

/// Who fetches, who waits and who goes on, by the clock.
struct CredentialRefreshTests {
  private let start = Date(timeIntervalSince1970: 1_000_000)

  private func credentials(_ name: String = "A", minutes: Double? = 60) -> Credentials {
    Credentials(accessKeyID: name, secretAccessKey: "s", expiration: minutes.map { start + $0 * 60 })
  }

  /// A state that has fetched credentials of an hour at the start.
  private func fetched(_ credentials: Credentials? = nil) -> CredentialRefresh {
    var refresh = CredentialRefresh()
    #expect(refresh.ask(at: start) == .fetch)
    refresh.succeeded(credentials ?? self.credentials(), at: start)
    return refresh
  }

  @Test func theFirstCallerFetchesAndTheOthersWait() {
    var refresh = CredentialRefresh()
    #expect(refresh.ask(at: start) == .fetch)
    #expect(refresh.ask(at: start) == .wait)
    refresh.succeeded(credentials(), at: start)
    #expect(refresh.ask(at: start) == .serve(credentials()))
  }

  @Test(arguments: [
    (0.0, false, false), (44.9, false, false), (45.0, true, false), (49.9, true, false), (50.0, true, true), (59.9, true, true),
    (60.0, true, true),
  ])
  func theWindowsOfAnHour(minute: Double, isFetched: Bool, isAwaited: Bool) {
    var refresh = fetched()
    let now = start + minute * 60
    let old = CredentialRefresh.Action.serve(credentials())
    #expect(refresh.ask(at: now) == (isFetched ? .fetch : old))
    #expect(refresh.ask(at: now) == (isAwaited ? .wait : old), "the others, meanwhile")
  }

  @Test func credentialsOfFiveMinutesAreNotFetchedForEachCall() {
    let short = credentials(minutes: 5)
    var refresh = fetched(short)
    #expect(refresh.ask(at: start + 120) == .serve(short))
    #expect(refresh.ask(at: start + 151) == .fetch)
    #expect(refresh.ask(at: start + 151) == .serve(short))
    #expect(refresh.ask(at: start + 201) == .wait)
  }

  @Test func withoutAnEndTheyServeForEver() {
    var refresh = fetched(credentials(minutes: nil))
    #expect(refresh.ask(at: .distantFuture) == .serve(credentials(minutes: nil)))
  }

  @Test func aFailureCostsNothingBeforeTheEndAndIsTriedAgain() {
    var refresh = fetched()
    let now = start + 55 * 60
    #expect(refresh.ask(at: now) == .fetch)
    #expect(refresh.failed(at: now) == credentials())
    #expect(refresh.ask(at: now) == .serve(credentials()))
    #expect(refresh.ask(at: now + 9) == .serve(credentials()))
    #expect(refresh.ask(at: now + 10) == .fetch)
    refresh.succeeded(credentials("B", minutes: 120), at: now + 11)
    #expect(refresh.ask(at: now + 11) == .serve(credentials("B", minutes: 120)))
  }

  @Test func aFailureAfterTheEndIsEverybodysAndDoesNotStick() {
    var refresh = fetched()
    let now = start + 60 * 60
    #expect(refresh.ask(at: now) == .fetch)
    #expect(refresh.failed(at: now) == nil)
    #expect(refresh.ask(at: now) == .fetch)
  }

  @Test func whoGoesAwayLeavesTheFetchToAnother() {
    var refresh = CredentialRefresh()
    #expect(refresh.ask(at: start) == .fetch)
    refresh.abandoned()
    #expect(refresh.ask(at: start) == .fetch)
  }

  @Test func aSourceWithoutOthersIsNotAskedForEachRefusal() {
    var refresh = fetched()
    refresh.refused(credentials(), at: start)
    #expect(refresh.ask(at: start) == .fetch)
    refresh.succeeded(credentials(), at: start)
    refresh.refused(credentials(), at: start + 9)
    #expect(refresh.ask(at: start + 9) == .serve(credentials()))
    refresh.refused(credentials(), at: start + 10)
    #expect(refresh.ask(at: start + 10) == .fetch)
  }

  @Test func whatAWSRefusesIsNotServedAgain() {
    var refresh = fetched()
    refresh.refused(credentials("of long ago"), at: start)
    #expect(refresh.ask(at: start) == .serve(credentials()))
    refresh.refused(credentials(), at: start)
    #expect(refresh.ask(at: start) == .fetch)
    #expect(refresh.ask(at: start) == .wait)
    #expect(refresh.failed(at: start) == nil, "they have ended, whatever their end says")
  }
}
