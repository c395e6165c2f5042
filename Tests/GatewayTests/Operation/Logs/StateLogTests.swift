import BedrockQuotas
import Testing

@testable import Gateway

@Suite struct StateLogTests {
  @Test func credentialsAreSaidWhenTheyChange() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    log.credentials(of: "own", problem: nil)
    for _ in 0..<3 {
      log.credentials(of: "own", problem: "expired")
      log.credentials(of: "research", problem: "denied")
    }
    log.credentials(of: "own", problem: nil)
    log.credentials(of: "own", problem: nil)
    #expect(
      lines.levels == ["error account=own problem=expired", "error account=research problem=denied", "notice account=own"])
  }

  @Test func quotasThatCannotBeReadAreSaidOnce() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    log.quotas(of: "own", region: "us-east-1", problem: nil)
    for _ in 0..<3 {
      log.quotas(of: "own", region: "us-east-1", problem: "denied")
      log.quotas(of: "research", region: "us-east-1", problem: nil)
    }
    log.quotas(of: "own", region: "us-east-1", problem: nil)
    #expect(lines.levels == ["error account=own problem=denied", "notice account=own region=us-east-1"])
  }

  /// Of an account that is known to have no credentials, its requests say nothing new.
  @Test func refusalsAreSaidOnceAMinuteForEachAccount() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    log.credentials(of: "research", problem: "denied")
    for second in [0, 1, 10, 61] as [Int64] {
      for account in ["own", "research", "other"] { log.refusedByAWS("no", account: account, atSeconds: second) }
    }
    log.refusedByAWS("another", account: "own", atSeconds: 70)
    let own = "error account=own problem=no"
    let other = "error account=other problem=no"
    #expect(
      lines.levels == ["error account=research problem=denied", own, other, own, other, "error account=own problem=another"])
  }

  private static func pool(_ id: String, account: String = "own", in region: String = "us-east-1") -> PoolLabel {
    PoolLabel(account: account, region: region, endpoint: .runtime, id: id)
  }

  /// A storm of throttles is one line a minute, and says how many were left out.
  @Test func throttlesAreSaidOnceAMinute() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    for second in [0, 1, 59, 60, 61] { log.throttledUnforeseen(Self.pool("a"), atSeconds: Int64(second)) }
    log.throttledUnforeseen(Self.pool("b"), atSeconds: 61)
    // The same id elsewhere is another pool.
    log.throttledUnforeseen(Self.pool("a", in: "us-west-2"), atSeconds: 61)
    log.throttledUnforeseen(Self.pool("b", account: "research"), atSeconds: 61)
    #expect(
      lines.levels == [
        "warning account=own endpoint=runtime pool=a region=us-east-1",
        "warning account=own before=2 endpoint=runtime pool=a region=us-east-1",
        "warning account=own endpoint=runtime pool=b region=us-east-1",
        "warning account=own endpoint=runtime pool=a region=us-west-2",
        "warning account=research endpoint=runtime pool=b region=us-east-1",
      ])
  }

  @Test func strangePoolsShareALine() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    for index in 0..<2_000 { log.throttledUnforeseen(Self.pool("\(index)"), atSeconds: 0) }
    #expect(lines.levels.count == 501)
  }

  @Test func aReloadSaysWhatWaitsForTheNextStart() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    log.configurationReloaded(file: "g.yaml", kept: ["tls has changed."])
    log.configurationRefused(file: "g.yaml", problems: ["g.yaml:1: a", "g.yaml:2: b"])
    #expect(lines.levels == ["warning file=g.yaml", "notice file=g.yaml", "error", "error", "error file=g.yaml"])
  }

  /// Each Region has a problem of its own.
  @Test func regionsAreToldApart() {
    let lines = CollectedLog()
    let log = StateLog(lines.logger)
    for _ in 0..<2 {
      log.quotas(of: "own", region: "us-east-1", problem: nil)
      log.quotas(of: "own", region: "us-west-2", problem: "denied")
    }
    #expect(lines.levels == ["error account=own problem=denied"])
  }
}
