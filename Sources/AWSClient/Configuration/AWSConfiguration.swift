import AWSWire
public import Foundation

/// Credentials, Region, endpoints and timeouts for calls to AWS.
public struct AWSConfiguration: Sendable {
  /// The Region, such as `us-east-1`; empty if none is configured.
  public package(set) var region: String
  /// Where the Region comes from.
  package private(set) var regionOrigin: SettingOrigin
  /// The profile of the shared files.
  package let profileName: String
  package var credentials: any CredentialProvider
  /// How the credentials were found; nil if the program gave them.
  package internal(set) var trail: CredentialTrail?
  /// `AWS_BEARER_TOKEN_BEDROCK`, which is sent to Bedrock instead of a signature.
  var bedrockAPIKey: String?
  package var hasBedrockAPIKey: Bool { bedrockAPIKey != nil }
  package var endpoints: Endpoints
  /// The endpoints without the one that the program gives, which is for the services that it calls.
  private let endpointsOfSettings: Endpoints
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
    /// Asks the user for the code of the MFA device with this serial number. Without it, a role that needs a code is an error.
    public var mfaCode: (@Sendable (_ serial: String) async throws -> String)?
    /// Whether the credentials of roles are kept in the AWS CLI's cache (`~/.aws/cli/cache`), and taken from there.
    public var sharesRoleCache = false
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
    try self.init(options, environment: environment, http: nil, now: { Date() })
  }

  /// The same, with another network and clock for credentials.
  init(
    _ options: Options, environment: [String: String], http: CredentialHTTP?, now: @escaping @Sendable () -> Date
  ) throws {
    let shared = try SharedConfig(environment: environment)
    let named = options.profile ?? environment["AWS_PROFILE"].nonEmpty ?? environment["AWS_DEFAULT_PROFILE"].nonEmpty
    let profile = try shared.profile(explicit: named)
    try Self.checkServices(of: profile, options, environment)
    profileName = profile.name
    let (region, origin) = Self.region(options, environment, profile)
    self.region = try region.map(Self.checked(region:)) ?? ""
    regionOrigin = origin
    endpoints = try Endpoints(explicit: options.endpointURL, environment: environment, profile: profile)
    endpointsOfSettings = try Endpoints(explicit: nil, environment: environment, profile: profile)
    timeout = options.timeout ?? .seconds(60)
    silenceMax = options.timeout ?? .seconds(300)
    maxAttempts = try RetrySettings(environment: environment, profile: profile).maxAttempts
    network = try NetworkSettings(
      caBundle: options.caBundle, connectTimeout: options.connectTimeout, environment: environment, profile: profile)

    bedrockAPIKey = environment["AWS_BEARER_TOKEN_BEDROCK"].nonEmpty
    if let given = options.credentials {
      credentials = given
      return
    }
    let trail = CredentialTrail()
    self.trail = trail
    // They are looked for when the first call needs them.
    credentials = CredentialProviderChain(links: [], trail: trail)
    let home = environment["HOME"].nonEmpty ?? NSHomeDirectory()
    var sts = STSCaller(configuration: self, http: http ?? .network(network), now: now)
    // An endpoint that the program gives is for the services that it calls, as in the AWS CLI.
    sts.configuration.endpoints = endpointsOfSettings
    let sources = CredentialSources(
      profile: profile, shared: shared, environment: environment, sts: sts,
      cache: options.sharesRoleCache ? RoleCache(home: home) : nil, mfaCode: options.mfaCode, trail: trail)
    credentials = RefreshingCredentials(sources.chain(isExplicit: options.profile != nil), now: now)
  }

  /// Refuses the name of a `services` section that isn't there, unless no URL is taken from the files, as botocore does.
  private static func checkServices(of profile: Profile, _ options: Options, _ environment: [String: String]) throws {
    guard let section = profile["services"], profile.services.isEmpty, options.endpointURL == nil,
      environment["AWS_ENDPOINT_URL"].nonEmpty == nil,
      (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"].nonEmpty ?? profile["ignore_configured_endpoint_urls"])?.lowercased()
        != "true"
    else { return }
    throw AWSClientError(
      .configuration,
      "Profile \"\(profile.name)\" has services = \(section), but the config file has no services section of that name, or an empty one."
    )
  }

  private static func region(
    _ options: Options, _ environment: [String: String], _ profile: Profile
  ) -> (name: String?, origin: SettingOrigin) {
    if let name = options.region.nonEmpty { return (name, .parameter) }
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
      if let name = environment[variable].nonEmpty { return (name, .variable(variable)) }
    }
    if let name = profile["region"] { return (name, .profile(profile.name)) }
    return (nil, .absent)
  }

  /// The names of the profiles in the shared files, sorted; empty if the files can't be read.
  package static func profileNames(environment: [String: String] = ProcessInfo.processInfo.environment) -> [String] {
    (try? SharedConfig(environment: environment))?.profileNames ?? []
  }

  /// The same configuration for another Region.
  /// - Throws: ``AWSClientError`` (`region`) if the name can't be a Region's.
  public func with(region: String) throws -> AWSConfiguration {
    var copy = self
    copy.region = try Self.checked(region: region)
    copy.regionOrigin = .parameter
    return copy
  }

  /// The same configuration for another service than those that the program calls.
  /// - Parameter endpointURL: nil: as the environment and the shared files say.
  /// - Throws: ``AWSClientError`` (`configuration`) for text that is no URL.
  package func with(endpointURL: String?) throws -> AWSConfiguration {
    var copy = self
    copy.endpoints =
      try endpointURL.map { try Endpoints(explicit: $0, environment: [:], profile: nil) } ?? endpointsOfSettings
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

extension AWSConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The profile and the Region.
  public var description: String { "AWSConfiguration(profile: \(profileName), region: \(region))" }
  /// The same as ``description``.
  public var debugDescription: String { description }
  /// The profile and the Region, so that `dump` prints neither keys nor the proxy's password.
  public var customMirror: Mirror { Mirror(self, children: ["profile": profileName, "region": region]) }
}
