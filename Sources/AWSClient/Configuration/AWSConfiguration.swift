import AWSWire
public import Foundation

/// Credentials, Region, endpoints and timeouts for calls to AWS.
public struct AWSConfiguration: Sendable {
  /// The Region, such as `us-east-1`; empty if none is configured.
  public package(set) var region: String
  package var credentials: any CredentialProvider
  /// `AWS_BEARER_TOKEN_BEDROCK`, which is sent to Bedrock instead of a signature.
  var bedrockAPIKey: String?
  package var endpoints: Endpoints
  /// The limit for one HTTP request with its reply.
  package var timeout: Duration
  /// The longest silence of a model: until its reply begins, and between two events.
  package var silenceMax: Duration
  /// Attempts per call, including the first: 1 to 10.
  package var maxAttempts: Int
  /// Proxies and trusted certificates.
  package var network: NetworkSettings

  /// Explicit settings. Each one that is nil is read from the environment and the shared files, as the AWS CLI does.
  public struct Options: Sendable {
    /// A profile of the shared files. Its credentials then have precedence over those of the environment.
    public var profile: String?
    /// The Region, such as `us-east-1`.
    public var region: String?
    /// One http(s) URL for all services, such as `http://127.0.0.1:8080`.
    public var endpointURL: String?
    /// The only source of credentials.
    public var credentials: (any CredentialProvider)?
    /// The limit for one HTTP request with its reply, 60 s by default. For the reply of a model it is the limit of silence: until
    /// the reply begins, and between two of its events; 300 s by default.
    public var timeout: Duration?
    /// The limit for a connection, with the proxy's and TLS's part of it; 10 s by default.
    public var connectTimeout: Duration?
    /// A PEM file of certificates, which are trusted instead of the system's.
    public var caBundle: String?

    /// Settings that override those of the environment and the shared files.
    public init(
      profile: String? = nil, region: String? = nil, endpointURL: String? = nil,
      credentials: (any CredentialProvider)? = nil, timeout: Duration? = nil, connectTimeout: Duration? = nil,
      caBundle: String? = nil
    ) {
      self.profile = profile
      self.region = region
      self.endpointURL = endpointURL
      self.credentials = credentials
      self.timeout = timeout
      self.connectTimeout = connectTimeout
      self.caBundle = caBundle
    }
  }

  /// Resolves the configuration as the AWS CLI does: options, then environment variables, then the shared files.
  /// - Parameters:
  ///   - options: explicit settings.
  ///   - environment: the variables to read; by default the process's own.
  /// - Throws: ``AWSClientError``: `configuration` for an unknown profile, an unreadable file or a setting that can't be used;
  ///   `region` for an invalid Region. A missing Region or missing credentials are errors of the first call.
  public init(_ options: Options = Options(), environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    let shared = try SharedConfig(environment: environment)
    let named = options.profile ?? environment["AWS_PROFILE"].nonEmpty ?? environment["AWS_DEFAULT_PROFILE"].nonEmpty
    let profile = try shared.profile(explicit: named)
    let region =
      options.region.nonEmpty ?? environment["AWS_REGION"].nonEmpty ?? environment["AWS_DEFAULT_REGION"].nonEmpty
      ?? profile["region"]
    self.region = try region.map(Self.checked(region:)) ?? ""
    endpoints = try Endpoints(explicit: options.endpointURL, environment: environment, profile: profile)
    timeout = options.timeout ?? .seconds(60)
    silenceMax = options.timeout ?? .seconds(300)
    maxAttempts = try RetrySettings(environment: environment, profile: profile).maxAttempts
    network = try NetworkSettings(
      caBundle: options.caBundle, connectTimeout: options.connectTimeout, environment: environment, profile: profile)

    bedrockAPIKey = environment["AWS_BEARER_TOKEN_BEDROCK"].nonEmpty
    let files = CredentialProviderChain.Link(
      "profile \"\(profile.name)\" in \(shared.credentialsPath) and \(shared.configPath)",
      SharedFileCredentialProvider(profile: profile))
    let variables = CredentialProviderChain.Link(
      "the environment (AWS_ACCESS_KEY_ID)", EnvironmentCredentialProvider(environment: environment))
    // As in the AWS CLI, keys in the environment don't override a profile that was named explicitly.
    credentials = options.credentials ?? CredentialProviderChain(options.profile == nil ? [variables, files] : [files])
  }

  /// The same configuration for another Region.
  /// - Throws: ``AWSClientError`` (`region`) if the name can't be a Region's.
  public func with(region: String) throws -> AWSConfiguration {
    var copy = self
    copy.region = try Self.checked(region: region)
    return copy
  }

  /// The Region.
  /// - Throws: ``AWSClientError`` (`region`) if none is configured.
  @discardableResult
  package func requireRegion() throws -> String {
    guard !region.isEmpty else {
      throw AWSClientError(
        .region, "No Region: set AWS_REGION, run `aws configure set region us-east-1`, or name one.", parameters: ["region"])
    }
    return region
  }

  /// Checks a Region's name strictly, because it becomes part of host names.
  private static func checked(region: String) throws -> String {
    let parts = region.split(separator: "-", omittingEmptySubsequences: false)
    let sound =
      parts.count >= 3
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
      }
    guard sound, region.utf8.count <= 40, Int(parts[parts.count - 1]) != nil else {
      throw AWSClientError(.region, "\"\(region)\" is not a Region's name; write it like us-east-1.", parameters: ["region"])
    }
    return region
  }
}
