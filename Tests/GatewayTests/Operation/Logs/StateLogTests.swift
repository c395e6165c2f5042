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
    log.credentials(problem: nil)
    for _ in 0..<3 { log.credentials(problem: "expired") }
    log.credentials(problem: nil)
    log.credentials(problem: nil)
    #expect(lines.all == ["error problem=expired", "notice"])
  }

  @Test func quotasThatCannotBeReadAreSaidOnce() {
    let lines = Lines()
    let log = lines.log
    log.quotas(of: "us-east-1", problem: nil)
    for _ in 0..<3 { log.quotas(of: "us-east-1", problem: "denied") }
    log.quotas(of: "us-east-1", problem: nil)
    #expect(lines.all == ["error problem=denied", "notice region=us-east-1"])
  }

  /// A storm of throttles is one line a minute, and says how many were left out.
  @Test func throttlesAreSaidOnceAMinute() {
    let lines = Lines()
    let log = lines.log
    for second in [0, 1, 59, 60, 61] { log.throttledUnforeseen(Self.pool("a"), atSeconds: Int64(second)) }
    log.throttledUnforeseen(Self.pool("b"), atSeconds: 61)
    // The same id elsewhere is another pool.
    log.throttledUnforeseen(Self.pool("a", in: "us-west-2"), atSeconds: 61)
    #expect(
      lines.all == [
        "warning endpoint=runtime pool=a region=us-east-1", "warning before=2 endpoint=runtime pool=a region=us-east-1",
        "warning endpoint=runtime pool=b region=us-east-1", "warning endpoint=runtime pool=a region=us-west-2",
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
      log.quotas(of: "us-east-1", problem: nil)
      log.quotas(of: "us-west-2", problem: "denied")
    }
    #expect(lines.all == ["error problem=denied"])
  }

  private static func pool(_ id: String, in region: String = "us-east-1") -> PoolSeriesKey {
    PoolSeriesKey(region: region, endpoint: .runtime, id: id)
  }
}
