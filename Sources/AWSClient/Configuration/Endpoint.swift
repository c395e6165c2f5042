import AWSWire
import Foundation

/// The base URL of a service.
package struct Endpoint: Sendable, Equatable {
  package var scheme: String
  /// Host and, unless it is the scheme's own, port.
  package var authority: String
  /// The prefix of all paths, without a slash at its end.
  package var basePath: String

  init(scheme: String, authority: String, basePath: String) {
    self.scheme = scheme
    self.authority = authority
    self.basePath = basePath
  }

  /// Parses a URL.
  /// - Parameters:
  ///   - origin: where the URL comes from, for the error's message.
  ///   - parameters: the parameters that the error names.
  /// - Throws: ``AWSClientError`` (`configuration`) unless it is an http(s) URL with a host and neither user, query nor fragment.
  package init(_ text: String, from origin: String, parameters: [String] = []) throws {
    guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host, !host.isEmpty, host.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value < 127 && $0 != "%" }),
      url.port.map({ (1...65_535).contains($0) }) ?? true, url.query == nil, url.fragment == nil, url.user == nil
    else {
      // A user, a query and a fragment may hold a password or a token.
      let isSecretive = text.contains { "@?#".contains($0) }
      let problem =
        isSecretive
        ? "There is a user, a query or a fragment in \(origin), which no endpoint has"
        : "\"\(text)\" in \(origin) is not an endpoint"
      throw AWSClientError(.configuration, "\(problem); write it like http://127.0.0.1:8080.", parameters: parameters)
    }
    self.scheme = scheme
    let named = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    // HTTP clients omit the scheme's own port in the Host header, which the signature covers.
    let port = url.port == (scheme == "https" ? 443 : 80) ? nil : url.port
    authority = port.map { "\(named):\($0)" } ?? named
    var path = url.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    basePath = path
  }

  /// The endpoint of one service, if this is the URL of all.
  ///
  /// bedrock-mantle has paths that bedrock-runtime has too, and an API key doesn't name the service that it calls. So its paths begin
  /// with `/bedrock-mantle` where both share a URL, as the emulator has them.
  func sharing(with service: AWSService) -> Endpoint {
    guard service == .bedrockMantle, !isAWS else { return self }
    var own = self
    own.basePath += "/bedrock-mantle"
    return own
  }

  /// Whether it is a host of AWS's own, and no emulator or proxy.
  package var isAWS: Bool {
    let host = authority.lowercased().prefix { $0 != ":" }
    return Partition.all.flatMap { [$0.dnsSuffix, $0.dualStackDNSSuffix] }.contains { host.hasSuffix(".\($0)") }
  }

  /// Whether it is this machine.
  var isLoopback: Bool {
    LoopbackName.contains(
      authority.hasPrefix("[") ? String(authority.prefix { $0 != "]" }.dropFirst()) : String(authority.prefix { $0 != ":" }))
  }
}
