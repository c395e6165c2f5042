import AdmissionControl
import Testing

struct RetryTests {
  private func busy(perAdmission: Double = 0.1, perSecond: Double = 1) -> AdmissionState {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000)])
    configuration.retriesPerAdmission = perAdmission
    configuration.retriesPerSecond = perSecond
    var state = AdmissionState(configuration, at: 0)
    _ = state.lease(.exactly(1_000), at: 0)
    return state
  }

  private func request(retry: Bool, tenant: UInt32 = 0, deadline: Int64? = nil) -> Request {
    Request(cost: .exactly(500), deadline: deadline, tenant: tenant, isRetry: retry)
  }

  @Test func goesBeforeTheOthersOfItsTenantAndNoEarlierThanThereIsRoom() throws {
    var state = busy()
    let others = try (0..<3).map { _ in try state.waiter(request(retry: false), at: 0) }
    let retry = try state.waiter(request(retry: true), at: 0)
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.map(\.id) == [retry] + others)
    #expect(said.admitted.first?.at == second / 2)
  }

  @Test func theBudgetIsTenSecondsAndATenthOfAdmissions() {
    var state = busy()
    for _ in 0..<10 { #expect(state.arrive(request(retry: true), at: 0).waiter != nil) }
    #expect(state.arrive(request(retry: true), at: 0).refusal == .retryBudget)
    #expect(state.arrive(request(retry: true), at: second).waiter != nil)
    #expect(state.arrive(request(retry: true), at: second).refusal == .retryBudget)
    // A first attempt costs no retry.
    #expect(state.arrive(request(retry: false), at: second).waiter != nil)
  }

  @Test func admissionsEarnRetries() {
    var state = busy(perAdmission: 0.5, perSecond: 0)
    for _ in 0..<10 { _ = state.arrive(request(retry: true), at: 0) }
    #expect(state.arrive(request(retry: true), at: 0).refusal == .retryBudget)
    var said = Said()
    state.run(from: 0, to: 3 * second, into: &said)
    #expect(said.admitted.count == 6)
    var allowed = 0
    for _ in 0..<10 where state.arrive(request(retry: true), at: 3 * second).waiter != nil { allowed += 1 }
    #expect(allowed == 3)
  }

  /// A retry that is admitted at once counts too; one that is refused for another reason does not.
  @Test func onlyWhatGoesOnCounts() {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000_000)])
    configuration.retriesPerAdmission = 0.25
    var state = AdmissionState(configuration, at: 0)
    for _ in 0..<20 { #expect(state.arrive(Request(cost: .exactly(60_000_001), isRetry: true), at: 0).refusal != nil) }
    for _ in 0..<20 { #expect(state.arrive(Request(cost: .exactly(-1), isRetry: true), at: 0).refusal == .invalidCost) }
    var allowed = 0
    for _ in 0..<40 where state.arrive(request(retry: true), at: 0).lease != nil { allowed += 1 }
    // Ten, two for those, and one for these.
    #expect(allowed == 13)
  }

  @Test func aRetryWhoseDeadlinePassedIsRefused() {
    var state = busy()
    #expect(state.arrive(request(retry: true, deadline: 0), at: 0).refusal != nil)
    let id = state.arrive(request(retry: true, deadline: second / 4), at: 0).waiter
    var said = Said()
    state.run(from: 0, to: second, into: &said)
    #expect(said.refused.map(\.id) == [id])
  }

  /// Of two retries, the one that came first goes first.
  @Test func retriesKeepTheirOrder() throws {
    var state = busy()
    _ = state.arrive(request(retry: false), at: 0)
    let retries = try (0..<4).map { _ in try state.waiter(request(retry: true), at: 0) }
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.prefix(4).map(\.id) == retries)
  }
}
