import AWSWire
import Crypto
import Foundation

/// The credentials of roles in `~/.aws/cli/cache`, which the AWS CLI reads and writes as well: who has typed an MFA code for one
/// need not type it for the other.
///
/// Whoever can write there could put in credentials of theirs; so it is with the config file beside it. A file that can't be read
/// or written is left alone: the cache saves a call, nothing else.
/// Source: botocore/credentials.py, `CachedCredentialFetcher`, and awscli/customizations/assumerole.py.
struct RoleCache: Sendable {
  /// Credentials that end sooner are not taken from the cache.
  static let remainingMin: TimeInterval = 15 * 60

  let directory: URL

  /// - Parameter home: the user's home.
  init(home: String) { directory = URL(filePath: home, directoryHint: .isDirectory).appending(path: ".aws/cli/cache") }

  /// Credentials of the role that don't end soon.
  func credentials(of role: AssumeRoleInput, at now: Date) -> Credentials? {
    guard let data = try? SmallFile.contents(of: file(of: role), bytesMax: 1_024 * 1_024),
      let found = try? JSONDecoder().decode(Entry.self, from: data).Credentials,
      let expiration = AWSDate.parseISO8601(found.Expiration), expiration.timeIntervalSince(now) >= Self.remainingMin
    else { return nil }
    return Credentials(
      accessKeyID: found.AccessKeyId, secretAccessKey: found.SecretAccessKey, sessionToken: found.SessionToken,
      expiration: expiration)
  }

  /// Keeps credentials in a file that only the user can read, whole or not at all.
  func keep(_ assumed: AssumedRole, of role: AssumeRoleInput) {
    guard let token = assumed.credentials.sessionToken, let expiration = assumed.credentials.expiration else { return }
    let seconds = AWSDate.iso8601(Int(expiration.timeIntervalSince1970)).dropLast()
    let entry = Entry(
      Credentials: .init(
        AccessKeyId: assumed.credentials.accessKeyID, SecretAccessKey: assumed.credentials.secretAccessKey,
        SessionToken: token, Expiration: "\(seconds)UTC", AccountId: assumed.arn.flatMap { ARN($0)?.account }),
      AssumedRoleUser: .init(AssumedRoleId: assumed.id, Arn: assumed.arn))
    guard let data = try? JSONEncoder().encode(entry) else { return }
    try? FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try? PrivateFile.write(data, to: file(of: role))
  }

  private func file(of role: AssumeRoleInput) -> String { directory.appending(path: "\(Self.key(of: role)).json").path }

  /// The file's name: the hash of the parameters in JSON as Python's `json.dumps` writes it, without a name of the session that
  /// was made up.
  static func key(of role: AssumeRoleInput) -> String {
    let members: [(String, String?)] = [
      ("DurationSeconds", role.durationSeconds.map { "\($0)" }), ("ExternalId", role.externalID.map(quoted)),
      ("RoleArn", quoted(role.roleARN)), ("RoleSessionName", role.sessionName.map(quoted)),
      ("SerialNumber", role.mfaSerial.map(quoted)),
    ]
    let json = members.compactMap { name, value in value.map { "\"\(name)\": \($0)" } }.joined(separator: ", ")
    return Insecure.SHA1.hash(data: Data("{\(json)}".utf8)).map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0\(text)" : text
    }.joined()
  }

  /// A string in JSON that is ASCII.
  private static func quoted(_ text: String) -> String {
    let escapes: [UInt16: String] = [
      0x22: "\\\"", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x08: "\\b", 0x0C: "\\f",
    ]
    let units = text.utf16.map { unit in
      if let escape = escapes[unit] { return escape }
      if (0x20...0x7E).contains(unit) { return String(UnicodeScalar(UInt8(unit))) }
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "\"\(units.joined())\""
  }

  private struct Entry: Codable {
    struct Keys: Codable {
      var AccessKeyId: String
      var SecretAccessKey: String
      var SessionToken: String
      var Expiration: String
      var AccountId: String?
    }
    struct User: Codable {
      var AssumedRoleId: String?
      var Arn: String?
    }
    var Credentials: Keys
    var AssumedRoleUser: User?
  }
}
