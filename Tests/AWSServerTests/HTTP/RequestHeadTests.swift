import AWSServer
import NIOHTTP1
import Testing

/// What the head of a request says about its connection, and which heads are refused.
struct RequestHeadTests {
  private static let http2 = HTTPVersion(major: 2, minor: 0)

  private static func head(
    _ version: HTTPVersion = .http1_1, _ method: HTTPMethod = .POST, _ fields: [(String, String)] = [("Host", "a")]
  ) -> RequestHead {
    RequestHead(HTTPRequestHead(version: version, method: method, uri: "/x?y=z", headers: HTTPHeaders(fields)))
  }

  @Test func namesAreInLowerCaseAndValuesAreNot() {
    let request = Self.head(.http1_1, .POST, [("HOST", "A"), ("X-Amz-Date", "D")]).request
    #expect(request.method == "POST" && request.target == "/x?y=z" && request.body.isEmpty)
    #expect(request.headers.map(\.name) == ["host", "x-amz-date"] && request.headers.map(\.value) == ["A", "D"])
  }

  @Test(
    arguments: [
      (.http1_1, [("Host", "a")], nil), (.http1_1, [], 400), (.http1_1, [("Host", "a"), ("host", "a")], 400),
      (.http1_0, [], nil), (.http1_0, [("Host", "a"), ("Host", "b")], 400), (http2, [], 400), (http2, [("host", "a")], nil),
      (.http1_0, [("Transfer-Encoding", "chunked")], 400), (.http1_1, [("Host", "a"), ("Transfer-Encoding", "chunked")], nil),
      (.http1_1, [("Host", "a"), ("Transfer-Encoding", "gzip, chunked")], 400),
      (.http1_1, [("Host", "a"), ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], 400),
      (http2, [("host", "a"), ("content-length", "+3")], 400), (http2, [("host", "a"), ("content-length", "3")], nil),
      (.http1_1, [("Host", "a"), ("Expect", "x")], 417), (.http1_0, [("Expect", "x")], nil),
      (HTTPVersion(major: 1, minor: 2), [("Host", "a")], 400), (HTTPVersion(major: 0, minor: 9), [("Host", "a")], 400),
    ] as [(HTTPVersion, [(String, String)], UInt?)])
  func whatCouldBeReadInTwoWaysIsRefused(version: HTTPVersion, fields: [(String, String)], status: UInt?) {
    #expect(Self.head(version, .POST, fields).refusal?.code == status)
  }

  @Test func http10HasNoExpectations() {
    #expect(Self.head().expectation == .nothing)
    #expect(Self.head(.http1_1, .POST, [("Host", "a"), ("Expect", "100-Continue")]).expectation == .goOn)
    #expect(Self.head(.http1_0, .POST, [("Expect", "100-continue")]).expectation == .nothing)
  }

  @Test func theConnectionIsKeptAsTheVersionHasIt() {
    #expect(Self.head().isKeepAlive)
    #expect(!Self.head(.http1_1, .POST, [("Host", "a"), ("Connection", "close")]).isKeepAlive)
    #expect(!Self.head(.http1_0, .POST, []).isKeepAlive)
    #expect(Self.head(.http1_0, .POST, [("Connection", "keep-alive")]).isKeepAlive)
    // NIO reads nothing after these.
    #expect(!Self.head(.http1_1, .POST, [("Host", "a"), ("Connection", "upgrade"), ("Upgrade", "h2c")]).isKeepAlive)
    #expect(!Self.head(.http1_1, .CONNECT).isKeepAlive)
  }

  @Test func theLengthIsANumber() {
    #expect(Self.head(.http1_1, .POST, [("Host", "a"), ("Content-Length", "12")]).contentLength == 12)
    #expect(Self.head().contentLength == nil)
    #expect(Self.head(.http1_1, .HEAD).isHead && !Self.head().isHead)
  }
}
