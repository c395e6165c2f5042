import AWSWire

/// What a profile says about its sign-in with IAM Identity Center.
///
/// Source for the rules: botocore 1.44.8, `credentials.py`, `SSOProvider`.
struct SSOSettings: Sendable, Equatable {
  var accountID: String
  var roleName: String
  var startURL: String
  var region: String
  /// The name of the `sso-session` section; nil in the older form, whose settings are all in the profile.
  var session: String?

  /// Whether a profile signs in with IAM Identity Center: it names an account or a role there. With a session alone it signs in to
  /// other services than AWS's APIs.
  static func isConfigured(_ profile: Profile) -> Bool { profile["sso_account_id"] != nil || profile["sso_role_name"] != nil }

  /// - Throws: ``AWSClientError`` (`configuration`) if a setting is missing, wrong, or has two values.
  init(_ profile: Profile, shared: SharedConfig) throws {
    let start = "Profile \"\(profile.name)\" signs in with IAM Identity Center, but"
    func failure(_ text: String) -> AWSClientError { AWSClientError(.configuration, "\(start) \(text)") }

    session = profile["sso_session"]
    var section: ConfigFile.Settings = [:]
    if let session {
      guard let found = shared.ssoSession(session) else {
        throw failure("\(shared.configPath) has no section [sso-session \(session)]; add it with `aws configure sso-session`.")
      }
      section = found
      // Two values would sign in somewhere else than one of the two places says.
      if let name = section.keys.sorted().first(where: { name in profile[name].map { $0 != section[name] } ?? false }) {
        throw failure("\(name) has one value in the profile and another in [sso-session \(session)]; remove it from the profile.")
      }
    }
    func value(_ name: String) -> String? { profile[name] ?? section[name].nonEmpty }
    let names = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"]
    let missing = names.filter { value($0) == nil }
    guard let roleName = value(names[0]), let accountID = value(names[1]), let startURL = value(names[2]),
      let region = value(names[3])
    else { throw failure("lacks \(missing.joined(separator: ", ")); run `aws configure sso`.") }
    // It becomes part of a host name.
    guard region.isHostLabel else {
      throw failure("its sso_region isn't a Region's name; write it like us-east-1.")
    }
    (self.accountID, self.roleName, self.startURL, self.region) = (accountID, roleName, startURL, region)
  }
}
