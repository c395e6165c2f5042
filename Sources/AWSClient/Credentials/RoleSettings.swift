import AWSWire

/// What a profile says about the role that it assumes.
struct RoleSettings: Sendable, Equatable {
  /// Where the credentials come from that may assume the role.
  enum Source: Sendable, Equatable {
    case profile(String)
    /// `credential_source`: `Environment`, `Ec2InstanceMetadata` or `EcsContainer`.
    case named(CredentialSource)
  }

  var profile: String
  var role: AssumeRoleInput
  var source: Source

  /// Whether a profile assumes a role with other credentials. With a web identity it doesn't, whatever else it says.
  static func areIn(_ profile: Profile) -> Bool { profile.has("role_arn") && !profile.has("web_identity_token_file") }

  /// Reads a profile's settings, as botocore's `AssumeRoleProvider` does.
  /// - Parameters:
  ///   - profiles: the names of all profiles.
  ///   - visited: the profiles that led here, ending with this one.
  /// - Throws: ``AWSClientError`` (`credentials`) for settings that lead nowhere, or in a circle.
  init(_ profile: Profile, shared: SharedConfig, visited: [String]) throws {
    func refuse(_ what: String) -> AWSClientError { AWSClientError(.credentials, "Profile \"\(profile.name)\" \(what)") }
    self.profile = profile.name
    let settings = profile.settings
    guard let arn = settings["role_arn"].nonEmpty else { throw refuse("has an empty role_arn; set it to the ARN of a role.") }
    role = AssumeRoleInput(roleARN: arn)
    (role.sessionName, role.externalID) = (settings["role_session_name"].nonEmpty, settings["external_id"].nonEmpty)
    role.mfaSerial = settings["mfa_serial"].nonEmpty
    // Anything but a number counts for nothing, as in botocore.
    role.durationSeconds = settings["duration_seconds"].flatMap { Int($0) }
    switch (settings["source_profile"], settings["credential_source"]) {
    case (.some, .some): throw refuse("has both source_profile and credential_source; remove one of them.")
    case (nil, nil):
      throw refuse("has role_arn without source_profile or credential_source, so there is nothing to assume the role with.")
    case (nil, let name?): source = .named(try Self.named(name, refuse))
    case (let name?, nil):
      source = .profile(name)
      try Self.check(name, of: profile, shared, visited, refuse)
    }
  }

  private static func named(_ name: String, _ refuse: (String) -> AWSClientError) throws -> CredentialSource {
    switch name {
    case "Environment": return .environment
    case "Ec2InstanceMetadata": return .instanceMetadata
    case "EcsContainer": return .container
    default:
      throw refuse(
        "has credential_source = \(name), which AWS doesn't know; it is Environment, Ec2InstanceMetadata or EcsContainer.")
    }
  }

  private static func check(
    _ name: String, of profile: Profile, _ shared: SharedConfig, _ visited: [String], _ refuse: (String) -> AWSClientError
  ) throws {
    guard shared.has(profile: name) else { throw refuse("has source_profile = \(name), a profile that isn't in the files.") }
    guard visited.contains(name) else { return }
    // A profile may be its own source if it has keys.
    let source = shared.profile(named: name)
    guard name == profile.name, source.hasKeys else {
      let circle = (visited.drop { $0 != name } + [name]).joined(separator: " → ")
      throw refuse("has a source_profile that leads in a circle: \(circle). Name a profile that has keys.")
    }
  }
}

extension Profile {
  /// Whether the files have an access key for it, if only a half.
  var hasKeys: Bool { has("aws_access_key_id") || has("aws_secret_access_key") }
}
