package import Foundation
import Synchronization

/// The temporary credentials that the server has issued: they are valid until they expire.
package final class TemporaryCredentials: Sendable {
  /// One set of credentials and whom they stand for.
  package struct Grant: Sendable, Equatable {
    package var accessKeyID: String
    package var secret: String
    package var sessionToken: String
    package var expires: Date
    /// The ARN of the assumed role's session.
    package var arn: String
    /// `ROLE-ID:SESSION-NAME`
    package var userID: String
    /// The 12 digits of the role's account.
    package var account: String
  }

  /// The most grants that are kept. Beyond it, those that expire first are forgotten.
  private static let grantsMax = 10_000

  private let grants = Mutex<[String: Grant]>([:])

  package init() {}

  package func grant(of accessKeyID: String) -> Grant? { grants.withLock { $0[accessKeyID] } }

  /// Issues credentials for the session of a role.
  package func issue(arn: String, userID: String, account: String, expires: Date, now: Date) -> Grant {
    let grant = Grant(
      accessKeyID: "ASIA" + Self.random(16, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), secret: Self.random(40, from: Self.base64),
      sessionToken: Self.random(200, from: Self.base64), expires: expires, arn: arn, userID: userID, account: account)
    grants.withLock { grants in
      if grants.count >= Self.grantsMax {
        grants = grants.filter { $0.value.expires > now }
        if grants.count >= Self.grantsMax, let first = grants.min(by: { $0.value.expires < $1.value.expires }) {
          grants[first.key] = nil
        }
      }
      grants[grant.accessKeyID] = grant
    }
    return grant
  }

  private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  /// Letters from the system's generator; these are secrets.
  private static func random(_ count: Int, from letters: String) -> String {
    let letters = Array(letters.utf8)
    return String(decoding: (0..<count).map { _ in letters[Int.random(in: 0..<letters.count)] }, as: UTF8.self)
  }
}
