import Testing

@testable import AWSClient

/// Which way a request takes.
struct RouteTests {
  private let proxies = ProxySettings(environment: [
    "HTTPS_PROXY": "http://secure.test:1", "http_proxy": "plain.test:2", "NO_PROXY": "direct.test,10.0.0.0/8,[::1]:99",
  ])

  @Test(arguments: [
    ("https", "aws.test", "tunnel secure.test:1"), ("https", "aws.test:8443", "tunnel secure.test:1"),
    ("http", "aws.test", "forward plain.test:2"), ("http", "127.0.0.1:8080", "forward plain.test:2"),
    ("https", "a.direct.test", "direct"), ("http", "10.9.8.7:1", "direct"), ("http", "[::1]:99", "direct"),
    ("http", "[::1]:98", "forward plain.test:2"),
  ])
  func ways(scheme: String, authority: String, way: String) throws {
    let route = try Route(scheme: scheme, authority: authority, through: proxies)
    switch route {
    case .direct: #expect(way == "direct")
    case .tunnel(let proxy): #expect(way == "tunnel \(proxy.address)")
    case .forward(let proxy): #expect(way == "forward \(proxy.address)")
    }
  }

  /// SOCKS carries bytes and reads no requests.
  @Test func socksForwardsNothing() throws {
    let proxies = ProxySettings(environment: ["http_proxy": "socks5://s"])
    let route = try Route(scheme: "http", authority: "a.test", through: proxies)
    #expect(route == .tunnel(try Proxy("socks5://s", variable: "http_proxy")))
  }

  @Test func withoutVariablesEverythingIsDirect() throws {
    #expect(try Route(scheme: "https", authority: "a.test", through: ProxySettings(environment: [:])) == .direct)
  }

  @Test(arguments: [("a", "a", nil), ("a:1", "a", 1), ("[::1]", "::1", nil), ("[::1]:8", "::1", 8)])
  func authorities(text: String, host: String, port: Int?) {
    let (foundHost, foundPort) = Route.split(text)
    #expect(foundHost == host && foundPort == port)
  }

  /// A connection for a forwarded request leads to the proxy.
  @Test func whatTheURLNames() throws {
    let proxy = try Proxy("http://p:1", variable: "x")
    #expect(Destination(scheme: "http", authority: "a:8", route: .forward(proxy)).base == "http://p:1")
    #expect(Destination(scheme: "https", authority: "a:8", route: .tunnel(proxy)).base == "https://a:8")
    let other = Destination(scheme: "https", authority: "[::1]", route: .direct)
    #expect(other.base == "https://[::1]" && other.host == "::1" && other.port == 443)
  }
}
