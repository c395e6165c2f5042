import AWSWire
import Foundation

/// Where the credentials of a container come from, as its environment says.
///
/// Source for hosts, retries and times: botocore 1.44.8, `utils.py`, `ContainerMetadataFetcher`.
struct ContainerEndpoint: Sendable, Equatable {
  /// Of Amazon ECS and of EKS Pod Identity. Over plain http, keys may come from them and from this machine alone.
  private static let hosts: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

  var endpoint: Endpoint
  /// The variable that names it.
  var setting: String
  /// Path and query.
  var target: String

  /// Whether the environment names one.
  static func isConfigured(_ environment: [String: String]) -> Bool {
    [relative, full].contains { environment[$0].nonEmpty != nil }
  }

  private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

  /// - Throws: ``AWSClientError`` (`configuration`) if the address is none, or one that keys may not come from.
  init(_ environment: [String: String]) throws {
    let path = environment[Self.relative].nonEmpty
    let name = path == nil ? Self.full : Self.relative
    let text = path.map { "http://169.254.170.2\($0)" } ?? environment[Self.full] ?? ""
    guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host?.lowercased(), !host.isEmpty, url.user == nil, path?.hasPrefix("/") ?? true
    else {
      throw AWSClientError(
        .configuration, "\(name) is not an http(s) address; in a container on AWS it is set for you, so unset it elsewhere.")
    }
    let address = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    // Names under localhost are this machine's by agreement only; botocore refuses them.
    let isLoopback = LoopbackName.contains(address) && !address.hasSuffix(".localhost")
    guard scheme == "https" || isLoopback || Self.hosts.contains(address) else {
      throw AWSClientError(
        .configuration,
        "\(name) names the host \(address): over plain http, keys may come from this machine and from \(Self.hosts.sorted().joined(separator: ", ")) only; use https."
      )
    }
    setting = name
    let port = url.port.map { ":\($0)" } ?? ""
    endpoint = try Endpoint("\(scheme)://\(address.contains(":") ? "[\(address)]" : address)\(port)", from: name)
    target = (url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath) + (url.percentEncodedQuery.map { "?\($0)" } ?? "")
  }

  /// The value of the header `Authorization`: from the file that the environment names, else from the variable. The file is read
  /// each time, because EKS replaces it.
  /// - Parameter read: the text of a file; nil if it can't be read.
  /// - Throws: ``AWSClientError`` (`configuration`) if the file can't be read, or the token can't be sent.
  static func token(_ environment: [String: String], read: (String) -> String?) throws -> String? {
    let token: String?
    let origin: String
    if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].nonEmpty {
      origin = "The token in \(path) (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)"
      guard let text = read(path) else { throw AWSClientError(.configuration, "\(origin) can't be read; check its permissions.") }
      token = text
    } else {
      origin = "The token in AWS_CONTAINER_AUTHORIZATION_TOKEN"
      token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].nonEmpty
    }
    guard let token else { return nil }
    guard token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw AWSClientError(
        .configuration, "\(origin) has a line break or another character that no header may have; write it without.")
    }
    return token
  }
}
