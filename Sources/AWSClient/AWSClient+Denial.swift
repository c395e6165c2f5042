import AWSWire
import HTTPTypes

/// Replies that are not about one request: the caller is denied, or sent elsewhere.
extension AWSClient {
  /// What to do about a denied call, in words that AWS's own message follows.
  ///
  /// Bedrock denies with one code what IAM doesn't allow and what the account has not been given, such as a model that nobody has
  /// requested.
  /// Sources: docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html and model-access.html.
  static func denial(_ message: String, action: String, region: String) -> String {
    let message = message.lowercased()
    if message.contains("explicit deny") { return "Access denied: a policy denies the IAM action \(action) (\(region))" }
    if message.contains("marketplace") { return "Access denied: subscribe to this model in AWS Marketplace (\(region))" }
    if !message.contains("not authorized to perform") {
      if message.contains("model") { return "Access denied: request access to this model for the account (\(region))" }
      if message.contains("account") { return "Access denied to the account (\(region))" }
    }
    return "Access denied: allow the IAM action \(action) (\(region))"
  }

  /// Explains a reply that sends the caller elsewhere; nil if it is none. AWS redirects no request, and a signature holds for one
  /// host.
  static func redirection(_ response: AWSHTTPResponse, of call: String, at endpoint: Endpoint) -> String? {
    let status = response.head.status.code
    guard (300..<400).contains(status) else { return nil }
    let other = response.head.headerFields[.location].flatMap { host(of: $0) }.flatMap { $0 == endpoint.authority ? nil : $0 }
    return
      "\(call): \(endpoint.authority) redirects to \(other ?? "another address") (HTTP \(status)), which AWS doesn't do. Check the endpoint, and whether a proxy or the network wants you to sign in."
  }

  /// The host of an address, without anything that could be a secret.
  private static func host(of address: String) -> String? {
    let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count > 2, parts[0].hasSuffix(":"), parts[1].isEmpty else { return nil }
    let authority = parts[2].prefix { $0 != "?" && $0 != "#" }
    let host = authority.split(separator: "@").last ?? authority
    let isHost = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-:[]".contains($0)) }
    return isHost && (1...255).contains(host.count) ? String(host) : nil
  }
}
