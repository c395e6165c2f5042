import AWSClient
import AWSWire
import Foundation
import HTTPTypes
import Reports

/// Asks a gateway for its `/status`.
struct GatewayStatusReader: Sendable {
  /// A page is small, and comes from memory.
  private static let timeout = Duration.seconds(5)

  private let head: HTTPRequest
  private let transport: any HTTPTransport
  /// As the user gave it, without what may be secret.
  let address: String

  /// - Parameters:
  ///   - url: of the gateway or of its pages for operators, checked by ``isValid(_:)``.
  ///   - secret: of operators; nil: none is sent.
  init?(_ url: String, secret: String?, transport: any HTTPTransport) {
    guard let parts = Self.parts(url) else { return nil }
    address = "\(parts.scheme)://\(parts.authority)"
    var fields = HTTPFields()
    if let secret { fields[.authorization] = "Bearer \(secret)" }
    fields[.accept] = "application/json"
    head = HTTPRequest(
      method: .get, scheme: parts.scheme, authority: parts.authority, path: "/status", headerFields: fields)
    self.transport = transport
  }

  static func isValid(_ url: String) -> Bool { parts(url) != nil }

  /// A user name or a password in a URL is seen by every user of the machine, so neither is taken.
  private static func parts(_ url: String) -> (scheme: String, authority: String)? {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, ["", "/", "/status"].contains(parts.path),
      parts.query == nil
    else { return nil }
    return (scheme, parts.port.map { "\(host):\($0)" } ?? host)
  }

  func read() async -> Result<LiveStatus, LiveProblem> {
    do {
      let reply = try await transport.send(AWSHTTPRequest(head: head, body: Data()), timeout: Self.timeout)
      switch reply.head.status.code {
      case 200:
        guard let status = try? LiveStatus(json: reply.body) else {
          return .failure(LiveProblem("\(address) has a /status that is not a gateway's."))
        }
        return .success(status)
      case 401, 403:
        let variable = ServeCommand.secretVariable
        return .failure(LiveProblem("The gateway shows its state to operators only: put its admin secret into \(variable)."))
      case let code: return .failure(LiveProblem("\(address)/status answered with \(code); is a gateway there?"))
      }
    } catch {
      return .failure(LiveProblem(Failure(error)?.message ?? "\(error)"))
    }
  }
}
