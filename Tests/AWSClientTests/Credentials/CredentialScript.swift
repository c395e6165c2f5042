import AWSWire
import Foundation
import HTTPTypes
import Synchronization
import TestSupport

@testable import AWSClient

/// A source of credentials that answers from a script, and a home folder with files. Pauses are noted and take no time.
final class CredentialScript: Sendable {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)

  let transport: ScriptedTransport
  let home: URL
  private let noted = Mutex<[Duration]>([])

  init(_ steps: [ScriptedTransport.Step]) throws {
    transport = ScriptedTransport(steps)
    home = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: home) }

  var pauses: [Duration] { noted.withLock(\.self) }

  var attempts: CredentialAttempts {
    CredentialAttempts(
      http: CredentialHTTP { [transport] in try await transport.send($0, timeout: $1) },
      sleep: { [self] time in noted.withLock { $0.append(time) } }, jitter: { 0.5 })
  }

  /// `GET http://host/path`
  var requests: [String] {
    transport.requests.map { request in
      let head = request.head
      return "\(head.method) \(head.scheme ?? "")://\(head.authority ?? "")\(head.path ?? "")"
    }
  }

  func header(_ name: String, of index: Int) -> String? {
    transport.requests[index].head.headerFields.first { $0.name.canonicalName == name.lowercased() }?.value
  }

  /// The shared files, written into the home folder.
  func shared(_ config: String) throws -> SharedConfig {
    let folder = home.appending(path: ".aws")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try config.write(to: folder.appending(path: "config"), atomically: true, encoding: .utf8)
    return try SharedConfig(environment: environment)
  }

  var environment: [String: String] { ["HOME": home.path] }

  /// Writes a token file.
  func write(_ text: String, to file: TokenFile) throws {
    let url = URL(filePath: file.path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  static let unreachable = ScriptedTransport.Step.failure(AWSClientError(.transport, "There is no host here."))
  static let late = ScriptedTransport.Step.failure(AWSClientError(.timeout, "It took too long."))
}

/// Replies that are none: what a broken or hostile server may send, with a secret in it that no message may repeat.
enum HostileReply {
  static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  /// A page, as a network sends it that wants its user to sign in.
  static let page = "<html>\(secret)</html>"
  static let bodies: [String] = [
    "", "null", "5", "[]", "\(secret)", page, "{\"a\": \"\(secret)\"}", "{",
    "{\"roleCredentials\": \"\(secret)\", \"accessToken\": [\"\(secret)\"], \"AccessKeyId\": {\"a\": \"\(secret)\"}}",
    #"{"AccessKeyId": 5, "SecretAccessKey": true, "Token": null, "Expiration": "2030-01-01T00:00:00Z"}"#,
    #"{"AccessKeyId": "AK", "SecretAccessKey": "s\r\nX-Evil: 1", "Token": "t", "Expiration": "2030-01-01T00:00:00Z"}"#,
    #"{"AccessKeyId": "AK", "SecretAccessKey": "s", "Token": "t", "Expiration": "soon"}"#,
    #"{"AccessKeyId": "", "SecretAccessKey": "s", "Token": "t", "Expiration": "2030-01-01T00:00:00Z"}"#,
    #"{"roleCredentials": {"accessKeyId": "AK", "secretAccessKey": "s", "sessionToken": "t", "expiration": "1"}}"#,
    #"{"roleCredentials": {"accessKeyId": "AK", "secretAccessKey": "s", "sessionToken": "t", "expiration": -1e300}}"#,
    #"{"accessToken": "", "expiresIn": 99999999999999999999}"#,
    #"{"accessToken": {"accessKeyId": "AK"}, "expiresIn": 900, "refreshToken": "r"}"#,
    String(repeating: "[", count: 100_000),
    "{\"a\": \"" + String(repeating: "x", count: 200_000) + "\"}",
  ]
}
