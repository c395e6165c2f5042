import AWSWire

/// Where credentials are looked for, in the order of the AWS CLI.
///
/// Source: botocore/credentials.py, `create_credential_resolver`. Its two oldest places, `AWS_CREDENTIAL_FILE` and `~/.boto`,
/// are left out.
struct CredentialSources: Sendable, Redacted {
  /// The profile of the calls. Its settings for the instance metadata service hold for every role that begins there.
  let profile: Profile
  let shared: SharedConfig
  let environment: [String: String]
  let sts: STSCaller
  /// nil where nothing may be kept.
  let cache: RoleCache?
  /// Asks the user for the code of an MFA device; nil if there is nobody to ask.
  let mfaCode: (@Sendable (_ serial: String) async throws -> String)?
  let trail: CredentialTrail

  /// The chain for calls.
  /// - Parameter isExplicit: whether the program named the profile. Keys in the environment don't override it then;
  ///   `AWS_PROFILE` doesn't count.
  func chain(isExplicit: Bool) -> CredentialProviderChain {
    let variables = EnvironmentCredentialProvider(environment: environment)
    let first = isExplicit ? [] : [CredentialProviderChain.Link(.environment, place(of: .environment), variables)]
    let role = RoleSettings.areIn(profile) ? RoleCredentialProvider(profile, sources: self, visited: [profile.name]) : nil
    let roleLink = CredentialProviderChain.Link(.assumeRole, Self.place("role_arn", of: profile), role)
    let hosts = [CredentialSource.container, .instanceMetadata].map { source in
      CredentialProviderChain.Link(source, place(of: source), host(source))
    }
    return CredentialProviderChain(
      links: first + [roleLink] + profileLinks(profile, environment: isExplicit ? [:] : environment) + hosts, trail: trail,
      missing: missing(profile, leftover: isExplicit ? nil : variables.leftover))
  }

  /// The chain for the credentials that a role is assumed with.
  /// - Parameter visited: the profiles that led here, ending with this one.
  func sourceChain(_ profile: Profile, visited: [String]) -> CredentialProviderChain {
    // Keys go before a role here, so that a profile may be the source of its own role.
    guard RoleSettings.areIn(profile), !profile.hasKeys else {
      return CredentialProviderChain(links: profileLinks(profile, environment: [:]), trail: trail, depth: visited.count - 1)
    }
    let role = RoleCredentialProvider(profile, sources: self, visited: visited)
    return CredentialProviderChain(
      links: [CredentialProviderChain.Link(.assumeRole, Self.place("role_arn", of: profile), role)], trail: trail,
      depth: visited.count - 1)
  }

  /// The source that `credential_source` of a profile names.
  func named(_ source: CredentialSource, depth: Int) -> CredentialProviderChain {
    let provider: (any CredentialProvider)? =
      source == .environment ? EnvironmentCredentialProvider(environment: environment) : host(source)
    return CredentialProviderChain(
      links: [CredentialProviderChain.Link(source, place(of: source), provider)], trail: trail, depth: depth)
  }

  private func profileLinks(_ profile: Profile, environment: [String: String]) -> [CredentialProviderChain.Link] {
    let webIdentity = WebIdentityCredentialProvider(profile, environment: environment, sts: sts, cache: cache)
    let process = profile["credential_process"].map {
      ProcessCredentialProvider(profile: profile.name, command: $0, environment: self.environment)
    }
    func keys(_ settings: ConfigFile.Settings, _ path: String) -> SharedFileCredentialProvider {
      SharedFileCredentialProvider(profile: profile.name, settings: settings, path: path)
    }
    return [
      .init(.webIdentity, Self.place("web_identity_token_file", of: profile), webIdentity),
      .init(.sso, Self.place("sso_account_id or sso_role_name", of: profile), sso(profile)),
      .init(
        .credentialsFile, "\(shared.credentialsPath), profile \"\(profile.name)\"",
        keys(profile.credentials, shared.credentialsPath)),
      .init(.login, Self.place("login_session", of: profile), login(profile)),
      .init(.process, Self.place("credential_process", of: profile), process),
      .init(.configFile, "\(shared.configPath), profile \"\(profile.name)\"", keys(profile.config, shared.configPath)),
    ]
  }

  // MARK: Sources over HTTP

  private func sso(_ profile: Profile) -> (any CredentialProvider)? {
    SSOCredentialProvider.configured(
      profile: profile, shared: shared, environment: environment, endpoints: sts.configuration.endpoints, attempts: attempts)
  }

  private func login(_ profile: Profile) -> (any CredentialProvider)? {
    LoginCredentialProvider.configured(
      profile: profile, environment: environment, endpoints: sts.configuration.endpoints, region: sts.configuration.region,
      attempts: attempts)
  }

  private var attempts: CredentialAttempts {
    CredentialAttempts(
      http: sts.http, serviceAttempts: sts.configuration.maxAttempts, serviceTimeout: sts.configuration.timeout)
  }

  /// The role of the container or of the instance; nil if there is no such source.
  private func host(_ source: CredentialSource) -> (any CredentialProvider)? {
    switch source {
    case .container: ContainerCredentialProvider.configured(environment: environment)
    case .instanceMetadata: InstanceMetadataCredentialProvider.configured(profile: profile, environment: environment)
    default: nil
    }
  }

  // MARK: Words

  /// Where a source looks that belongs to no profile.
  func place(of source: CredentialSource) -> String {
    switch source {
    case .environment: "AWS_ACCESS_KEY_ID in the environment"
    case .container: "AWS_CONTAINER_CREDENTIALS_FULL_URI and _RELATIVE_URI in the environment"
    default: "the instance metadata service"
    }
  }

  private static func place(_ setting: String, of profile: Profile) -> String { "\(setting) in profile \"\(profile.name)\"" }

  private func missing(_ profile: Profile, leftover: String?) -> AWSClientError {
    let files = "profile \"\(profile.name)\" in \(shared.files("and"))"
    return AWSClientError(
      .credentials,
      "No AWS credentials: looked in the environment (AWS_ACCESS_KEY_ID), \(files), "
        + "and for the role of a container or an instance\(leftover.map { "; \($0)" } ?? ""). Set "
        + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run `aws configure`, or use the emulator, which needs none.",
      parameters: ["emulator"])
  }
}
