import AWSWire
import Foundation
import Testing

@testable import AWSClient

/// The files of `~/.aws/cli/cache`. Tests/clients/test_role_cache.py has the AWS CLI read and write the same ones.
struct RoleCacheTests {
  private let now = Date(timeIntervalSince1970: 1_000_000)

  private func role() -> AssumeRoleInput {
    var role = AssumeRoleInput(roleARN: "arn:aws:iam::123456789012:role/x")
    role.mfaSerial = "arn:aws:iam::123456789012:mfa/me"
    return role
  }

  private func assumed(minutes: Double) -> AssumedRole {
    AssumedRole(
      credentials: Credentials(
        accessKeyID: "ASIA", secretAccessKey: "s", sessionToken: "t", expiration: now + minutes * 60),
      arn: "arn:aws:sts::123456789012:assumed-role/x/y", id: "AROA:y")
  }

  /// Names that botocore gave.
  @Test func theNameIsTheHashOfTheParameters() {
    #expect(RoleCache.key(of: role()) == "3d340d6075a101d8f79c7da92f756e42025145c9")
    var other = AssumeRoleInput(roleARN: "arn:aws:iam::123456789012:role/\"é😀\u{7F}")
    (other.externalID, other.durationSeconds, other.sessionName) = ("a\\b\n\u{1}", 1_800, "s")
    #expect(RoleCache.key(of: other) == "b24fad9c2be01bd70425598cf99d1f1f3b1fe73c")
  }

  @Test func onlyWhatLastsIsTakenAndOnlyTheUserCanReadIt() throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: home) }
    let cache = RoleCache(home: home.path)
    #expect(cache.credentials(of: role(), at: now) == nil)
    cache.keep(assumed(minutes: 60), of: role())
    #expect(cache.credentials(of: role(), at: now) == assumed(minutes: 60).credentials)
    #expect(cache.credentials(of: role(), at: now + 46 * 60) == nil)
    var other = role()
    other.externalID = "x"
    #expect(cache.credentials(of: other, at: now) == nil)
    let files = try FileManager.default.contentsOfDirectory(at: cache.directory, includingPropertiesForKeys: nil)
    #expect(files.map(\.lastPathComponent) == ["\(RoleCache.key(of: role())).json"])
    let mode = try FileManager.default.attributesOfItem(atPath: files[0].path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    try Data("{".utf8).write(to: files[0])
    #expect(cache.credentials(of: role(), at: now) == nil)
  }

  @Test func aHomeThatCannotBeWrittenIsNoError() {
    RoleCache(home: "/dev/null").keep(assumed(minutes: 60), of: role())
  }
}
