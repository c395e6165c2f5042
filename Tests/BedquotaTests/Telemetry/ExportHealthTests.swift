import Bedquota
import Testing

struct ExportHealthTests {
  private static let well = ExportOutcome.delivered(rejected: 0, message: nil)
  private static let away = ExportOutcome.away(problem: "connection refused")
  private static let partial = ExportOutcome.delivered(rejected: 2, message: "too old")

  private func texts(_ outcomes: [ExportOutcome], _ signal: ExportHealth.Signal = .traces) -> [String?] {
    var health = ExportHealth(signal, place: "http://c")
    return outcomes.map { health.note($0, items: 10)?.text }
  }

  @Test func whatIsWellIsNotTold() { #expect(texts([Self.well, Self.well]) == [nil, nil]) }

  @Test func eachChangeIsToldOnce() {
    #expect(
      texts([Self.away, Self.away, .away(problem: "other"), .later(.seconds(9), problem: "x"), Self.well, Self.well, Self.away])
        == [
          "Traces can't be sent to http://c, and are dropped: connection refused.", nil, nil, nil,
          "Traces are sent to http://c again; 30 spans were lost.", nil,
          "Traces can't be sent to http://c, and are dropped: connection refused.",
        ])
  }

  @Test func metricsAreNotLost() {
    #expect(
      texts([Self.away, Self.well], .metrics) == [
        "Metrics can't be sent to http://c: connection refused.", "Metrics are sent to http://c again.",
      ])
  }

  @Test func refusalsAreToldByStatus() {
    #expect(
      texts([
        .refused(status: 401, message: nil), .refused(status: 401, message: "a"), .refused(status: 400, message: "bad."),
        .cancelled,
      ])
        == [
          "http://c refuses traces with status 401.", nil, "http://c refuses traces with status 400: bad.", nil,
        ])
  }

  @Test func partialSuccessIsTold() {
    #expect(
      texts([Self.partial, Self.partial, Self.well]) == [
        "http://c left out 2 of the traces that it was sent: too old.", nil,
        "Traces are sent to http://c again; 4 spans were lost.",
      ])
    #expect(texts([.delivered(rejected: 0, message: "slow down")]) == ["http://c warns about traces: slow down."])
  }

  @Test func aFullQueueIsToldOnce() {
    var health = ExportHealth(.traces, place: "http://c")
    #expect([0, 5, 5, 0, 1].map { health.note(dropped: $0) != nil } == [false, true, false, false, true])
  }
}
