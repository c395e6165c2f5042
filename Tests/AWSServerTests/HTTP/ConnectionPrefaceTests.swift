import AWSServer
import Testing

struct ConnectionPrefaceTests {
  private static let http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

  private static func verdicts(_ pieces: [String]) -> [ConnectionPreface.Verdict] {
    var preface = ConnectionPreface()
    return pieces.map { preface.read($0.utf8) }
  }

  @Test(arguments: [
    ("", ConnectionPreface.Verdict.undecided), ("P", .undecided), ("PR", .undecided), ("PO", .http1),
    ("GET / HTTP/1.1\r\n", .http1),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", .undecided), (http2, .http2), (http2 + "\0\0", .http2),
    ("PRI * HTTP/2.0\r\n\r\nSX", .http1),
    ("\u{16}\u{3}\u{1}", .http1),
  ])
  func theFirstBytesDecide(bytes: String, verdict: ConnectionPreface.Verdict) { #expect(Self.verdicts([bytes]) == [verdict]) }

  @Test func theyMayComeOneByOne() {
    let verdicts = Self.verdicts(Self.http2.unicodeScalars.map { String($0) })
    #expect(verdicts.dropLast().allSatisfy { $0 == .undecided } && verdicts.last == .http2)
    #expect(Self.verdicts(["P", "A"]) == [.undecided, .http1])
  }
}
