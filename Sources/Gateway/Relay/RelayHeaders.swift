/// Which headers pass the gateway. A pure value: requests and replies pass by lists of what is left out, so that what AWS and the SDKs
/// add tomorrow passes as well.
package enum RelayHeaders {
  /// The headers of a caller's request that AWS gets, before they are signed; in their order.
  ///
  /// Left out is what is about the connection (RFC 9110, section 7.6.1), what the signature adds, what proves who the caller is to us,
  /// and what tells AWS more of the caller's machine than it would learn directly. The reply is asked for without compression, so
  /// that its usage can be read. The context of a trace passes only if it is valid.
  /// - Parameter headers: with names in lower case.
  package static func upstream(from headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
    let named = connectionOptions(headers)
    var kept: [(name: String, value: String)] = []
    kept.reserveCapacity(headers.count + 4)
    var trace: [(name: String, value: String)] = []
    for header in headers {
      let name = lowercased(header.name)
      if isOfConnection(name) || replaced.contains(name) || unwanted.contains(name) { continue }
      if unwantedPrefixes.contains(where: { name.utf8.starts(with: $0.utf8) }) { continue }
      if named.contains(where: { $0 == name }) { continue }
      if TraceContext.names.contains(name) { trace.append(header) } else { kept.append(header) }
    }
    if !trace.isEmpty { kept += TraceContext(trace)?.headers ?? [] }
    kept.append(("accept-encoding", "identity"))
    return kept
  }

  /// The headers of AWS's reply that the caller gets, in their order and as AWS spells them.
  /// - Parameter keepsLength: whether the caller gets the body as it came, so that `Content-Length` holds.
  static func downstream(
    from headers: [(name: String, value: String)], keepsLength: Bool
  ) -> [(name: String, value: String)] {
    let named = connectionOptions(headers)
    return headers.filter { header in
      let name = lowercased(header.name)
      if name == "content-length" { return keepsLength }
      // The server adds its own.
      if name == "date" { return false }
      // They are about AWS's host, and the caller would take them for ours.
      if name == "set-cookie" || name == "alt-svc" { return false }
      return !isOfConnection(name) && !named.contains(name)
    }
  }

  /// AWS's id of a request, from the headers of its reply; nil if there is none.
  static func requestID(_ headers: [(name: String, value: String)]) -> String? {
    headers.first { $0.name.utf8.count == 16 && lowercased($0.name) == "x-amzn-requestid" }?.value
  }

  /// About this connection alone (RFC 9110, section 7.6.1; `keep-alive` and `http2-settings` from earlier ones).
  private static func isOfConnection(_ name: String) -> Bool {
    switch name {
    case "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings": true
    default: name.utf8.starts(with: "proxy-".utf8)
    }
  }

  /// What the signature and the connection add themselves. A caller's own beside ours would make AWS refuse, or name another account.
  private static let replaced: Set<String> = [
    "host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "content-length", "accept-encoding",
  ]

  private static let unwanted: Set<String> = [
    "expect", "x-api-key", "cookie", "forwarded", "x-real-ip",
    // By these, some servers take another operation than method and path name, and it would be signed with our identity.
    "x-amz-target", "x-http-method", "x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url",
  ]

  private static let unwantedPrefixes = ["x-forwarded-", "x-stainless-", "x-claude-code-", "x-bedquota-"]

  /// The headers that `Connection` names.
  private static func connectionOptions(_ headers: [(name: String, value: String)]) -> [String] {
    var names: [String] = []
    for (name, value) in headers where name.utf8.count == 10 && lowercased(name) == "connection" {
      names += value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
    }
    return names
  }

  private static func lowercased(_ name: String) -> String {
    name.utf8.contains { (65...90).contains($0) } ? name.lowercased() : name
  }
}
