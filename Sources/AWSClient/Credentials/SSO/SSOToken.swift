import AWSWire
import Foundation

/// The token of a sign-in with IAM Identity Center, as the AWS CLI keeps it in a file.
struct SSOToken: Sendable, Equatable, Redacted {
  /// What lets a token be renewed without its user. It has all four parts or is none.
  struct Renewal: Sendable, Equatable, Redacted {
    var refreshToken: String
    var clientID: String
    var clientSecret: String
    /// When the client's registration ends.
    var end: Date
  }

  /// What to do with a token.
  enum Step: Equatable {
    case use
    /// Renew it. If that fails, it may still be valid.
    case renew(Renewal)
    /// It has ended, and only its user can get another one.
    case signIn
  }

  /// A token that ends within this time is renewed. Source: botocore 1.44.8, `tokens.py`.
  static let renewalWindow: TimeInterval = 15 * 60

  var accessToken: String
  var end: Date
  var renewal: Renewal?

  /// - Parameter file: the bytes of the file.
  /// - Returns: nil if it holds no token.
  init?(file: [UInt8]) {
    guard let object = try? JSONValue(file), let token = object["accessToken"]?.string,
      CredentialReply.isHeaderValue(token), let end = object["expiresAt"]?.string.flatMap(AWSDate.parseISO8601)
    else { return nil }
    (accessToken, self.end) = (token, end)
    if let refresh = object["refreshToken"]?.string, let id = object["clientId"]?.string,
      let secret = object["clientSecret"]?.string,
      let end = object["registrationExpiresAt"]?.string.flatMap(AWSDate.parseISO8601)
    {
      renewal = Renewal(refreshToken: refresh, clientID: id, clientSecret: secret, end: end)
    }
  }

  /// - Parameter isRenewable: false in the older form without a session, whose tokens the AWS CLI doesn't renew either.
  func step(isRenewable: Bool, now: Date) -> Step {
    let left = end.timeIntervalSince(now)
    if isRenewable, left < Self.renewalWindow, let renewal, renewal.end > now { return .renew(renewal) }
    return left > 0 ? .use : .signIn
  }

  /// The body of the request for a new token.
  static func request(_ renewal: Renewal) -> Data {
    JSONValue.object([
      .init("grantType", "refresh_token"), .init("clientId", .string(renewal.clientID)),
      .init("clientSecret", .string(renewal.clientSecret)), .init("refreshToken", .string(renewal.refreshToken)),
    ]).data
  }

  /// The file with the token of a reply in it; everything else in the file stays. Without a new refresh token the old one goes on
  /// being valid (RFC 6749, section 6).
  /// - Returns: nil if the reply has no token.
  static func renewed(file: [UInt8], reply: JSONValue?, settings: SSOSettings, now: Date) -> [UInt8]? {
    guard let token = reply?["accessToken"]?.string, let seconds = reply?["expiresIn"]?.integer, seconds > 0 else { return nil }
    var members: [(String, JSONValue)] = [
      ("startUrl", .string(settings.startURL)), ("region", .string(settings.region)), ("accessToken", .string(token)),
      ("expiresAt", .string(AWSDate.iso8601(Int(now.timeIntervalSince1970) + min(seconds, 86_400 * 365)))),
    ]
    if let refresh = reply?["refreshToken"]?.string { members.append(("refreshToken", .string(refresh))) }
    var fresh = file
    for (name, value) in members {
      guard let patched = try? JSONPatch.setting([name], to: value, in: fresh) else { return nil }
      fresh = patched
    }
    return fresh
  }
}
