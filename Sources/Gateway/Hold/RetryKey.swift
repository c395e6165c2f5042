/// By what a retry of an SDK is known for the request that it repeats.
package struct RetryKey: Sendable, Hashable {
  private enum Mark: Sendable, Hashable {
    /// The same for all attempts of AWS's SDKs.
    case invocation(String)
    /// SHA-256 of the body, for the SDKs of Anthropic and OpenAI.
    case body([UInt8])
  }

  private let tenant: UInt32
  private let mark: Mark
  /// Whether the request says that it is a retry. Those of AWS's SDKs need not say so: two requests never share an invocation id.
  package let isRetry: Bool

  /// nil if a retry of the request couldn't be told from another request.
  /// - Parameters:
  ///   - headers: names in lower case.
  ///   - bodyHash: SHA-256 of the body; it is asked for only if the headers have no other mark.
  package init?(headers: [(name: String, value: String)], tenant: UInt32, bodyHash: () -> [UInt8]?) {
    var invocation: String?
    var retries: Int?
    for (name, value) in headers {
      switch name {
      // A UUID; what is longer is none.
      case "amz-sdk-invocation-id" where !value.isEmpty && value.utf8.count <= 64: invocation = value
      case "x-stainless-retry-count": retries = Int(value)
      default: break
      }
    }
    self.tenant = tenant
    if let invocation {
      mark = .invocation(invocation)
      isRetry = true
    } else if let retries, retries >= 0, let hash = bodyHash() {
      mark = .body(hash)
      isRetry = retries > 0
    } else {
      return nil
    }
  }

  package static func == (a: RetryKey, b: RetryKey) -> Bool { a.tenant == b.tenant && a.mark == b.mark }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(tenant)
    hasher.combine(mark)
  }
}
