import AWSClient
import AWSWire
import Foundation
import NIOHTTP1

extension UpstreamRequest {
  /// Refuses what would be another request on the wire: HTTP/2 carries bytes in names and values that HTTP/1.1 ends lines with.
  /// - Throws: ``AWSClientError`` (`configuration`).
  func check() throws(AWSClientError) {
    let isSound =
      Self.isToken(method) && target.utf8.first == UInt8(ascii: "/") && Self.isVisible(target) && Self.isVisible(authority)
      && !authority.isEmpty && (scheme == "https" || scheme == "http")
      && headers.allSatisfy { Self.isToken($0.name) && Self.isValue($0.value) && !Self.isOurs($0.name) }
    guard isSound else {
      var error = AWSClientError(
        .configuration, "The request has a line break or another character that no method, path or header of HTTP/1.1 may have.")
      error.delivery = .unsent
      throw error
    }
  }

  /// The head as it goes to a destination.
  func head(to destination: Destination) -> HTTPRequestHead {
    var fields = HTTPHeaders()
    fields.reserveCapacity(headers.count + 3)
    fields.add(name: "Host", value: authority)
    for (name, value) in headers { fields.add(name: name, value: value) }
    if !body.isEmpty || method == "POST" || method == "PUT" || method == "PATCH" {
      fields.add(name: "Content-Length", value: String(body.count))
    }
    guard case .forward(let proxy) = destination.route else {
      return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target, headers: fields)
    }
    // A proxy that forwards wants the whole URL (RFC 9112, section 3.2.2).
    if let authorization = proxy.authorization { fields.add(name: "Proxy-Authorization", value: "Basic \(authorization)") }
    return HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: method), uri: "http://\(authority)\(target)", headers: fields)
  }

  /// The headers that say where the message ends and where it goes, which the connection adds.
  private static func isOurs(_ name: String) -> Bool {
    switch name.utf8.count {
    case 4, 14, 17: ["host", "content-length", "transfer-encoding"].contains(name.lowercased())
    default: false
    }
  }

  private static func isVisible(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

  /// RFC 9110, section 5.5: what parts of a value may be, but for the bytes above ASCII, which have no meaning there and pass.
  private static func isValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
  }

  /// RFC 9110, section 5.6.2.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
          UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
          true
        default: false
        }
      }
  }
}
