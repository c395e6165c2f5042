import AWSWire
import Foundation
import Testing

@testable import AWSClient

/// What a variable says of a proxy.
struct ProxyTests {
  @Test(arguments: [
    ("http://proxy.test:3128", "proxy.test:3128"), ("proxy.test:3128", "proxy.test:3128"), ("//proxy.test", "proxy.test:80"),
    ("HTTP://Proxy.Test:1/path?x#y", "Proxy.Test:1"), ("http://[::1]:3128", "[::1]:3128"), ("http://[fd00::1]", "[fd00::1]:80"),
    (" http://proxy.test:3128 ", "proxy.test:3128"), ("http://user:pass@proxy.test:1", "proxy.test:1"),
    ("http://proxy.test:", "proxy.test:80"), ("socks5://proxy.test", "proxy.test:1080"),
    ("socks5h://proxy.test:9", "proxy.test:9"),
  ])
  func addresses(text: String, address: String) throws {
    let proxy = try Proxy(text, variable: "HTTPS_PROXY")
    #expect(proxy.address == address && proxy.words == "the proxy \(address) (HTTPS_PROXY)")
    #expect(proxy.kind == (text.hasPrefix("socks") ? .socks : .http))
  }

  @Test(arguments: [
    ("http://user:pass@p", "user:pass"), ("http://us%20er:p%40ss%3A%25@p", "us er:p@ss:%"), ("http://user@p", "user:"),
    ("http://user:a:b@p", "user:a:b"), ("http://user:a@b@p", "user:a@b"), ("http://user:100%@p", "user:100%"),
    ("user:pass@p:1", "user:pass"),
  ])
  func signIns(text: String, pair: String) throws {
    #expect(try Proxy(text, variable: "x").authorization == Data(pair.utf8).base64EncodedString())
  }

  @Test(arguments: [
    "", "http://", "http://:80", "https://secret@p", "ftp://secret@p", "socks4://p", "http://u:secret@", "http://p:0",
    "http://p:65536",
    "http://p:secret", "http://[::1", "http://[::1]x", "http://a b", "socks5://u:secret@p", "http://p%41", "http://::1",
  ])
  func whatIsNoProxyIsRefusedWithoutItsText(text: String) {
    let error = #expect(throws: AWSClientError.self) { try Proxy(text, variable: "HTTPS_PROXY") }
    #expect(error?.code == .configuration && error?.message.hasPrefix("HTTPS_PROXY ") == true)
    #expect(error?.message.contains("secret") == false)
  }

  @Test func noDescriptionHasThePassword() throws {
    let proxy = try Proxy("http://user:sesame@p", variable: "HTTPS_PROXY")
    let network = try NetworkSettings(environment: ["HTTPS_PROXY": "http://user:sesame@p"])
    var dumped = ""
    dump(proxy, to: &dumped)
    dump(network, to: &dumped)
    dump(Route.tunnel(proxy), to: &dumped)
    let texts = [
      dumped, "\(proxy)", "\(network)", String(reflecting: proxy), String(reflecting: network), "\(Route.forward(proxy))",
    ]
    for text in texts {
      #expect(!text.contains("sesame") && !text.contains(proxy.authorization ?? "sesame"), "\(text)")
    }
  }
}
