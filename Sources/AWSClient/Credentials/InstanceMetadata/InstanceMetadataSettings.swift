import AWSWire
import Foundation

/// How to ask the instance metadata service.
///
/// Source: docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html; botocore 1.44.8, `utils.py`, `IMDSFetcher`.
struct InstanceMetadataSettings: Sendable, Equatable {
  var endpoint: Endpoint
  /// For each request.
  var timeout: Duration
  /// For each request, at least 1.
  var attempts: Int
  /// Whether it may be asked without a token.
  var allowsVersion1: Bool

  static func isDisabled(_ environment: [String: String]) -> Bool {
    environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
  }

  /// - Throws: ``AWSClientError`` (`configuration`) for a value that can't be used.
  init(profile: Profile, environment: [String: String]) throws {
    /// Names the setting that a value comes from. Variables go first.
    func setting(_ variable: String, _ name: String) -> (value: String, origin: String)? {
      environment[variable].nonEmpty.map { ($0, variable) }
        ?? profile[name].map { ($0, "\(name) of profile \"\(profile.name)\"") }
    }
    func wrong(_ setting: (value: String, origin: String), _ wanted: String) -> AWSClientError {
      AWSClientError(.configuration, "\"\(setting.value)\" in \(setting.origin) is not \(wanted).")
    }

    let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
    if let mode, !["ipv4", "ipv6"].contains(mode.value.lowercased()) { throw wrong(mode, "IPv4 or IPv6") }
    let olderMode = setting("AWS_IMDS_USE_IPV6", "imds_use_ipv6")
    let usesIPv6 = mode.map { $0.value.lowercased() == "ipv6" } ?? (olderMode?.value.lowercased() == "true")
    if let named = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") {
      endpoint = try Endpoint(named.value, from: named.origin)
    } else {
      endpoint = Endpoint(scheme: "http", authority: usesIPv6 ? "[fd00:ec2::254]" : "169.254.169.254", basePath: "")
    }

    timeout = .seconds(1)
    if let given = setting("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout") {
      guard let seconds = Double(given.value), seconds > 0, seconds <= 3_600 else { throw wrong(given, "a number of seconds") }
      timeout = .seconds(seconds)
    }
    attempts = 1
    if let given = setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts") {
      guard let count = Int(given.value) else { throw wrong(given, "a number of attempts") }
      attempts = min(max(count, 1), 100)
    }
    let isVersion1Disabled = setting("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")?.value.lowercased()
    allowsVersion1 = isVersion1Disabled != "true"
  }
}
