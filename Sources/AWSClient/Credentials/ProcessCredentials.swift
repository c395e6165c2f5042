import AWSWire
import Foundation

/// Credentials in the JSON that a `credential_process` prints.
struct ProcessCredentials {
  /// Why a text is none. It never repeats the text.
  struct Malformed: Error {
    var reason: String
  }

  let credentials: Credentials

  init(_ output: [UInt8]) throws(Malformed) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(output)) as? [String: Any] else {
      throw Malformed(reason: "it isn't a JSON object")
    }
    guard let version = object["Version"] else { throw Malformed(reason: "Version is missing") }
    guard (version as? NSNumber)?.doubleValue == 1 else { throw Malformed(reason: "its Version isn't 1") }
    func text(_ name: String) throws(Malformed) -> String? {
      guard let value = object[name], !(value is NSNull) else { return nil }
      guard let text = value as? String else { throw Malformed(reason: "\(name) isn't a string") }
      return text
    }
    guard let key = try text("AccessKeyId").nonEmpty else { throw Malformed(reason: "AccessKeyId is missing") }
    guard let secret = try text("SecretAccessKey").nonEmpty else { throw Malformed(reason: "SecretAccessKey is missing") }
    var expiration: Date?
    if let time = try text("Expiration") {
      expiration = AWSDate.parseISO8601(time)
      guard expiration != nil else { throw Malformed(reason: "Expiration is no time of ISO 8601") }
    }
    credentials = Credentials(
      accessKeyID: key, secretAccessKey: secret, sessionToken: try text("SessionToken").nonEmpty, expiration: expiration)
  }
}
