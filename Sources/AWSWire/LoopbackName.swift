/// Names and addresses of the loopback interface.
package enum LoopbackName {
  /// Whether a name or an address can only mean this machine: `localhost` and names under it (RFC 6761, section 6.3),
  /// 127.0.0.0/8, and ::1.
  /// - Parameter host: without a port or brackets, in any case.
  package static func contains(_ host: String) -> Bool {
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || name == "0:0:0:0:0:0:0:1" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil && $0.utf8.allSatisfy { $0 >= 48 } }
  }
}
