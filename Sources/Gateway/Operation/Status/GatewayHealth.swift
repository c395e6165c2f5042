package import AWSServer
import Foundation

/// Whether the gateway lives and takes requests, for Kubernetes and load balancers.
///
/// It is live for as long as it answers: a restart heals nothing that AWS lacks. It is ready when it has credentials, has read the
/// quotas once, and is not ending.
package struct GatewayHealth: Sendable, Equatable {
  package enum Page: Sendable { case live, ready, health }

  /// nil: there are credentials. Otherwise why there are none, in one line without secrets.
  package var credentialsProblem: String? = "Credentials were not asked for yet."
  /// Why quotas can't be read; nil: they can, or nobody tried yet.
  package var quotasProblem: String?
  /// Whether quotas are known. Old ones are better than none, so this never turns back.
  package private(set) var hasQuotas = false
  package private(set) var isDraining = false

  package init() {}

  package mutating func quotasWereRead() { hasQuotas = true }
  package mutating func drainingBegan() { isDraining = true }

  package var notReadyReason: String? {
    if isDraining { return "The gateway is ending." }
    if let problem = credentialsProblem.map(Self.line) {
      return problem.hasPrefix("No AWS credentials") ? problem : "There are no AWS credentials: \(problem)"
    }
    return hasQuotas ? nil : quotasProblem.map(Self.line) ?? "The quotas were not read yet."
  }

  package var isReady: Bool { notReadyReason == nil }

  /// - Parameters:
  ///   - accept: the header of the request; whoever asks for JSON gets it.
  ///   - isForOperator: whether the reader may know profiles and files, which the reason may name.
  package func reply(to page: Page, accept: String?, isForOperator: Bool = true) -> ServerResponse {
    var reason = page == .live ? nil : notReadyReason
    if !isForOperator, !isDraining, reason != nil, credentialsProblem != nil { reason = "There are no AWS credentials." }
    let body = Self.isJSONWanted(accept, page) ? json(reason) : Data("\(reason ?? "ok")\n".utf8)
    let type = Self.isJSONWanted(accept, page) ? "application/json" : "text/plain; charset=utf-8"
    return ServerResponse(
      status: reason == nil ? 200 : 503, headers: [("Content-Type", type), ("Cache-Control", "no-store")], body: body)
  }

  /// The reply to `HEAD /api/hello`, with which Claude Code looks whether somebody is there.
  package static let hello = ServerResponse(status: 200, headers: [], body: Data())

  private func json(_ reason: String?) -> Data {
    struct Body: Encodable {
      var status: String
      var reason: String?
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ((try? encoder.encode(Body(status: reason == nil ? "ok" : "unavailable", reason: reason))) ?? Data("{}".utf8)) + [0x0A]
  }

  /// A probe shows its text to people; `/health` is read by programs.
  private static func isJSONWanted(_ accept: String?, _ page: Page) -> Bool {
    let accept = accept?.lowercased() ?? ""
    if accept.contains("application/json") { return true }
    return page == .health && !accept.contains("text/plain")
  }

  private static func line(_ text: String) -> String {
    String(text.prefix(300)).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
