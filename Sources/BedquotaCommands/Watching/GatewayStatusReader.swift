import AWSClient
import AWSWire
import ArgumentParser
import Foundation
import Gateway
import HTTPTypes
import Reports

/// Asks a gateway for its `/status`.
struct GatewayStatusReader: Sendable {
  /// A page is small, and comes from memory.
  private static let timeout = Duration.seconds(5)

  private let head: HTTPRequest
  private let transport: any HTTPTransport
  let address: String

  /// - Parameters:
  ///   - endpoint: of the gateway, or of its pages for operators.
  ///   - secret: of operators; nil: none is sent.
  init(_ endpoint: Endpoint, secret: Secret?, transport: any HTTPTransport) {
    address = "\(endpoint.scheme)://\(endpoint.authority)"
    var fields = HTTPFields()
    if let secret { fields[.authorization] = "Bearer \(secret.text)" }
    fields[.accept] = "application/json"
    head = HTTPRequest(
      method: .get, scheme: endpoint.scheme, authority: endpoint.authority, path: "/status", headerFields: fields)
    self.transport = transport
  }

  /// The address that an option gives.
  /// - Throws: `ValidationError`.
  static func endpoint(_ url: String) throws -> Endpoint {
    do {
      let endpoint = try Endpoint(url, from: "--gateway")
      guard ["", "/status"].contains(endpoint.basePath) else {
        throw ValidationError("--gateway takes an address without a path, such as http://127.0.0.1:4000.")
      }
      return endpoint
    } catch let error as AWSClientError {
      throw ValidationError(error.message)
    }
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
        return .failure(
          LiveProblem("The gateway shows its state to operators only: put its admin secret into \(AdminSecret.variable)."))
      case let code: return .failure(LiveProblem("\(address)/status answered with \(code); is a gateway there?"))
      }
    } catch {
      return .failure(LiveProblem(Failure(error)?.message ?? "\(error)"))
    }
  }
}
