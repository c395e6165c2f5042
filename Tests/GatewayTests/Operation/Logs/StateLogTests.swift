import BedrockQuotas
import Logging
import Synchronization
import Testing

@testable import Gateway

@Suite struct StateLogTests {
  /// Keeps what is logged.
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    var log: StateLog { StateLog(Logger(label: "test") { _ in Handler(lines: self) }) }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      lines.add(([event.level.rawValue] + values).joined(separator: " "))
    }
  }

  @Test func credentialsAreSaidWhenTheyChange() {
    let lines = Lines()
    let log = lines.log
    log.credentials(of: "own", problem: nil)
    for _ in 0..<3 {
      log.credentials(of: "own", problem: "expired")
      log.credentials(of: "research", problem: "denied")
    }
    log.credentials(of: "own", problem: nil)
    log.credentials(of: "own", problem: nil)
    #expect(
      lines.all == ["error account=own problem=expired", "error account=research problem=denied", "notice account=own"])
  }

  @Test func quotasThatCannotBeReadAreSaidOnce() {
    let lines = Lines()
    let log = lines.log
    log.quotas(of: "own", region: "us-east-1", problem: nil)
    for _ in 0..<3 {
      log.quotas(of: "own", region: "us-east-1", problem: "denied")
      log.quotas(of: "research", region: "us-east-1", problem: nil)
    }
    log.quotas(of: "own", region: "us-east-1", problem: nil)
    #expect(lines.all == ["error account=own problem=denied", "notice account=own region=us-east-1"])
  }

  /// Of an account that is known to have no credentials, its requests say nothing new.
  @Test func refusalsAreSaidOnceAMinuteForEachAccount() {
    let lines = Lines()
    let log = lines.log
    log.credentials(of: "research", problem: "denied")
    for second in [0, 1, 10, 61] as [Int64] {
      for account in ["own", "research", "other"] { log.refusedByAWS("no", account: account, atSeconds: second) }
    }
    log.refusedByAWS("another", account: "own", atSeconds: 70)
    let own = "error account=own problem=no"
    let other = "error account=other problem=no"
    #expect(
      lines.all == ["error account=research problem=denied", own, other, own, other, "error account=own problem=another"])
  }

  private static func pool(_ id: String, account: String = "own", in region: String = "us-east-1") -> PoolLabel {
    PoolLabel(account: account, region: region, endpoint: .runtime, id: id)
  }

  /// A storm of throttles is one line a minute, and says how many were left out.
  @Test func throttlesAreSaidOnceAMinute() {
    let lines = Lines()
    let log = lines.log
    for second in [0, 1, 59, 60, 61] { log.throttledUnforeseen(Self.pool("a"), atSeconds: Int64(second)) }
    log.throttledUnforeseen(Self.pool("b"), atSeconds: 61)
    // The same id elsewhere is another pool.
    log.throttledUnforeseen(Self.pool("a", in: "us-west-2"), atSeconds: 61)
    log.throttledUnforeseen(Self.pool("b", account: "research"), atSeconds: 61)
    #expect(
      lines.all == [
        "warning account=own endpoint=runtime pool=a region=us-east-1",
        "warning account=own before=2 endpoint=runtime pool=a region=us-east-1",
        "warning account=own endpoint=runtime pool=b region=us-east-1",
        "warning account=own endpoint=runtime pool=a region=us-west-2",
        "warning account=research endpoint=runtime pool=b region=us-east-1",
      ])
  }

  @Test func strangePoolsShareALine() {
    let lines = Lines()
    let log = lines.log
    for index in 0..<2_000 { log.throttledUnforeseen(Self.pool("\(index)"), atSeconds: 0) }
    #expect(lines.all.count == 501)
  }

  @Test func aReloadSaysWhatWaitsForTheNextStart() {
    let lines = Lines()
    let log = lines.log
    log.configurationReloaded(file: "g.yaml", kept: ["tls has changed."])
    log.configurationRefused(file: "g.yaml", problems: ["g.yaml:1: a", "g.yaml:2: b"])
    #expect(lines.all == ["warning file=g.yaml", "notice file=g.yaml", "error", "error", "error file=g.yaml"])
  }

  /// Each Region has a problem of its own.
  @Test func regionsAreToldApart() {
    let lines = Lines()
    let log = lines.log
    for _ in 0..<2 {
      log.quotas(of: "own", region: "us-east-1", problem: nil)
      log.quotas(of: "own", region: "us-west-2", problem: "denied")
    }
    #expect(lines.all == ["error account=own problem=denied"])
  }
}
