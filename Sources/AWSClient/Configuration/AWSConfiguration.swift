import AWSWire
public import Foundation

/// Who calls AWS, in which Region, at which endpoints and how patiently.
public struct AWSConfiguration: Sendable {
  /// Empty until a Region is known; see ``requireRegion()``.
  public package(set) var region: String
  package var credentials: any CredentialProvider
  /// `AWS_BEARER_TOKEN_BEDROCK`: takes the place of a signature on Bedrock's endpoints.
  var bedrockAPIKey: String?
  package var endpoints: Endpoints
  /// The longest that one HTTP request may take, its reply included.
  package var timeout: Duration
  /// Attempts per call, the first included: 1 to 10.
  package var maxAttempts: Int

  /// What the command line may say; everything left nil comes from the environment and the shared files.
  public struct Options: Sendable {
    public var profile: String?
    public var region: String?
    public var endpointURL: String?
    public var credentials: (any CredentialProvider)?
    public var timeout: Duration?

    public init(
      profile: String? = nil, region: String? = nil, endpointURL: String? = nil,
      credentials: (any CredentialProvider)? = nil, timeout: Duration? = nil
    ) {
      self.profile = profile
      self.region = region
      self.endpointURL = endpointURL
      self.credentials = credentials
      self.timeout = timeout
    }
  }

  /// Resolves the configuration as the AWS CLI does.
  /// - Parameters:
  ///   - options: settings that take precedence over the environment and the shared files.
  ///   - environment: the variables to read; by default the process's own.
  /// - Throws: ``AWSClientError`` for a profile that doesn't exist, a file that can't be read, a Region or URL that can't be one.
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
    let attempts = (environment["AWS_MAX_ATTEMPTS"].nonEmpty ?? profile["max_attempts"]).flatMap(Int.init) ?? 3
    maxAttempts = min(max(attempts, 1), 10)

    bedrockAPIKey = environment["AWS_BEARER_TOKEN_BEDROCK"].nonEmpty
    let files = SharedFileCredentialProvider(profile: profile)
    let filePlaces = ["profile \"\(profile.name)\" in \(shared.credentialsPath) and \(shared.configPath)"]
    if let given = options.credentials {
      credentials = given
    } else if options.profile != nil {
      // A profile named in the options means that account, whatever keys the shell exports (as in the AWS CLI).
      credentials = CredentialProviderChain([files], places: filePlaces)
    } else {
      credentials = CredentialProviderChain(
        [EnvironmentCredentialProvider(environment: environment), files],
        places: ["the environment (AWS_ACCESS_KEY_ID)"] + filePlaces)
    }
  }

  /// The same in another Region.
  public func with(region: String) throws -> AWSConfiguration {
    var copy = self
    copy.region = try Self.checked(region: region)
    return copy
  }

  /// - Throws: ``AWSClientError`` (`region`) where neither the command line nor the environment nor the profile names one.
  @discardableResult
  package func requireRegion() throws -> String {
    guard !region.isEmpty else {
      throw AWSClientError(
        .region, "No Region: name one, set AWS_REGION, or run `aws configure set region us-east-1`.", parameters: ["region"])
    }
    return region
  }

  /// A Region becomes part of a host name, so nothing else may get through.
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
