import AWSWire
import Foundation

/// The keys and tokens of a sign-in with `aws login`, as the AWS CLI keeps them in a file.
///
/// Source: botocore 1.44.8, `credentials.py`, `LoginCredentialFetcher`.
struct LoginToken: Sendable, Redacted {
  /// Keys that are valid for less than this are renewed; AWS gives them for 15 minutes at most.
  static let renewalWindow: TimeInterval = 5 * 60

  let credentials: Credentials
  let end: Date
  let refreshToken: String
  let clientID: String
  /// The private key that proves who asks, in PEM.
  let key: String
  /// The Region of the sign-in; nil in files of older versions.
  let region: String?

  /// What is wrong with a file.
  struct Fault: Error { var text: String }

  init(file: [UInt8]) throws(Fault) {
    guard let object = try? JSONValue(file), object.members != nil else { throw Fault(text: "isn't JSON") }
    let missing = ["accessToken", "refreshToken", "dpopKey", "clientId"].filter { object[$0] == nil }
    guard missing.isEmpty, let refreshToken = object["refreshToken"]?.string, let key = object["dpopKey"]?.string,
      let clientID = object["clientId"]?.string
    else { throw Fault(text: "lacks \(missing.isEmpty ? "texts" : missing.joined(separator: ", "))") }
    guard let end = object["accessToken"]?["expiresAt"]?.string.flatMap(AWSDate.parseISO8601),
      let credentials = CredentialReply.credentials(in: object["accessToken"], .service, expiration: end)
    else { throw Fault(text: "lacks keys") }
    (self.credentials, self.end, self.refreshToken) = (credentials, end, refreshToken)
    (self.key, self.clientID, region) = (key, clientID, object["signInRegion"]?.string.nonEmpty)
  }

  func isFresh(now: Date) -> Bool { end.timeIntervalSince(now) > Self.renewalWindow }

  /// The body of the request for new keys.
  var request: Data {
    JSONValue.object([
      .init("clientId", .string(clientID)), .init("grantType", "refresh_token"), .init("refreshToken", .string(refreshToken)),
    ]).data
  }

  /// The file with the keys of a reply in it; everything else in the file stays.
  /// - Returns: nil if the reply has no keys.
  static func renewed(file: [UInt8], reply: JSONValue?, now: Date) -> [UInt8]? {
    guard let seconds = reply?["expiresIn"]?.integer, seconds > 0, let refresh = reply?["refreshToken"]?.string,
      let keys = CredentialReply.credentials(in: reply?["accessToken"], .service, expiration: nil)
    else { return nil }
    let end = AWSDate.iso8601(Int(now.timeIntervalSince1970) + min(seconds, 86_400))
    let members: [([String], String)] = [
      (["accessToken", "accessKeyId"], keys.accessKeyID), (["accessToken", "secretAccessKey"], keys.secretAccessKey),
      (["accessToken", "sessionToken"], keys.sessionToken ?? ""), (["accessToken", "expiresAt"], end),
      (["refreshToken"], refresh),
    ]
    var fresh = file
    for (path, value) in members {
      guard let patched = try? JSONPatch.setting(path, to: .string(value), in: fresh) else { return nil }
      fresh = patched
    }
    return fresh
  }
}
