import AWSWire
import Crypto
import Foundation

/// A file in which the AWS CLI keeps the tokens of a sign-in; only its owner may read it.
struct TokenFile: Sendable {
  let path: String

  /// IAM Identity Center's file for a session's name, or for a start URL where the profile names no session.
  static func sso(_ key: String, environment: [String: String]) -> TokenFile {
    let name = Hex.encode(Insecure.SHA1.hash(data: Data(key.utf8)))
    return TokenFile(path: "\(home(environment))/.aws/sso/cache/\(name).json")
  }

  /// The file of a sign-in with `aws login`.
  static func login(_ session: String, environment: [String: String]) -> TokenFile {
    let name = Hex.encode(SHA256.hash(data: Data(session.utf8)))
    let folder = environment["AWS_LOGIN_CACHE_DIRECTORY"].nonEmpty ?? "~/.aws/login/cache"
    return TokenFile(path: "\(folder.hasPrefix("~/") ? home(environment) + folder.dropFirst() : folder)/\(name).json")
  }

  private static func home(_ environment: [String: String]) -> String { environment["HOME"].nonEmpty ?? NSHomeDirectory() }

  /// The bytes; nil if there is no such file, or it can't be read.
  func read() -> [UInt8]? { (try? SmallFile.contents(of: path, bytesMax: 1_024 * 1_024)).map(Array.init) }

  /// Why there are no bytes, after the name of what they would hold.
  var absence: String {
    FileManager.default.fileExists(atPath: path) ? "can't be read from \(path)" : "was not found in \(path)"
  }

  /// Replaces the file as a whole: another process that reads it gets the old tokens or the new ones.
  /// - Returns: whether it was written.
  func write(_ bytes: [UInt8]) -> Bool { (try? PrivateFile.write(Data(bytes), to: path)) != nil }
}
