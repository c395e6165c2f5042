import AWSServer
import Foundation
import Testing

struct TemporaryAuthorityTests {
  @Test func eachAuthorityIsItsOwnAndShowsNoKey() throws {
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let (one, other) = (
      try TemporaryAuthority(name: "Test", hosts: ["localhost", "127.0.0.1", "::1"], now: now),
      try TemporaryAuthority(name: "Test", hosts: ["localhost"], now: now)
    )
    #expect(one.certificate.hasPrefix("-----BEGIN CERTIFICATE-----") && one.certificate.hasSuffix("-----END CERTIFICATE-----\n"))
    #expect(one.certificate != other.certificate)
    #expect(!one.certificate.contains("PRIVATE"))
  }
}
