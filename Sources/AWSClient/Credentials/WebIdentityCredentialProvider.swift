import AWSWire
import Foundation

/// The credentials of a role for the holder of a token in a file: `web_identity_token_file`, as on EKS and in CI.
struct WebIdentityCredentialProvider: CredentialProvider {
  let profile: String
  let tokenPath: String
  let role: AssumeRoleInput?
  let sts: STSCaller
  let cache: RoleCache?

  /// The limit that STS has for a token, in characters (API_AssumeRoleWithWebIdentity).
  private static let tokenLengthMax = 20_000

  /// nil without a token's file.
  /// - Parameter environment: the variables to read, which have precedence; none for a profile that was named explicitly.
  init?(_ profile: Profile, environment: [String: String], sts: STSCaller, cache: RoleCache?) {
    func setting(_ name: String, _ variable: String) -> String? { environment[variable] ?? profile.settings[name] }
    guard let path = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE").nonEmpty else { return nil }
    self.profile = profile.name
    tokenPath = path
    role = setting("role_arn", "AWS_ROLE_ARN").nonEmpty.map { arn in
      var role = AssumeRoleInput(roleARN: arn)
      role.sessionName = setting("role_session_name", "AWS_ROLE_SESSION_NAME").nonEmpty
      return role
    }
    (self.sts, self.cache) = (sts, cache)
  }

  func credentials() async throws -> Credentials? {
    guard let role else {
      throw AWSClientError(
        .credentials,
        "There is a web identity token (\(tokenPath)) but no role for it; set AWS_ROLE_ARN, or role_arn in profile \"\(profile)\"."
      )
    }
    if let cached = cache?.credentials(of: role, at: sts.now()) { return cached }
    let token = try token()
    var input = role
    input.sessionName = input.sessionName ?? RoleCredentialProvider.sessionName(at: sts.now())
    do {
      let assumed = try await sts.assumeRole(input, webIdentityToken: token)
      cache?.keep(assumed, of: role)
      return assumed.credentials
    } catch var error as AWSClientError {
      error.message = "The web identity in \(tokenPath) can't assume \(role.roleARN). \(error.message)"
      throw error
    }
  }

  /// Read for each call, because whoever issues tokens replaces the file.
  private func token() throws -> String {
    let data: Data
    do throws(SmallFile.Problem) { data = try SmallFile.contents(of: tokenPath, bytesMax: 4 * Self.tokenLengthMax) } catch {
      throw AWSClientError(.credentials, "The web identity token \(tokenPath) \(error.words).")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw AWSClientError(.credentials, "\(tokenPath) is no web identity token: it isn't text.")
    }
    guard !text.isEmpty, text.utf16.count <= Self.tokenLengthMax else {
      throw AWSClientError(
        .credentials,
        "\(tokenPath) is no web identity token: it is \(text.isEmpty ? "empty" : "over \(Self.tokenLengthMax) characters long").")
    }
    return text
  }
}
